"""Every way in says who may come through it."""

import ast
from collections.abc import Iterator

import pytest
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from server.accounts.access.permissions import ALL, PUBLIC
from server.app import DEMO_ROOMS, ROOMS
from server.kernel.http import handlers_of
from server.kernel.settings import Settings
from tests.architecture.sources import ROOT, inside, modules, tree
from tests.kit.world import app_for_reading

OPTIONS_ANSWERS = "litestar.routes.http"


def handlers(*, demo: bool = True) -> Iterator[tuple[str, BaseRouteHandler]]:
    """With the path of each; Litestar's own answers to OPTIONS are closed to everybody, as is all that says nothing."""
    for route in app_for_reading(Settings(demo=demo)).routes:
        if isinstance(route, HTTPRoute):
            found: list[BaseRouteHandler] = list(route.route_handlers)
        else:
            assert isinstance(route, ASGIRoute | WebSocketRoute)
            found = [route.route_handler]
        for handler in found:
            if handler.fn.__module__ != OPTIONS_ANSWERS:
                yield f"{handler.handler_name} {route.path}", handler


HANDLERS = dict(handlers())


@pytest.mark.parametrize("name", sorted(HANDLERS))
def test_a_handler_declares_a_known_permission(name: str) -> None:
    assert HANDLERS[name].opt.get("permission") in ALL


def written() -> dict[str, ast.ClassDef]:
    """Every class of handlers in the server, by its dotted name."""
    return {
        f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}.{node.name}": node
        for path in modules("server")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and "Handlers" in map(ast.unparse, node.bases)
    }


def served(*, demo: bool) -> set[str]:
    """The classes whose methods the application answers with."""
    methods = [f"{each.fn.__module__}.{each.fn.__qualname__}" for _, each in handlers(demo=demo)]
    return {method.rpartition(".")[0] for method in methods} & written().keys()


def test_every_class_of_handlers_is_served() -> None:
    """One is found in a module of a room whose name ends with `api`."""
    assert len(written()) > 40
    assert written().keys() - served(demo=True) == set()


def test_what_is_the_demos_is_served_in_a_demo_only() -> None:
    demo = [room.__name__ for room in DEMO_ROOMS]
    only_there = {name for name in written() if any(inside(name, room) for room in demo)}
    assert only_there
    assert served(demo=True) - served(demo=False) == only_there


def test_no_class_of_handlers_is_open_to_everybody_as_a_whole() -> None:
    """A method that is added says so itself, or is closed."""
    classes = handlers_of(*ROOMS, *DEMO_ROOMS)
    assert [each.__name__ for each in classes if vars(each).get("opt", {}).get("permission") == PUBLIC] == []


def test_every_handler_in_the_reference_has_a_name_of_its_own() -> None:
    documented = [
        handler
        for handler in HANDLERS.values()
        if isinstance(handler, HTTPRouteHandler) and handler.include_in_schema is not False
        if handler.fn.__module__.startswith("server.")
    ]
    names = [handler.operation_id for handler in documented]
    assert len(names) > 40
    assert [name for name in names if not isinstance(name, str)] == []
    assert sorted(set(names), key=str) == sorted(names, key=str)

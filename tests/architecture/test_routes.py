"""Every way in says who may come through it."""

from collections.abc import Iterator

import pytest
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from server.accounts.access.permissions import ALL, PUBLIC
from server.app import HANDLERS as SERVED
from server.kernel.http import Handlers
from server.kernel.settings import Settings
from tests.kit.world import app_for_reading

OPTIONS_ANSWERS = "litestar.routes.http"


def handlers() -> Iterator[tuple[str, BaseRouteHandler]]:
    """With the path of each; Litestar's own answers to OPTIONS are closed to everybody, as is all that says nothing."""
    for route in app_for_reading(Settings(demo=True)).routes:
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


def test_no_class_of_handlers_is_open_to_everybody_as_a_whole() -> None:
    """A method that is added says so itself, or is closed."""
    classes = [each for each in SERVED if isinstance(each, type) and issubclass(each, Handlers)]
    assert classes
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

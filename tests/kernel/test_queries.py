"""Query parameters are named as callers write them; those that nobody reads are refused on every method."""

from collections.abc import Iterator
from typing import Any

from litestar.handlers import HTTPRouteHandler

from server.kernel.reading.queries import queries_of
from server.kernel.settings import Settings
from tests.kit.world import World, app_for_reading

OURS = "server."


def handlers() -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Method, path with names for its parameters, and handler of everything that is ours."""
    for route in app_for_reading(Settings(demo=True)).routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and handler.fn.__module__.startswith(OURS):
                path = route.path.replace("{", "").replace("}", "").replace(":str", "")
                for method in sorted(handler.http_methods):
                    yield method, path, handler


async def owner(world: World) -> Any:
    await world.add_person("Root", role="owner")
    return await world.sign_in("Root")


async def test_what_nobody_reads_is_refused_by_name_on_every_method(world: World) -> None:
    root, seen = await owner(world), set[str]()
    for method, path, handler in handlers():
        if method == "HEAD" or handler.opt.get("any_query"):
            continue
        answer = await root.send(method, path, {} if method != "GET" else None, nobody_reads_this="1", Limit="1")
        assert answer.status_code == 400, (method, path, answer.status_code, answer.text[:200])
        assert answer.text.startswith("{"), (method, path, answer.text[:300])
        fields = [(each["field"], each["code"]) for each in answer.json()["errors"]]
        assert fields[:2] == [("nobody_reads_this", "unknown_parameter"), ("Limit", "unknown_parameter")], path
        assert all(code == "required" for _, code in fields[2:]), (path, fields)
        seen.add(method)
    assert seen >= {"GET", "POST", "PUT", "PATCH", "DELETE"}


async def test_a_wrong_value_is_named_as_the_caller_wrote_its_parameter(world: World) -> None:
    root, named = await owner(world), set[str]()
    for method, path, handler in handlers():
        known = {query.spelled for query in queries_of(handler).values()}
        if method != "GET" or not known:
            continue
        for name in sorted(known):
            for value in ("banana", "-1", "2026-03-01T08:00:00"):
                answer = await root.send(method, path, **{name: value})
                assert answer.status_code < 500, (path, value, answer.text)
                for each in answer.json().get("errors", []) if answer.status_code == 400 else ():
                    assert each["field"].partition("[")[0] in known, (path, name, value, each)
                    named.add(each["field"])
    assert {"state", "severity", "limit", "from", "to", "open", "since", "cursor", "label"} <= named

"""How an operation is asked for: its route, the ids that stand in it, its body."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute

from server.kernel.settings import Settings
from tests.kit.client import Client
from tests.kit.world import app_for_reading
from tests.permissions.actors import Place
from tests.permissions.estate import Estate, without

IDS = dict[str, str]
NAMED_IN_PATH = re.compile(r"{(\w+)}")
LITERAL = "="


@dataclass(frozen=True)
class Operation:
    """A route as it is served; `name` is its operation id, or `METHOD /path` for what has none."""

    name: str
    method: str
    path: str
    opt: dict[str, Any]
    handler: BaseRouteHandler

    @property
    def names(self) -> list[str]:
        return NAMED_IN_PATH.findall(self.path)

    @property
    def is_changing(self) -> bool:
        return self.method not in ("GET", "HEAD")


def served() -> dict[str, Operation]:
    """Everything that the server answers, but for OPTIONS."""
    found: list[Operation] = []
    for route in app_for_reading(Settings(demo=True)).routes:
        handlers = route.route_handlers if isinstance(route, HTTPRoute) else [route.route_handler]
        for handler in handlers:
            if not isinstance(handler, HTTPRouteHandler):
                found.append(Operation(f"* {route.path}", "*", route.path, dict(handler.opt), handler))
                continue
            is_ours = handler.fn.__module__.startswith("server.") and isinstance(handler.operation_id, str)
            for method in sorted(str(each) for each in handler.http_methods if each != "OPTIONS"):
                name = str(handler.operation_id) if is_ours else f"{method} {route.path}"
                path = route.path.replace(":str}", "}")
                found.append(Operation(name, method, path, dict(handler.opt), handler))
    return {each.name: each for each in found}


OPERATIONS = served()


@dataclass(frozen=True)
class Ask:
    """What a recipe knows: the estate, what the place and the person have, by the names in paths and bodies."""

    estate: Estate
    place: Place
    person: str

    @property
    def ids(self) -> IDS:
        return self.estate.account | self.estate.places[self.place]

    @property
    def mine(self) -> IDS:
        """What a program asks about is its maker's, more or less."""
        return self.estate.things.get(self.person, self.estate.things["admin"])

    def of(self, whose: str) -> IDS:
        """By the names of path parameters."""
        if whose == "person":
            return self.ids | self.mine
        return self.ids if whose == "place" else self.ids | self.estate.account


@dataclass(frozen=True)
class Recipe:
    """How to ask for one operation.

    `path` says which id a path parameter is (`{"incident_id": "resolved_id"}`; `=me` is the text itself), `of` whose
    they are (place, person or account), `rev` whose If-Match is wanted when it isn't the last one's. `also` are
    further bodies with other ids in them. `passes` are refusals that only somebody who is allowed gets. `first` is
    asked before, by the same person; its last answer is given to `body`.
    `by` is somebody for whom it succeeds. `narrows` begins the fields whose ids only choose among what is seen.
    """

    body: Callable[[Ask, Any], Any] | None = None
    also: tuple[Callable[[Ask, Any], Any], ...] = ()
    path: IDS = field(default_factory=dict[str, str])
    query: Callable[[IDS], dict[str, Any]] | None = None
    of: str = "place"
    rev: str | None = None
    passes: tuple[int, ...] = ()
    first: tuple[str, ...] = ()
    by: str = "admin"
    narrows: tuple[str, ...] = ()


def body(made: Callable[[IDS], Any], *also: Callable[[IDS], Any], **more: Any) -> Recipe:
    """A recipe whose body needs the ids of the place only."""
    return Recipe(_of(made, "place"), tuple(_of(each, "place") for each in also), **more)


def _of(made: Callable[[IDS], Any], whose: str) -> Callable[[Ask, Any], Any]:
    return lambda ask, _: made(ask.of(whose))


def mine(made: Callable[[IDS], Any] | None = None, **more: Any) -> Recipe:
    """A recipe about the person who asks."""
    return Recipe(None if made is None else _of(made, "person"), of="person", **more)


def account(made: Callable[[IDS], Any] | None = None, *also: Callable[[IDS], Any], **more: Any) -> Recipe:
    """A recipe about what belongs to no team."""
    wrapped = tuple(_of(each, "account") for each in also)
    return Recipe(None if made is None else _of(made, "account"), wrapped, of="account", **more)


@dataclass
class Request:
    """One request, ready to be sent, and to have its ids replaced."""

    operation: Operation
    ids: dict[str, str]
    body: Any
    query: dict[str, Any]
    rev: int

    async def send(self, client: Client) -> httpx.Response:
        path = NAMED_IN_PATH.sub(lambda match: self.ids[match[1]], self.operation.path)
        headers = {"if-match": str(self.rev)} if self.operation.method in ("PUT", "PATCH", "DELETE") else {}
        return await client.send(self.operation.method, path, self.body, headers=headers, **self.query)


def request_of(name: str, recipe: Recipe, ask: Ask, last: Any = None, *, variant: int = 0) -> Request:
    """`variant` counts the recipe's bodies; `last` is the answer to what came first."""
    operation, known = OPERATIONS[name], ask.of(recipe.of)
    ids: dict[str, str] = {}
    for each in operation.names:
        chosen = recipe.path.get(each, each)
        ids[each] = chosen.removeprefix(LITERAL) if chosen.startswith(LITERAL) else known[chosen]
    made = (recipe.body, *recipe.also)[variant]
    return Request(
        operation=operation,
        ids=ids,
        body=made(ask, last) if made is not None else None,
        query=recipe.query(ask.ids) if recipe.query is not None else {},
        rev=_rev(recipe, ask, known, ids),
    )


def _rev(recipe: Recipe, ask: Ask, known: IDS, ids: IDS) -> int:
    """That of the last id in the path, 0 for what was never changed, unless the recipe says it."""
    if recipe.rev is not None and recipe.rev.startswith(LITERAL):
        return int(recipe.rev.removeprefix(LITERAL))
    return ask.estate.rev(known[recipe.rev] if recipe.rev else next(reversed(ids.values()), ""))


def client_of(estate: Estate, actor: str, permission: str) -> Client:
    """Who asks; the wrong scope is every other one."""
    name = without(permission) if actor == "key with the wrong scope" else actor
    return estate.clients[name]

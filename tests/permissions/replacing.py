"""Ids in a request, where they stand, and what a stranger could put there instead."""

import dataclasses
import re
import uuid
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from tests.permissions.estate import Estate
from tests.permissions.requests import Ask, Recipe, Request

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NOTHING = str(uuid.UUID(int=7, version=4))
PEOPLE = frozenset(
    {
        *("user_id", "colleague_id", "newcomer_id", "hand_id", "leaver_id", "deactivated_id", "locked_id"),
        "publisher_id",
    }
)
"""Everybody sees everybody: nobody's id is foreign."""


class Spot(NamedTuple):
    """Where an id stands: `field` as problems name it, `id` what stands there, `foreign` its like that isn't seen."""

    where: Literal["path", "body", "query"]
    field: str
    id: str
    foreign: str | None


def spots(request: Request, recipe: Recipe, ask: Ask) -> Iterator[Spot]:
    known = {id: name for name, id in ask.of(recipe.of).items()}
    for where, found in (
        ("path", list(request.ids.items())),
        ("body", list(_ids("", request.body, known))),
        ("query", [(name, id) for name, value in request.query.items() for _, id in _ids("", value, known)]),
    ):
        for field, id in found:
            if id in known:
                yield Spot(where, field, id, _foreign(ask.estate, known[id]))  # pyright: ignore[reportArgumentType] one of the three


def _ids(field: str, value: Any, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, each in value.items():
            inner = f"{field}.{name}".lstrip(".")
            if name in known:
                yield inner, name
            yield from _ids(inner, each, known)
    elif isinstance(value, list):
        for n, each in enumerate(value):
            yield from _ids(f"{field}[{n}]", each, known)
    elif isinstance(value, str) and value in known:
        yield field, value


def _foreign(estate: Estate, name: str) -> str | None:
    if name in PEOPLE:
        return None
    return (estate.places["private"] | estate.things["stranger"]).get(name)


def replaced(request: Request, spot: Spot, id: str) -> Request:
    """The request with another id there, and there only."""
    match spot.where:
        case "path":
            return dataclasses.replace(request, ids=request.ids | {spot.field: id})
        case "query":
            return dataclasses.replace(request, query=request.query | {spot.field: id})
        case "body":
            return dataclasses.replace(request, body=_with("", request.body, spot, id))


def _with(field: str, value: Any, spot: Spot, id: str) -> Any:
    if isinstance(value, dict):
        return {
            id if f"{field}.{name}".lstrip(".") == spot.field and name == spot.id else name: _with(
                f"{field}.{name}".lstrip("."), each, spot, id
            )
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [_with(f"{field}[{n}]", each, spot, id) for n, each in enumerate(value)]
    return id if field == spot.field and value == spot.id else value


def without_ids(text: str) -> str:
    """An answer as it reads when every id is the same."""
    return UUID.sub("ID", text)

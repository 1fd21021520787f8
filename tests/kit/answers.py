"""What the fake server keeps, and how it answers and refuses."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from shared.wire.lists import Page
from shared.wire.problems import FieldProblem, Problem

NOT_FAKED = 501
"""What the fake server answers on a route that it knows nothing of."""


def refused(status: int, code: str, *errors: FieldProblem) -> httpx.Response:
    problem = Problem(type="about:blank", title=code, status=status, code=code, errors=list(errors))
    return httpx.Response(status, content=msgspec.json.encode(problem))


def problem(status: int, code: str, field: str | None = None, field_code: str | None = None) -> httpx.Response:
    told = {"field": field, "code": field_code or code, "message": code, "args": {}}
    document: dict[str, Any] = {"type": "about:blank", "title": code, "status": status, "code": code}
    return httpx.Response(status, content=json.dumps({**document, "errors": [told] if field else []}))


def answered(value: Any, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=msgspec.json.encode(value))


def page_of(found: Sequence[Any], query: httpx.QueryParams, row: type[Any], *, largest: int) -> Page[Any]:
    """The asked page of what was found, each as a row of the list."""
    start, size = int(query.get("cursor") or 0), min(largest, int(query.get("limit") or largest))
    rest = str(start + size) if start + size < len(found) else None
    return Page(items=msgspec.convert(msgspec.to_builtins(found[start : start + size]), list[row]), next_cursor=rest)


@dataclass(frozen=True)
class Shelf:
    """One list: its path, its items, and what a new one has that nobody sends."""

    path: str
    items: list[Any]
    born: dict[str, Any]

    def change(self, ident: str, **fields: Any) -> Any:
        """Another revision with these fields."""
        found = next(i for i, each in enumerate(self.items) if each.id == ident)
        item = self.items[found]
        self.items[found] = msgspec.structs.replace(item, rev=item.rev + 1, **fields)
        return self.items[found]

"""What the fake server keeps, and how it answers and refuses."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

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

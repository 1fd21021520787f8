"""RFC 9457 problem details, as every refusal answers them."""

from typing import Any

import msgspec
from msgspec import Struct


class FieldProblem(Struct, frozen=True, kw_only=True):
    """One thing that is wrong with one field; `message` is English, screens render `code` and `args`."""

    field: str
    code: str
    message: str
    args: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


class Problem(Struct, frozen=True, kw_only=True):
    """Body of `application/problem+json`."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    errors: list[FieldProblem] = msgspec.field(default_factory=list[FieldProblem])

"""Before each handler: whatever is wrong with its parameters, its body and its If-Match is said at once."""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.handlers import HTTPRouteHandler

from server.kernel.errors import FieldError, Flaws, Invalid, PreconditionMissing
from server.kernel.reading.misfits import decoded, holding_nul, misfits
from server.kernel.reading.queries import Query, queries_of

AnyRequest = Request[Any, Any, Any]
IF_MATCH: Final = "If-Match"
LONGEST_REV: Final = 15
_NUL = (b"\\u0000", b"\0")


async def refuse_what_is_wrong(request: AnyRequest) -> None:
    """Raises Invalid naming each parameter as the caller wrote it; PreconditionMissing when nothing else is wrong."""
    handler = request.route_handler
    if not isinstance(handler, HTTPRouteHandler) or not handler.fn.__module__.startswith("server."):
        return
    flaws = Flaws()
    flaws.found += _in_path(request)
    flaws.found += _in_query(request, queries_of(handler))
    with flaws.gathered():
        await _read_body(request, handler)
    try:
        with flaws.gathered():
            if wants_rev(handler):
                read_rev(request)
    except PreconditionMissing:
        if not flaws.found:
            raise
        flaws.add(IF_MATCH, "required", "send the object's rev as If-Match")
    flaws.refuse()


def read_rev(request: AnyRequest) -> int:
    """Dependency `rev`: the revision a change is based on; raises PreconditionMissing or Invalid."""
    if_match = request.headers.get("if-match")
    if not if_match:
        raise PreconditionMissing("send the object's rev as If-Match")
    text = if_match.removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_REV:
        raise Invalid.one(IF_MATCH, "not_a_rev", "must be the object's rev")
    return int(text)


def wants_rev(handler: HTTPRouteHandler) -> bool:
    return "rev" in handler.parsed_fn_signature.parameters


def _in_path(request: AnyRequest) -> Iterator[FieldError]:
    for name, value in request.path_params.items():
        yield from holding_nul(value, name)


def _in_query(request: AnyRequest, known: Mapping[str, Query]) -> Iterator[FieldError]:
    given = request.query_params
    by_name = {query.spelled: query for query in known.values()}
    for name in dict.fromkeys(given.keys()):
        if name not in by_name:
            yield FieldError(name.replace("\0", ""), "unknown_parameter", "is not a parameter of this request")
    for name, query in by_name.items():
        values: list[str] = given.getall(name, [])
        if not values and query.is_required:
            yield FieldError(name, "required", "is required")
        elif values:
            yield from _wrong_with(name, values, query)


def _wrong_with(name: str, values: list[str], query: Query) -> list[FieldError]:
    value: Any = values if query.is_list else values[-1]
    if found := holding_nul(value, name) or misfits(value, query.kind, name):
        return [dataclasses.replace(each, field=name) for each in found[:1]]
    read: Any = None
    with suppress(msgspec.ValidationError):
        read = msgspec.convert(value, query.kind, strict=False)
    if isinstance(read, datetime) and read.tzinfo is None:
        return [FieldError(name, "no_offset", "must say its offset, such as Z")]
    return []


async def _read_body(request: AnyRequest, handler: HTTPRouteHandler) -> None:
    """Raises Invalid with all that is wrong."""
    if (wanted := _body_of(handler)) is None:
        return
    decoder, is_needed = wanted
    body = await request.body()
    if not body:
        if is_needed:
            raise Invalid.one("", "required", "send a JSON body")
        return
    decoded(body, decoder)
    if any(each in body for each in _NUL) and (found := holding_nul(msgspec.json.decode(body))):
        raise Invalid(found)


@lru_cache(maxsize=1024)
def _body_of(handler: HTTPRouteHandler) -> tuple[msgspec.json.Decoder[Any], bool] | None:
    """What reads it, and whether there has to be one."""
    field = handler.parsed_fn_signature.parameters.get("data")
    if field is None:
        return None
    return msgspec.json.Decoder(field.annotation, strict=False), not (field.has_default or field.is_optional)

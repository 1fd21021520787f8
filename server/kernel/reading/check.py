"""Before each handler: whatever is wrong with its parameters, its body and its If-Match is said at once."""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from server.kernel.errors import FieldError, Invalid, PreconditionMissing
from server.kernel.reading.misfits import decoded, holding_nul, misfits
from server.kernel.reading.queries import Query, queries_of
from server.kernel.refusals import no_offset

AnyRequest = Request[Any, Any, Any]
IF_MATCH: Final = "If-Match"
LONGEST_REV: Final = 15
_NUL = (b"\\u0000", b"\0")


@dataclass(frozen=True)
class WantedArguments:
    """What a handler takes: its query by the names of clients, what reads its body, whether there has to be one.

    `files` are fields with a whole file, which is read as it is and kept nowhere: one NUL in it costs itself.
    """

    query: Mapping[str, Query]
    takes_any_query: bool
    files: tuple[str, ...]
    is_query_needed: bool
    decoder: msgspec.json.Decoder[Any] | None
    is_body_needed: bool
    wants_rev: bool


async def refuse_what_is_wrong(request: AnyRequest) -> None:
    """Raises Invalid naming each parameter as the caller wrote it; a missing If-Match alone is left to `read_rev`."""
    wanted = wanted_by(request.route_handler)
    if wanted is None:
        return
    flaws: list[FieldError] = []
    if "\0" in request.scope["path"]:
        flaws += _in_path(request)
    if wanted.is_query_needed or (request.scope["query_string"] and not wanted.takes_any_query):
        flaws += _in_query(request, wanted.query)
    if wanted.decoder is not None:
        flaws += _in_body(await request.body(), wanted.decoder, wanted.files, is_needed=wanted.is_body_needed)
    if flaws:
        raise Invalid([*flaws, *(_in_if_match(request) if wanted.wants_rev else ())])


@lru_cache(maxsize=1024)
def wanted_by(handler: BaseRouteHandler) -> WantedArguments | None:
    """None for handlers that are not ours, which look after themselves."""
    if not isinstance(handler, HTTPRouteHandler) or not handler.fn.__module__.startswith("server."):
        return None
    query = {each.spelled: each for each in queries_of(handler).values()}
    parameters = handler.parsed_fn_signature.parameters
    data = parameters.get("data")
    return WantedArguments(
        query=query,
        takes_any_query=handler.opt.get("any_query", False),
        files=handler.opt.get("files", ()),
        is_query_needed=any(each.is_required for each in query.values()),
        decoder=None if data is None else msgspec.json.Decoder(data.annotation, strict=False),
        is_body_needed=data is not None and not (data.has_default or data.is_optional),
        wants_rev="edit" in parameters,
    )


def read_rev(request: AnyRequest) -> int:
    """The revision a change is based on; raises PreconditionMissing or Invalid."""
    if_match = request.headers.get("if-match")
    if not if_match:
        raise PreconditionMissing("send the object's rev as If-Match")
    text = if_match.removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_REV:
        raise Invalid.one(IF_MATCH, "not_a_rev", "must be the object's rev")
    return int(text)


def _in_if_match(request: AnyRequest) -> list[FieldError]:
    try:
        read_rev(request)
    except PreconditionMissing as error:
        return [FieldError(IF_MATCH, "required", error.detail)]
    except Invalid as error:
        return error.errors
    return []


def _in_path(request: AnyRequest) -> Iterator[FieldError]:
    for name, value in request.path_params.items():
        yield from holding_nul(value, name)


def _in_query(request: AnyRequest, known: Mapping[str, Query]) -> Iterator[FieldError]:
    given = request.query_params
    for name in dict.fromkeys(given.keys()):
        if name not in known:
            yield FieldError(name.replace("\0", ""), "unknown_parameter", "is not a parameter of this request")
    for name, query in known.items():
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
        return [no_offset(name)]
    return []


def _in_body(
    body: bytes, decoder: msgspec.json.Decoder[Any], files: tuple[str, ...], *, is_needed: bool
) -> list[FieldError]:
    if not body:
        return [FieldError("", "required", "send a JSON body")] if is_needed else []
    try:
        decoded(body, decoder)
    except Invalid as error:
        return error.errors
    if all(nul not in body for nul in _NUL):
        return []
    return [each for each in holding_nul(msgspec.json.decode(body)) if each.field not in files]

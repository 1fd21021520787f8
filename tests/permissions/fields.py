"""The ids that a body or a query can hold, as the server's own types say."""

import re
from collections.abc import Iterator
from typing import Any

from litestar.handlers import HTTPRouteHandler
from msgspec import inspect

from server.kernel.reading.queries import queries_of

ID = re.compile(r"(^|_)ids?$")
BY_ANOTHER_NAME = frozenset({"into", "sources", "takers"})
NAMES_OF_NOTHING = {
    "layers.id": "names a layer within its own schedule",
    "notices.groups.id": "names a group within its own schedule",
    "schedule.notices.groups.id": "names a group within its own schedule",
    "schedule.layers.id": "names a layer within its own schedule",
}
INDEX = re.compile(r"\[\d+\]")


def is_id(name: str) -> bool:
    return bool(ID.search(name)) or name in BY_ANOTHER_NAME


def in_body(handler: HTTPRouteHandler) -> set[str]:
    """Fields such as `levels.targets.id`."""
    found = handler.parsed_data_field
    return set(_of("", inspect.type_info(found.annotation))) if found is not None else set()


def _of(field: str, kind: Any) -> Iterator[str]:
    match kind:
        case inspect.Metadata(type=inner):
            yield from _of(field, inner)
        case inspect.UnionType(types=several):
            for each in several:
                yield from _of(field, each)
        case inspect.StructType(fields=several):
            for each in several:
                yield from _named(f"{field}.{each.encode_name}".lstrip("."), each.encode_name, each.type)
        case inspect.VarTupleType(item_type=inner) | inspect.ListType(item_type=inner):
            yield from _of(field, inner)
        case _:
            return


def _named(field: str, name: str, kind: Any) -> Iterator[str]:
    if is_id(name):
        yield field
    yield from _of(field, kind)


def in_query(handler: HTTPRouteHandler) -> set[str]:
    return {query.spelled for query in queries_of(handler).values() if is_id(query.spelled)}


def plain(field: str) -> str:
    """`levels[0].targets[1].id` as `levels.targets.id`."""
    return INDEX.sub("", field)

"""Query parameters: those that a handler knows, as clients spell them and as what they are read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from litestar.handlers import BaseRouteHandler
from litestar.params import CookieParameter, DependencyKwarg, HeaderParameter, ParameterKwarg, PathParameter
from litestar.typing import FieldDefinition

RESERVED = frozenset({"request", "data", "state", "scope", "headers", "cookies", "query", "socket", "body"})


@dataclass(frozen=True)
class Query:
    """One parameter; `kind` is its type with its limits."""

    spelled: str
    kind: Any
    is_list: bool
    is_required: bool


@lru_cache(maxsize=1024)
def queries_of(handler: BaseRouteHandler) -> Mapping[str, Query]:
    """By the name they have in the code, those of its dependencies included."""
    dependencies = handler.resolve_dependencies()
    models = [handler.signature_model, *(each.signature_model for each in dependencies.values())]
    paths = {name for each in getattr(handler, "paths", ()) for name in _path_parameters(each)}
    return {name: query for model in models for name, query in _queries(model, {*dependencies, *RESERVED, *paths})}


def _queries(model: Any, others: set[str]) -> Iterator[tuple[str, Query]]:
    fields: dict[str, FieldDefinition] = getattr(model, "_fields", {})
    for name, field in fields.items():
        spelled = None if name in others else _spelled(name, field)
        if spelled is not None:
            is_list = field.is_non_string_sequence or any(each.is_non_string_sequence for each in field.inner_types)
            yield name, Query(spelled, model.__annotations__[name], is_list, not field.has_default)


def _path_parameters(path: str) -> list[str]:
    return [part.strip("{}").partition(":")[0] for part in path.split("/") if part.startswith("{")]


def _spelled(name: str, field: FieldDefinition) -> str | None:
    """None for what doesn't come with the query."""
    kwarg = field.kwarg_definition
    if isinstance(kwarg, (DependencyKwarg, HeaderParameter, CookieParameter, PathParameter)):
        return None
    return (kwarg.name or name) if isinstance(kwarg, ParameterKwarg) else name

"""Query parameters: those that a handler knows, as clients spell them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from litestar import Request
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.params import CookieParameter, DependencyKwarg, HeaderParameter, ParameterKwarg, PathParameter
from litestar.typing import FieldDefinition

from server.kernel.errors import FieldError, Invalid

RESERVED = frozenset({"request", "data", "state", "scope", "headers", "cookies", "query", "socket", "body"})


@lru_cache(maxsize=1024)
def known_queries(handler: BaseRouteHandler) -> Mapping[str, str]:
    """Query parameters by the name they have in the code, those of its dependencies included."""
    dependencies = handler.resolve_dependencies()
    signatures = [handler.parsed_fn_signature, *(each.parsed_fn_signature for each in dependencies.values())]
    paths = {name for each in getattr(handler, "paths", ()) for name in _path_parameters(each)}
    found: dict[str, str] = {}
    for signature in signatures:
        for name, field in signature.parameters.items():
            if name not in dependencies and name not in RESERVED and name not in paths:
                spelled = _spelled(name, field)
                if spelled is not None:
                    found[name] = spelled
    return found


def _path_parameters(path: str) -> list[str]:
    return [part.strip("{}").partition(":")[0] for part in path.split("/") if part.startswith("{")]


def _spelled(name: str, field: FieldDefinition) -> str | None:
    """None for what doesn't come with the query."""
    kwarg = field.kwarg_definition
    if isinstance(kwarg, (DependencyKwarg, HeaderParameter, CookieParameter, PathParameter)):
        return None
    return (kwarg.name or name) if isinstance(kwarg, ParameterKwarg) else name


def refuse_unknown_queries(request: Request[Any, Any, Any]) -> None:
    """Before each handler: raises Invalid naming query parameters that nobody reads."""
    handler = request.route_handler
    if not request.query_params or not isinstance(handler, HTTPRouteHandler):
        return
    if not handler.fn.__module__.startswith("server."):
        return
    known = set(known_queries(handler).values())
    flaws = [
        FieldError(name, "unknown_parameter", "is not a parameter of this request")
        for name in dict.fromkeys(request.query_params.keys())
        if name not in known
    ]
    if flaws:
        raise Invalid(flaws)

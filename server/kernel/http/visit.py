"""What a handler is given of its request."""

from typing import Annotated, Any, TypeAlias, TypeVar

from litestar import Request
from litestar.datastructures import State
from litestar.di import Dependency
from litestar.params import SkipValidationMarker

AnyRequest = Request[Any, Any, State]
T = TypeVar("T")
Given: TypeAlias = Annotated[T, Dependency(), SkipValidationMarker()]
"""A parameter that the application gives by name, as it is."""


def path(route: str) -> str:
    """A shared route as Litestar wants it: every parameter is text."""
    return route.replace("}", ":str}")

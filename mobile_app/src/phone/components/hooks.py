"""Flet's hooks with the types that its own leave open."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import flet as ft

Value = TypeVar("Value")


def kept(initial: Value) -> Value:
    """The same object at every draw of a component."""
    return cast(Value, ft.use_ref(initial).current)


def state(initial: Value) -> tuple[Value, Callable[[Value], None]]:
    """A value and what changes it, which draws the component again."""
    return cast(tuple[Value, Callable[[Value], None]], cast(Any, ft.use_state)(initial))

"""What a form fills in: a frozen struct, of the wire where it is sent, that draws whoever shows it."""

from typing import Generic, TypeVar

import flet as ft
from msgspec import Struct

from phone.base.places import Place

Whole = TypeVar("Whole", bound=Struct)
Value = TypeVar("Value")


class Draft(ft.Observable, Generic[Whole]):
    """`choose` draws the form again, `type` does not: the field keeps its cursor."""

    def __init__(self, whole: Whole) -> None:
        self._whole = whole

    @property
    def whole(self) -> Whole:
        """As it stands now."""
        return self._whole

    def type(self, at: Place[Whole, Value], value: Value) -> None:
        """Text was typed."""
        self._whole = at.written(self._whole, value)

    def choose(self, at: Place[Whole, Value], value: Value) -> None:
        """Something was chosen: the form may look different now."""
        self.type(at, value)
        self.notify()

    def fill(self, whole: Whole) -> None:
        """All of it is another now."""
        self._whole = whole
        self.notify()

"""Where a value stands in a frozen struct: found by an expression that is checked as any other, read, and replaced."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import msgspec

from shared.domain.visible import Written

Whole = TypeVar("Whole")
Value = TypeVar("Value")
Part = TypeVar("Part")


class _Trail:
    """Stands in for a struct and writes down which way an expression goes."""

    def __init__(self, steps: tuple[str | int, ...] = ()) -> None:
        self.steps = steps

    def __getattr__(self, name: str) -> "_Trail":
        return _Trail((*self.steps, name))

    def __getitem__(self, at: str | int) -> "_Trail":
        return _Trail((*self.steps, at))


@dataclass(frozen=True)
class Place(Generic[Whole, Value]):
    """The way to a value: attributes, places in tuples, keys of what is described by a schema.

    `key` is the same for people who look for a control, and for the server, which names fields so when it refuses.
    """

    steps: tuple[str | int, ...]

    @property
    def key(self) -> str:
        """The steps in one word."""
        return ".".join(str(step) for step in self.steps)

    def then(self, read: Callable[[Value], Part]) -> "Place[Whole, Part]":
        """Further in."""
        return Place((*self.steps, *_steps(read)))

    def read(self, whole: Whole) -> Value:
        """What stands there. Raises LookupError where a tuple has become too short."""
        found: Any = whole
        for step in self.steps:
            found = _inside(found, step)
        return found

    def written(self, whole: Whole, value: Value) -> Whole:
        """The same struct with another value there. Raises LookupError as `read` does."""
        return cast(Whole, _written(whole, self.steps, value))


def place(of: type[Whole], read: Callable[[Whole], Value]) -> Place[Whole, Value]:
    """`place(ServiceInput, lambda service: service.grouping.by)`."""
    del of
    return Place(_steps(read))


def _steps(read: Callable[[Any], Any]) -> tuple[str | int, ...]:
    return read(_Trail()).steps


def _inside(whole: Any, step: str | int) -> Any:
    if isinstance(whole, Mapping):
        return cast(Mapping[Any, Any], whole).get(step)
    return whole[step] if isinstance(step, int) else getattr(whole, step)


def _written(whole: Any, steps: tuple[str | int, ...], value: Any) -> Any:
    if not steps:
        return value
    step, *rest = steps
    part = _written(_inside(whole, step), tuple(rest), value)
    if isinstance(whole, Mapping):
        return {**cast(Mapping[Any, Any], whole), step: part}
    if isinstance(step, int):
        return (*whole[:step], part, *whole[step + 1 :])
    if isinstance(whole, Written) and type(whole).is_emptied(step, part):
        part = ""
    return msgspec.structs.replace(whole, **{step: part})


def without(row: tuple[Value, ...], at: int) -> tuple[Value, ...]:
    """Without the one at this number."""
    return (*row[:at], *row[at + 1 :])


def swapped(row: tuple[Value, ...], one: int, other: int) -> tuple[Value, ...]:
    """With the two in each other's place."""
    found = list(row)
    found[one], found[other] = found[other], found[one]
    return tuple(found)

"""Flet's hooks with the types that its own leave open."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import flet as ft
from msgspec import Struct

from phone.base.draft import Draft
from phone.base.drafts import Drafts

Value = TypeVar("Value")
Whole = TypeVar("Whole", bound=Struct)


async def unless_gone(asking: Awaitable[object]) -> None:
    """Wait for what a control on the screen was asked; nobody misses it where that has gone meanwhile."""
    with contextlib.suppress(RuntimeError, TimeoutError):
        await asking


def kept(initial: Value) -> Value:
    """The same object at every draw of a component."""
    return cast(Value, ft.use_ref(initial).current)


def state(initial: Value) -> tuple[Value, Callable[[Value], None]]:
    """A value and what changes it, which draws the component again."""
    return cast(tuple[Value, Callable[[Value], None]], cast(Any, ft.use_state)(initial))


def draft_of(initial: Whole) -> Draft[Whole]:
    """A form that goes with its component; choosing draws it again."""
    return state(Draft(initial))[0]


def filled_in(drafts: Drafts, name: str, initial: Whole) -> Draft[Whole]:
    """As `draft_of`, but what was filled in outlives the app's process until the component goes."""
    box = kept([name, initial])
    draft = draft_of(drafts.taken(name, initial))
    if box[0] != name:
        box[:] = [name, initial]
        draft.fill(drafts.taken(name, initial))
    _watch(drafts, name, lambda: None if draft.whole == box[1] else draft.whole)
    touched_by(drafts, draft)
    return draft


def touched_by(drafts: Drafts, draft: Draft[Whole]) -> None:
    """What is chosen in it is kept as what is typed is; a draft that a store holds is shown by who calls this."""
    ft.use_effect(drafts.touch, [repr(draft.whole)])


def drafted_state(drafts: Drafts, name: str, initial: Value) -> tuple[Value, Callable[[Value], None]]:
    """As `state`, for what is chosen in a form, or which sheet is open; `initial` is not worth keeping."""
    first: list[Value] = kept([])
    if not first:
        first.append(drafts.taken(name, initial))
    value, change = state(first[0])
    now = kept([value])
    now[0] = value
    _watch(drafts, name, lambda: None if now[0] == initial else now[0])
    ft.use_effect(drafts.touch, [repr(value)])
    return value, change


def _watch(drafts: Drafts, name: str, read: Callable[[], Any]) -> None:
    reader, under = kept([read])[0], kept([name])
    if under[0] != name:
        drafts.leave(under[0], reader)
        under[0] = name
    drafts.watch(name, reader)
    ft.use_effect(lambda: None, [], lambda: drafts.leave(under[0], reader))

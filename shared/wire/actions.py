"""What a button on a notification sends, and what it gets."""

from typing import Literal

from msgspec import Struct

from shared.wire.incidents import State


class Action(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`token` came with the notification; `verb` is one of those it is bound to."""

    token: str
    verb: Literal["acknowledge", "escalate", "resolve"]


class ActionResult(Struct, frozen=True, kw_only=True):
    incident_id: str
    number: int
    state: State
    by: str | None
    done: bool

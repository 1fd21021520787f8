"""What a button on a notification sends, and what it gets."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.wire.incidents import LONGEST_SNOOZE_S, SHORTEST_SNOOZE_S, State

Button = Literal["acknowledge", "escalate", "resolve", "snooze"]


class Action(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`token` came with the notification; `verb` is one of those it is bound to; `seconds` is for snooze."""

    token: Annotated[str, Meta(max_length=1_000)]
    verb: Button
    seconds: Annotated[int, Meta(ge=SHORTEST_SNOOZE_S, le=LONGEST_SNOOZE_S)] = 3600


class ActionResult(Struct, frozen=True, kw_only=True):
    incident_id: str
    number: int
    state: State
    by: str | None
    done: bool

"""What a button on a notification sends, and what it gets."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.domain.covers.requests import CoverState
from shared.wire.incidents import LONGEST_SNOOZE_S, SHORTEST_SNOOZE_S, State

Button = Literal["acknowledge", "escalate", "resolve", "snooze", "accept_cover", "decline_cover"]


class Action(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`token` came with the notification; `verb` is one of those it is bound to; `seconds` is for snooze."""

    token: Annotated[str, Meta(max_length=1_000)]
    verb: Button
    seconds: Annotated[int, Meta(ge=SHORTEST_SNOOZE_S, le=LONGEST_SNOOZE_S)] = 3600


class ActionResult(Struct, frozen=True, kw_only=True):
    """What became of it, by whom; not `done`: somebody else had been there before.

    It is about an incident or, with `cover_request_id`, about a request for cover.
    """

    incident_id: str = ""
    number: int = 0
    state: State | CoverState
    by: str | None
    done: bool
    cover_request_id: str | None = None

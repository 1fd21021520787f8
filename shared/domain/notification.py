"""How one person is told: which addresses, in which order, and when."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.domain.alerts import Severity

LOOK_AFTER = timedelta(seconds=60)
LONGEST_DELAY_S = 3600


def look_again_at(states: Collection[str], *, paged_at: datetime, is_fallback: bool, now: datetime) -> datetime | None:
    """When to look at the pages of a step again; None when nobody will be reached and the next step must not wait.

    A page that is still under way gets a minute. A fallback is paged again once a minute at most, and only after every
    page of it was given up: there is nobody after it.
    """
    look_at = paged_at + LOOK_AFTER
    is_under_way = "queued" in states
    if now < look_at:
        return look_at if is_under_way or is_fallback else None
    return now + LOOK_AFTER if is_under_way and is_fallback else None


class Turn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of a personal rule: every address of a channel, or one address, `delay_s` after the page began."""

    channel: Annotated[str, Meta(max_length=20)] | None = None
    contact_method_id: Annotated[str, Meta(max_length=36)] | None = None
    delay_s: Annotated[int, Meta(ge=0, le=LONGEST_DELAY_S)] = 0


class RuleFlaw(Struct, frozen=True, kw_only=True):
    """A step that reaches nothing now, or a rule that comes late; `step` counts from 0, None means the whole rule."""

    severity: Severity
    code: Literal["reaches_nobody", "no_address", "late_first_step"]
    step: int | None = None


DEFAULT_RULE: tuple[Turn, ...] = (
    Turn(channel="push"),
    Turn(channel="webhook"),
    Turn(channel="email", delay_s=60),
)


class Reachable(Struct, frozen=True, kw_only=True):
    """An address that works as far as anybody knows."""

    id: str
    channel: str
    label: str


class Contact(Struct, frozen=True, kw_only=True):
    """Use this address at this time."""

    address: Reachable
    turn: int
    at: datetime


def contact_order(rule: Sequence[Turn], addresses: Sequence[Reachable], now: datetime) -> list[Contact]:
    """What to use when. A person without an address for the first turns is told by the next ones at once.

    Empty when there is no address at all: nobody can be told.
    """
    usable = [
        (number, turn, [each for each in addresses if each.channel == turn.channel]) for number, turn in enumerate(rule)
    ]
    usable = [(number, turn, found) for number, turn, found in usable if found]
    if not usable:
        return []
    first_s = min(turn.delay_s for _, turn, _ in usable)
    return [
        Contact(address=address, turn=number, at=now + timedelta(seconds=turn.delay_s - first_s))
        for number, turn, found in usable
        for address in found
    ]

"""Subscribers of status pages, and what became of what was sent to them."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.wire.sessions import Language

LetterState = Literal["queued", "held", "sent", "failed", "dropped"]
Ids = Annotated[tuple[str, ...], Meta(max_length=200)]


class StatusSubscriber(Struct, frozen=True, kw_only=True):
    """By email, or a member by their own ways; one that `failed_for` a reason gets no more after the second time."""

    id: str
    email: str | None
    user_name: str | None
    language: Language
    is_for_all: bool
    component_ids: tuple[str, ...]
    event_ids: tuple[str, ...]
    asked_at: datetime
    confirmed_at: datetime | None
    is_imported: bool
    failed_for: str | None


class SubscribersTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table with the columns email, language and components, whose names stand in one cell, parted by semicolons.

    With `dry_run` nothing is kept.
    """

    csv: Annotated[str, Meta(min_length=1, max_length=900_000)]
    dry_run: bool = False


class SubscribersImported(Struct, frozen=True, kw_only=True):
    """How many are new, and how many were there already."""

    added: int
    known: int


class SubscriptionInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of a member, by their own ways: all of a page, or some of its components and events."""

    is_for_all: bool = True
    component_ids: Ids = ()
    event_ids: Ids = ()


class Subscription(Struct, frozen=True, kw_only=True):
    is_for_all: bool
    component_ids: tuple[str, ...]
    event_ids: tuple[str, ...]


class StatusLetter(Struct, frozen=True, kw_only=True):
    """An update to one subscriber, whose address is told in part."""

    update_id: str
    label: str
    state: LetterState
    reason: str | None
    sent_at: datetime | None


class NotifiedUpdate(Struct, frozen=True, kw_only=True):
    """How many letters of an update are in which state; `held` wait for tomorrow's quota."""

    update_id: str
    queued: int
    held: int
    sent: int
    failed: int

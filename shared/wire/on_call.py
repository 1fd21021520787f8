"""Who is on call, for cards and lists."""

from datetime import datetime

from msgspec import Struct

from shared.wire.lists import Ref


class MyWatch(Struct, frozen=True, kw_only=True):
    """A shift that the reader holds now."""

    schedule: Ref
    team: Ref | None
    role: str | None
    since: datetime
    until: datetime | None
    then: list[Ref]


class NextWatch(Struct, frozen=True, kw_only=True):
    """The reader's next shift."""

    schedule: Ref
    start: datetime
    end: datetime


class MyOnCall(Struct, frozen=True, kw_only=True):
    """The on-call card; `unreachable` names why a page may not arrive, if so."""

    watches: list[MyWatch]
    next: NextWatch | None
    unreachable: str | None


class OnCallPerson(Struct, frozen=True, kw_only=True):
    user: Ref
    role: str | None
    until: datetime | None


class OnCallNow(Struct, frozen=True, kw_only=True):
    """One schedule now; an empty `people` means nobody is on call until `gap_until`."""

    schedule: Ref
    team: Ref | None
    people: list[OnCallPerson]
    gap_until: datetime | None

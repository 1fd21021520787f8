"""Who reads a message: their language and their clock."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from server.accounts.access.permissions import ADMINS
from server.kernel.database import Database
from server.kernel.i18n import catalogue
from shared.domain.time import localized
from shared.wire.lists import Ref

LOCALE = Path(__file__).parent / "locale"


class Reader(Struct, frozen=True, kw_only=True):
    user_id: str
    language: str
    time_zone: str


class _ReaderRow(Struct, frozen=True):
    id: str
    language: str
    time_zone: str


async def readers_of(db: Database, user_ids: Sequence[str]) -> list[Reader]:
    """Those of them who are not deactivated."""
    rows = await db.rows(
        _ReaderRow,
        "SELECT <fields> FROM user_account WHERE deactivated_at IS NULL AND id IN :ids ORDER BY id",
        ids=tuple(user_ids),
    )
    return [Reader(user_id=row.id, language=row.language, time_zone=row.time_zone) for row in rows]


async def administrators(db: Database) -> list[str]:
    rows = await db.values("SELECT id FROM user_account WHERE role IN :roles", roles=ADMINS)
    return [id for (id,) in rows]


async def common_reader(db: Database, team_id: str) -> Reader:
    """The language and zone that most of a team use, for what they read together."""
    rows = await db.values(
        "SELECT language, time_zone FROM user_account JOIN membership ON user_account.id = membership.user_id"
        " WHERE team_id = :team AND deactivated_at IS NULL ORDER BY user_account.id",
        team=team_id,
    )
    language, time_zone = Counter(rows).most_common(1)[0][0] if rows else ("en", "UTC")
    return Reader(user_id="", language=language, time_zone=time_zone)


def text(reader: Reader, key: str, **args: Any) -> str:
    """A sentence of this room, in the reader's language."""
    return catalogue(LOCALE).text(reader.language, key, **args)


def people_text(reader: Reader, people: Sequence[Ref]) -> str:
    """Names in a row; the reader comes first and is "you"."""
    ordered = sorted(people, key=lambda ref: ref.id != reader.user_id)
    names = [text(reader, "you") if ref.id == reader.user_id else ref.name for ref in ordered]
    told = names[0] if names else ""
    for n, name in enumerate(names[1:], start=2):
        told = text(reader, "names.last" if n == len(names) else "names.more", names=told, name=name)
    return told


def clock_time(reader: Reader, instant: datetime) -> str:
    """Hours and minutes on the reader's clock."""
    return f"{localized(reader.time_zone, instant):%H:%M}"


def zoned_time(reader: Reader, instant: datetime) -> str:
    """Hours and minutes on the reader's clock, and which clock that is."""
    return f"{clock_time(reader, instant)} ({reader.time_zone})"


def calendar_time(reader: Reader, instant: datetime) -> str:
    """Date and time on the reader's clock, and which clock that is."""
    local = localized(reader.time_zone, instant)
    return text(reader, "moment", day=date_text(reader, local), clock=f"{local:%H:%M}", zone=reader.time_zone)


def date_text(reader: Reader, day: datetime) -> str:
    """A day as the reader says it: "Fri 4 Dec"."""
    weekday, month = text(reader, f"weekday.{day.weekday()}"), text(reader, f"month.{day.month}")
    return text(reader, "date", weekday=weekday, day=day.day, month=month)


def span_text(reader: Reader, schedule: str, start: datetime, end: datetime) -> str:
    """From when to when, on the reader's clock."""
    since, until = localized(reader.time_zone, start), localized(reader.time_zone, end)
    key = "span.hours" if since.date() == until.date() else "span.days"
    return text(
        reader,
        key,
        schedule=schedule,
        day=date_text(reader, since),
        start=f"{since:%H:%M}",
        last_day=date_text(reader, until),
        end=f"{until:%H:%M}",
        zone=reader.time_zone,
    )

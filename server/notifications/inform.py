"""Tell people something that is no page, each in their language and by the first way their rule for news names."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from msgspec import Struct

from server.channels.base import Asked, Message
from server.delivery.addresses import living_addresses
from server.delivery.enqueue import enqueue
from server.kernel.database import Database, Priority, Writes
from server.kernel.ids import new_id
from server.notifications.render import Reader
from server.notifications.rules import load_rules
from shared.domain.paging.notification import Reachable, Rules, Turn, contact_order
from shared.wire.actions import Button


class Notice(Struct, frozen=True, kw_only=True):
    """The words for one reader; with `verbs` they can be answered on the spot."""

    title: str
    body: str
    verbs: tuple[Button, ...] = ()
    cover: Asked | None = None


class _ReaderRow(Struct, frozen=True):
    id: str
    language: str
    time_zone: str


async def inform(
    db: Database,
    writes: Writes,
    user_ids: Sequence[str],
    words: Callable[[Reader], Notice],
    *,
    url: str,
    expires_at: datetime,
    now: datetime,
    by: Collection[str] = (),
) -> None:
    """Queue one notice for each address of each person's first turn; deactivated people hear nothing.

    With `by`, the addresses of these channels are used instead, where a person has one.
    """
    rows = await db.rows(
        _ReaderRow,
        "SELECT <fields> FROM user_account WHERE deactivated_at IS NULL AND id IN :ids ORDER BY id",
        ids=tuple(user_ids),
    )
    addresses = await living_addresses(db, [row.id for row in rows])
    rules = await load_rules(db, [row.id for row in rows])
    for row in rows:
        reader = Reader(user_id=row.id, language=row.language, time_zone=row.time_zone)
        said = words(reader)
        mine = addresses.get(row.id, [])
        chosen = [address for address in mine if address.channel in by]
        for address in chosen or _first(rules.get(row.id, Rules()).info, mine, now):
            inform_at(writes, said, reader, address, url=url, expires_at=expires_at, now=now)


def _first(rule: Sequence[Turn], addresses: Sequence[Reachable], now: datetime) -> list[Reachable]:
    """The addresses of the turn that comes first."""
    contacts = contact_order(rule, addresses, now)
    first_at = min((contact.at for contact in contacts), default=now)
    return [contact.address for contact in contacts if contact.at == first_at]


def inform_at(
    writes: Writes, said: Notice, reader: Reader, address: Reachable, *, url: str, expires_at: datetime, now: datetime
) -> None:
    """Queue a notice for one address, a person's or a group's."""
    enqueue(
        writes,
        _message(said, reader, url=url, expires_at=expires_at, now=now),
        channel=address.channel,
        address_id=address.id,
        at=now,
        expires_at=expires_at,
        now=now,
        priority=Priority.NOTICE,
    )


def _message(said: Notice, reader: Reader, *, url: str, expires_at: datetime, now: datetime) -> Message:
    return Message(
        id=new_id(now),
        kind="notice",
        title=said.title,
        body=said.body,
        language=reader.language,
        time_zone=reader.time_zone,
        url=url,
        verbs=said.verbs,
        cover=said.cover,
        expires_at=expires_at,
    )


async def common_reader(db: Database, team_id: str) -> Reader:
    """The language and zone that most of a team use, for what they read together."""
    rows = await db.values(
        "SELECT language, time_zone FROM user_account JOIN membership ON user_account.id = membership.user_id"
        " WHERE team_id = :team AND deactivated_at IS NULL ORDER BY user_account.id",
        team=team_id,
    )
    language, time_zone = Counter(rows).most_common(1)[0][0] if rows else ("en", "UTC")
    return Reader(user_id="", language=language, time_zone=time_zone)

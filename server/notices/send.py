"""Send a notice: to people by what their own rule names first, by a way that is chosen, or to one address."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from msgspec import Struct

from server.channels.base import Asked, Kind, Message, Subject
from server.delivery.addresses import living_addresses
from server.delivery.enqueue import enqueue
from server.kernel.database import Database, Priority, Writes
from server.kernel.ids import new_id
from server.notices.reader import Reader, readers_of
from server.notices.rules import load_rules
from shared.domain.paging.notification import Reachable, Rules, Turn, contact_order
from shared.wire.actions import Button
from shared.wire.incidents import Severity


class Notice(Struct, frozen=True, kw_only=True):
    """The words for one reader and what comes with them: an incident or a page to open, or buttons to answer with.

    `severity` is that of a test; a notice that `has_code` gets it at sending.
    """

    title: str
    body: str
    kind: Kind = "notice"
    url: str = ""
    subject: Subject | None = None
    verbs: tuple[Button, ...] = ()
    cover: Asked | None = None
    severity: Severity | None = None
    has_code: bool = False


Wording = Callable[[Reader], Notice]
"""A pure function that has its facts already."""


async def send(
    db: Database,
    writes: Writes,
    user_ids: Sequence[str],
    wording: Wording,
    *,
    expires_at: datetime,
    now: datetime,
    by: Collection[str] = (),
    priority: Priority = Priority.NOTICE,
) -> None:
    """To each address of the first turn of each person's rule for `info`; deactivated people get nothing.

    With `by`, the addresses of these channels are used instead, where a person has one.
    """
    readers = await readers_of(db, user_ids)
    ids = [reader.user_id for reader in readers]
    addresses, rules = await living_addresses(db, ids), await load_rules(db, ids)
    for reader in readers:
        mine = addresses.get(reader.user_id, [])
        chosen = [address for address in mine if address.channel in by]
        for address in chosen or _first(rules.get(reader.user_id, Rules()).info, mine, now):
            send_to(writes, wording(reader), reader, address, expires_at=expires_at, now=now, priority=priority)


def _first(rule: Sequence[Turn], addresses: Sequence[Reachable], now: datetime) -> list[Reachable]:
    """The addresses of the turn that comes first."""
    contacts = contact_order(rule, addresses, now)
    first_at = min((contact.at for contact in contacts), default=now)
    return [contact.address for contact in contacts if contact.at == first_at]


async def send_by(
    db: Database,
    writes: Writes,
    user_ids: Sequence[str],
    wording: Wording,
    choose: Callable[[Sequence[Reachable]], Sequence[Reachable]],
    *,
    expires_at: datetime,
    now: datetime,
    once: Callable[[Reachable], str] | None = None,
) -> None:
    """To those of each person's addresses that are chosen, whatever their rule says.

    `once` gives the id of the notice at an address: one that is there already is not sent again.
    """
    readers = await readers_of(db, user_ids)
    addresses = await living_addresses(db, [reader.user_id for reader in readers])
    for reader in readers:
        for address in choose(addresses.get(reader.user_id, [])):
            id = once(address) if once is not None else None
            if id is None or await db.value("SELECT 1 FROM delivery WHERE id = :id", id=id) is None:
                send_to(writes, wording(reader), reader, address, expires_at=expires_at, now=now, id=id)


def send_to(
    writes: Writes,
    notice: Notice,
    reader: Reader,
    address: Reachable,
    *,
    expires_at: datetime,
    now: datetime,
    id: str | None = None,
    priority: Priority = Priority.NOTICE,
) -> None:
    """Queue it for one address, a person's or a group's; its id is the delivery's."""
    message = message_of(notice, reader, id=id or new_id(now), expires_at=expires_at)
    enqueue(
        writes,
        message,
        channel=address.channel,
        address_id=address.id,
        at=now,
        expires_at=expires_at,
        now=now,
        priority=priority,
    )


def message_of(notice: Notice, reader: Reader, *, id: str, expires_at: datetime) -> Message:
    return Message(
        id=id,
        kind=notice.kind,
        title=notice.title,
        body=notice.body,
        language=reader.language,
        time_zone=reader.time_zone,
        subject=notice.subject,
        cover=notice.cover,
        url=notice.url,
        verbs=notice.verbs,
        has_code=notice.has_code,
        severity=notice.severity,
        expires_at=expires_at,
    )

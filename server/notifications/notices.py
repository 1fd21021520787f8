"""Tell the followers of an incident what became of it, in their own words, by the first way they can be reached."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from server.accounts.access.permissions import ADMINS
from server.channels.base import Message, Subject
from server.delivery.addresses import living_addresses
from server.delivery.enqueue import enqueue
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, Payload, handles
from server.kernel.i18n import catalogue
from server.kernel.ids import new_id
from server.notifications.render import LOCALE
from shared.domain.incidents.verbs import UNDO, UNDO_GRACE
from shared.domain.paging.notification import DEFAULT_RULE, contact_order
from shared.wire.incidents import Severity


class Told(Payload, frozen=True):
    """The entry of this kind that was told of an incident at this instant, in microseconds."""

    incident_id: str
    kind: str
    at_us: int


NEWS = Kind("incident.news", Priority.NOTICE, Told)

WORTH = timedelta(hours=1)
LONGEST_QUOTE = 300
TOLD: Final = frozenset(
    {
        "acknowledged",
        "unacknowledged",
        "snoozed",
        "snooze_ended",
        "escalated",
        "reassigned",
        "resolved",
        "reopened",
        "commented",
        "merged_into",
        "retitled",
    }
)
"""The kinds of timeline entries that followers hear of."""
UNDOABLE: Final = {"acknowledged": "acknowledge", "snoozed": "snooze", "escalated": "escalate", "resolved": "resolve"}
"""The verbs behind kinds that may be taken back: followers hear of them once that is over."""


class _News(Struct, frozen=True, kw_only=True):
    incident_id: str
    number: int
    title: str
    severity: Severity
    rev: int
    team_id: str
    place: str
    n: int
    kind: str
    args: dict[str, Any]
    at: datetime
    actor_id: str | None
    actor_name: str | None


class _Undone(Struct, frozen=True):
    args: dict[str, Any]


class _Reader(Struct, frozen=True):
    id: str
    language: str


@handles(NEWS)
@dataclass(frozen=True)
class Tell:
    """Handler of `incident.news`."""

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        told = NEWS.read(claimed.ref)
        writes = Writes()
        news = await self.db.row(
            _News,
            "SELECT incident.id AS incident_id, number, incident.title, severity, incident.rev, incident.team_id,"
            " COALESCE(service.name, team.name, '') AS place, timeline.n, timeline.kind, timeline.args, timeline.at,"
            " timeline.actor_id, user_account.name AS actor_name FROM timeline"
            " JOIN incident ON incident.id = timeline.incident_id"
            " LEFT JOIN service ON service.id = incident.service_id LEFT JOIN team ON team.id = incident.team_id"
            " LEFT JOIN user_account ON user_account.id = timeline.actor_id"
            " WHERE timeline.incident_id = :incident AND timeline.kind = :kind AND timeline.at = :at"
            " ORDER BY timeline.n DESC LIMIT 1",
            incident=told.incident_id,
            kind=told.kind,
            at=told.at_us,
        )
        if news is None or await self._is_undone(news):
            return writes
        readers = await self._readers(news)
        addresses = await living_addresses(self.db, [reader.id for reader in readers])
        for reader in readers:
            for contact in contact_order(DEFAULT_RULE, addresses.get(reader.id, []), now):
                if contact.at == now:
                    enqueue(
                        writes,
                        self._message(news, reader, now),
                        channel=contact.address.channel,
                        address_id=contact.address.id,
                        at=now,
                        expires_at=now + WORTH,
                        now=now,
                        priority=Priority.NOTICE,
                    )
        return writes

    async def _is_undone(self, news: _News) -> bool:
        rows = await self.db.rows(
            _Undone,
            "SELECT args FROM timeline WHERE incident_id = :incident AND n > :n AND at <= :until AND kind = 'undone'",
            incident=news.incident_id,
            n=news.n,
            until=news.at + UNDO + UNDO_GRACE,
        )
        return any(row.args.get("verb") == UNDOABLE.get(news.kind, "") for row in rows)

    async def _readers(self, news: _News) -> list[_Reader]:
        """The followers who still may see it, but for whoever did it."""
        return await self.db.rows(
            _Reader,
            "SELECT user_account.id, user_account.language FROM incident_follower"
            " JOIN user_account ON user_account.id = incident_follower.user_id"
            " WHERE incident_id = :incident AND deactivated_at IS NULL AND user_account.id <> :actor"
            " AND (role IN :admins OR EXISTS (SELECT 1 FROM team WHERE team.id = :team AND NOT is_private)"
            " OR EXISTS (SELECT 1 FROM membership WHERE membership.team_id = :team"
            " AND membership.user_id = user_account.id)) ORDER BY user_account.id",
            incident=news.incident_id,
            actor=news.actor_id or "",
            admins=ADMINS,
            team=news.team_id,
        )

    def _message(self, news: _News, reader: _Reader, now: datetime) -> Message:
        return Message(
            id=new_id(now),
            kind="notice",
            title=news.title,
            body=words_of(news.kind, news.args, news.actor_name, number=news.number, language=reader.language),
            language=reader.language,
            subject=Subject(
                incident_id=news.incident_id,
                number=news.number,
                severity=news.severity,
                rev=news.rev,
                service=news.place,
                url=f"{self.app_url}/incidents/{news.incident_id}",
            ),
            expires_at=now + WORTH,
        )


def words_of(kind: str, args: dict[str, Any], actor: str | None, *, number: int, language: str) -> str:
    """One sentence about an entry, by whoever did it or, without a person, by itself."""
    words = catalogue(LOCALE)
    key = f"notice.{kind}" if actor else f"notice.machine_{kind}"
    said = str(args.get("text") or args.get("method") or "")
    said = said if len(said) <= LONGEST_QUOTE else f"{said[: LONGEST_QUOTE - 1]}…"
    if kind == "resolved" and said:
        key += "_text"
    return words.text(
        language,
        key,
        who=actor or "",
        number=number,
        text=said,
        target=args.get("number", ""),
        title=args.get("title", ""),
    )

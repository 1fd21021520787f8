"""Followers are notified of what became of an incident: whom, and of what."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from msgspec import Struct

from server.accounts.access.permissions import ADMINS
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, Payload, handles
from server.notices.incident import IncidentFacts, incident_notice
from server.notices.send import send
from shared.domain.incidents.allowed_verbs import UNDO, UNDO_GRACE
from shared.domain.incidents.following import UNDOABLE
from shared.wire.incidents import Severity


class EntryRef(Payload, frozen=True):
    """The entry of this kind that was recorded at this instant, in microseconds."""

    incident_id: str
    kind: str
    at_us: int


NOTIFY = Kind("incident.notice", Priority.NOTICE, EntryRef, formerly=("incident.news",))
WORTH = timedelta(hours=1)


class _Entry(Struct, frozen=True, kw_only=True):
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


@handles(NOTIFY)
@dataclass(frozen=True)
class NotifyFollowers:
    """Handler of `incident.notice`."""

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        ref = NOTIFY.read(claimed.ref)
        writes = Writes()
        entry = await self.db.row(
            _Entry,
            "SELECT incident.id AS incident_id, number, incident.title, severity, incident.rev, incident.team_id,"
            " COALESCE(service.name, team.name, '') AS place, timeline.n, timeline.kind, timeline.args, timeline.at,"
            " timeline.actor_id, user_account.name AS actor_name FROM timeline"
            " JOIN incident ON incident.id = timeline.incident_id"
            " LEFT JOIN service ON service.id = incident.service_id LEFT JOIN team ON team.id = incident.team_id"
            " LEFT JOIN user_account ON user_account.id = timeline.actor_id"
            " WHERE timeline.incident_id = :incident AND timeline.kind = :kind AND timeline.at = :at"
            " ORDER BY timeline.n DESC LIMIT 1",
            incident=ref.incident_id,
            kind=ref.kind,
            at=ref.at_us,
        )
        if entry is not None and not await self._is_undone(entry):
            wording = partial(incident_notice, self._facts(entry))
            await send(self.db, writes, await self._followers(entry), wording, expires_at=now + WORTH, now=now)
        return writes

    async def _is_undone(self, entry: _Entry) -> bool:
        rows = await self.db.rows(
            _Undone,
            "SELECT args FROM timeline WHERE incident_id = :incident AND n > :n AND at <= :until AND kind = 'undone'",
            incident=entry.incident_id,
            n=entry.n,
            until=entry.at + UNDO + UNDO_GRACE,
        )
        return any(row.args.get("verb") == UNDOABLE.get(entry.kind, "") for row in rows)

    async def _followers(self, entry: _Entry) -> list[str]:
        """Those who still may see it, but for whoever did it."""
        rows = await self.db.values(
            "SELECT user_account.id FROM incident_follower"
            " JOIN user_account ON user_account.id = incident_follower.user_id"
            " WHERE incident_id = :incident AND deactivated_at IS NULL AND user_account.id <> :actor"
            " AND (role IN :admins OR EXISTS (SELECT 1 FROM team WHERE team.id = :team AND NOT is_private)"
            " OR EXISTS (SELECT 1 FROM membership WHERE membership.team_id = :team"
            " AND membership.user_id = user_account.id)) ORDER BY user_account.id",
            incident=entry.incident_id,
            actor=entry.actor_id or "",
            admins=ADMINS,
            team=entry.team_id,
        )
        return [id for (id,) in rows]

    def _facts(self, entry: _Entry) -> IncidentFacts:
        return IncidentFacts(
            incident_id=entry.incident_id,
            number=entry.number,
            title=entry.title,
            severity=entry.severity,
            rev=entry.rev,
            place=entry.place,
            kind=entry.kind,
            args=entry.args,
            actor=entry.actor_name,
            url=f"{self.app_url}/incidents/{entry.incident_id}",
        )

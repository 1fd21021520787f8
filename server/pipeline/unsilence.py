"""When a silence ends or changes, what still fires and isn't covered any more gets an incident."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from msgspec import Struct

from server.escalation.runs import QUIET
from server.incidents.alerts import change_alert
from server.incidents.open import admit
from server.incidents.workspace import Workspace
from server.incidents.write import open_incidents
from server.kernel.database import Database, Writes
from server.kernel.due import Claimed, arm, arm_again, handles
from server.pipeline.stages import Facts, Item, OpenAlert, group, silence
from server.services.directory import Directory
from server.services.silences import ENDED, Looked
from shared.domain.alerts import Action, Event, Severity
from shared.domain.incidents.opening import Arrival, Group
from shared.domain.incidents.timeline import SYSTEM

AT_ONCE = 200


class _KeptAlert(Struct, frozen=True, kw_only=True):
    """An alert that a silence kept from paging."""

    id: str
    integration_id: str
    key_hash: str
    dedup_key: str
    service_id: str
    severity: Severity
    title: str
    description: str
    check_name: str
    source: str
    labels: dict[str, str]
    count: int
    acked_at: datetime | None
    last_event_id: str
    last_at: datetime
    rev: int


@handles(ENDED, at_once=1)
@dataclass(frozen=True)
class Unsilence:
    """Handler of `silence.ended`, a slice at a time."""

    db: Database
    directory: Directory

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        await self.directory.refresh()
        looked = ENDED.read(claimed.ref)
        silence_id, after = looked.silence_id, looked.after
        kept = await self.db.rows(
            _KeptAlert,
            "SELECT <fields> FROM alert WHERE closed_at IS NULL AND incident_id IS NULL AND silenced_by = :silence"
            " AND id > :after ORDER BY id LIMIT :limit",
            silence=silence_id,
            after=after,
            limit=AT_ONCE,
        )
        same = list(takewhile(lambda alert: alert.integration_id == kept[0].integration_id, kept))
        if same:
            await self._let_through(writes, same, now)
        if len(same) < len(kept) or len(kept) == AT_ONCE:
            arm(writes, ENDED, Looked(silence_id, same[-1].id), at=now, now=now)
        if not after:
            await self._look_at_runs(writes, now)
        ends_at = next((each.ends_at for each in self.directory.silences if each.id == silence_id), now)
        if not after and ends_at > now:
            arm_again(writes, claimed, at=ends_at)
        return writes

    async def _look_at_runs(self, writes: Writes, now: datetime) -> None:
        """Incidents that silences hold: this one may have been what held them."""
        rows = await self.db.values("SELECT id FROM incident WHERE silenced_until IS NOT NULL AND state = 'triggered'")
        for (id,) in rows:
            arm(writes, QUIET, id, at=now, now=now)

    async def _let_through(self, writes: Writes, alerts: Sequence[_KeptAlert], now: datetime) -> None:
        integration = await self.directory.integration_of_id(alerts[0].integration_id)
        if integration is None:
            return
        facts = Facts(
            integration=integration,
            services=self.directory.services,
            silences=tuple(self.directory.silences_in_force(now)),
            open_alerts={},
            compiled=self.directory.compiled,
        )
        items = [_item(alert, facts) for alert in alerts]
        items, _ = group(silence(items, facts, now)[0], facts, now)
        work = Workspace(self.db, writes, by=SYSTEM, now=now)
        groups: dict[tuple[str, str], list[Item]] = {}
        for item in items:
            if item.known is not None and item.silence is not None:
                change_alert(writes, item.known.id, rev=item.known.rev, silenced_by=item.silence.id, incident_id=None)
            elif item.service is not None:
                groups.setdefault((item.service.id, item.group_key), []).append(item)
        admission = await admit(work, [_group(found, facts) for found in groups.values()])
        work.take(admission.placement, admission.opens)
        open_incidents(writes, admission.opens, now=now)
        for item in (item for found in groups.values() for item in found):
            if item.known is not None:
                incident_id = admission.incident_ids[item.known.id]
                change_alert(writes, item.known.id, rev=item.known.rev, silenced_by=None, incident_id=incident_id)
        await work.regrade()


def _item(alert: _KeptAlert, facts: Facts) -> Item:
    known = OpenAlert(
        id=alert.id,
        key_hash=alert.key_hash,
        service_id=alert.service_id,
        incident_id=None,
        dropped_by=None,
        severity=alert.severity,
        count=alert.count,
        acked_at=alert.acked_at,
        last_at=alert.last_at,
        rev=alert.rev,
    )
    event = Event(
        action=Action.TRIGGER,
        dedup_key=alert.dedup_key,
        title=alert.title,
        severity=alert.severity,
        description=alert.description,
        check=alert.check_name,
        source=alert.source,
        labels=alert.labels,
    )
    service = facts.services.get(alert.service_id)
    return Item(event=event, key_hash=alert.key_hash, event_id=alert.last_event_id, known=known, service=service)


def _group(items: Sequence[Item], facts: Facts) -> Group:
    service = items[0].service
    assert service is not None
    return Group(
        service_id=service.id,
        team_id=service.team_id,
        policy_id=service.policy_id,
        group_key=items[0].group_key,
        integration_id=facts.integration.id,
        integration_name=facts.integration.name,
        source=facts.integration.source,
        is_acknowledged=all(item.known is not None and item.known.acked_at is not None for item in items),
        arrivals=tuple(
            Arrival(alert_id=item.known.id, severity=item.event.severity, title=item.event.title)
            for item in items
            if item.known is not None
        ),
    )

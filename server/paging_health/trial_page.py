"""Send me a test page: a real incident that takes the whole way, to one person alone, and ends by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.delivery.addresses import living_addresses
from server.incidents.current import load_incident
from server.incidents.verbs import resolve
from server.incidents.write import open_incidents
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, arm, handles
from server.kernel.errors import Conflict, NotFound
from server.kernel.i18n import catalogue
from server.kernel.ids import new_id
from server.pages.render import LOCALE
from server.services.hidden import keep_hidden_service
from shared.domain.alerts import Severity
from shared.domain.incidents.opening import Arrival, Group, open_group
from shared.domain.incidents.timeline import SYSTEM, Who
from shared.domain.paging.escalation import Level, Policy, Target
from shared.wire.notifications import TestPage, TestPageInput

END = Kind("test_page.end", Priority.NOTICE)
LASTS = timedelta(minutes=15)
ROUNDS = 30
"""More than can be taken in its time: a test that reaches nobody must never go on to colleagues."""


class KeptTrial(Struct, frozen=True):
    """What is remembered of a test page: its number is read again each time."""

    id: str
    ends_at: datetime


async def open_trial(db: Database, actor: Actor, data: TestPageInput, *, now: datetime) -> tuple[Writes, KeptTrial]:
    """Page me by my own rules. Raises Conflict without a team or an address that works.

    An earlier test of mine is over with it. It belongs to my first team, on a service that no list shows.
    """
    team_ids = tuple(actor.team_ids or actor.visible_ids)
    team_id: str | None = await db.value("SELECT id FROM team WHERE id IN :ids ORDER BY name LIMIT 1", ids=team_ids)
    if team_id is None:
        raise Conflict("make a team first", code="no_team")
    if not await living_addresses(db, [actor.user_id]):
        raise Conflict("add a way to reach you first", code="no_address")
    writes, until, key = Writes(), now + LASTS, f"test page of {actor.user_id}"
    for (earlier,) in await db.values("SELECT id FROM incident WHERE group_key = :key AND group_open", key=key):
        writes.extend_with(await resolve(db, await load_incident(db, earlier), by=SYSTEM, via="test", now=now))
    title = catalogue(LOCALE).text(actor.language, "test_page.title", name=actor.name)
    service_id = keep_hidden_service(writes, team_id, now)
    group = Group(
        service_id=service_id,
        team_id=team_id,
        policy_id=None,
        group_key=key,
        integration_id=None,
        integration_name=actor.name,
        source="test",
        arrivals=(Arrival(alert_id="", severity=Severity(data.severity), title=title),),
    )
    me = Level(targets=(Target(kind="user", id=actor.user_id),), delay_s=int(LASTS.total_seconds()))
    policy = Policy(id=None, name=title, levels=(me,), rounds=ROUNDS, is_trial=True)
    id = new_id(now)
    opening = open_group(group, id=id, policy=policy, by=Who("user", actor.user_id), now=now)
    open_incidents(writes, [opening], now=now)
    arm(writes, END, id, at=until, now=now)
    audit(writes, actor, About("incident", id, title, team_id), now=now, verb="tested")
    return writes, KeptTrial(id, until)


async def read_trial(db: Database, kept: KeptTrial) -> TestPage:
    number = await db.value("SELECT number FROM incident WHERE id = :id", id=kept.id)
    if number is None:
        raise NotFound
    return TestPage(incident_id=kept.id, number=number, ends_at=kept.ends_at)


@handles(END, at_once=2)
@dataclass(frozen=True)
class EndTrial:
    """Handler of `test_page.end`."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        incident = await load_incident(self.db, claimed.ref)
        if incident.state == "resolved":
            return Writes()
        return await resolve(self.db, incident, by=SYSTEM, via="test", now=now)

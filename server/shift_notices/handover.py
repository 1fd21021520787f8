"""What somebody who comes on call should know: open incidents, silences that end, noise, the last remark."""

from datetime import datetime, timedelta

from msgspec import Struct

from server.accounts.access.names import names_of_people
from server.kernel.database import Database
from server.schedules.rotas import Loaded
from server.shift_notices.remarks import last_remark
from shared.domain.on_call.schedules import on_call_at
from shared.wire import handovers as wire
from shared.wire.lists import Ref

SOON = timedelta(hours=24)
RECENT = timedelta(days=7)
MOST = 20
NOISIEST = 5


class _Noise(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    alerts: int


async def read_handover(db: Database, loaded: Loaded, visible: frozenset[str], now: datetime) -> wire.Handover:
    """As somebody sees it who sees these teams: of the services whose policies page this schedule."""
    services = tuple(
        id
        for (id,) in await db.values(
            "SELECT id FROM service WHERE archived_at IS NULL AND team_id IN :teams"
            " AND policy_id IN (SELECT policy_id FROM policy_target WHERE target_id = :schedule)",
            teams=tuple(visible),
            schedule=loaded.row.id,
        )
    )
    incidents = await db.rows(
        wire.HandoverIncident,
        "SELECT id, number, title, severity, state, triggered_at AS since FROM incident"
        " WHERE state <> 'resolved' AND service_id IN :services ORDER BY triggered_at DESC LIMIT :limit",
        services=services,
        limit=MOST,
    )
    silences = await db.rows(
        wire.HandoverSilence,
        "SELECT id, comment AS name, ends_at FROM silence WHERE ends_at > :now AND ends_at <= :soon"
        " AND (service_id IN :services OR (service_id IS NULL AND team_id = :team)) ORDER BY ends_at LIMIT :limit",
        services=services,
        team=loaded.row.team_id,
        now=now,
        soon=now + SOON,
        limit=MOST,
    )
    noise = await db.rows(
        _Noise,
        "SELECT service.id, service.name, COUNT(*) AS alerts FROM alert JOIN service ON service.id = alert.service_id"
        " WHERE alert.service_id IN :services AND alert.received_at > :since"
        " GROUP BY service.id, service.name ORDER BY alerts DESC, service.name LIMIT :limit",
        services=services,
        since=now - RECENT,
        limit=NOISIEST,
    )
    on_call = dict.fromkeys(entry.user_id for entry in on_call_at(loaded.rota, now))
    names = await names_of_people(db, on_call)
    return wire.Handover(
        schedule=Ref(loaded.row.id, loaded.row.name),
        incidents=incidents,
        silences=silences,
        noise=[wire.NoisyService(service=Ref(each.id, each.name), alerts=each.alerts) for each in noise],
        remark=await last_remark(db, loaded.row.id),
        on_call=[Ref(id, names.get(id, "")) for id in on_call],
    )

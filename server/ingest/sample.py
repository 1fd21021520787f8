"""Send an integration a sample of its own format, as if its monitoring system had."""

from datetime import datetime

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.integrations.base import INTEGRATIONS
from server.kernel.database import Database, Writes
from server.kernel.ids import new_id
from server.pipeline.arrivals import NewEvent, arrivals
from server.services.change import owned_integration
from shared.wire.events import TestAlert, TestSent


async def send_sample(
    db: Database, actor: Actor, integration_id: str, wanted: TestAlert, *, now: datetime
) -> tuple[Writes, TestSent]:
    """It goes the whole way: rules, silences, an incident, and whoever the policy pages."""
    row = await owned_integration(db, actor, integration_id)
    body = INTEGRATIONS[row.source]().sample(now, is_over=wanted.action == "resolve")
    event = NewEvent(
        id=new_id(now), integration_id=row.id, received_at=now, headers={"user-agent": "dogwatch-test"},
        body=body, idem_key=None,
    )  # fmt: skip
    writes = arrivals([event])
    audit(writes, actor, About("integration", row.id, row.name, row.team_id), verb=f"test_{wanted.action}", now=now)
    return writes, TestSent(event_id=event.id, body=body.decode())

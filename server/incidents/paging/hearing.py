"""Whom the pages of a run have reached, and whether anybody whom its list means is among them."""

from collections.abc import Mapping
from datetime import datetime

from server.escalation.runs import RunRow
from server.kernel.clock import from_us
from server.kernel.database import Database
from shared.domain.paging.escalation import Meant, others_ahead
from shared.domain.paging.hearing import Hearing, Tried, hearing_of


async def load_hearing(db: Database, run: RunRow, *, now: datetime) -> Hearing:
    """As the pages of the run's cycle stand."""
    tried = await db.rows(
        Tried,
        "SELECT notification.user_id, notification.step, delivery.due_at, delivery.state FROM notification"
        " JOIN delivery ON delivery.id = notification.id WHERE notification.incident_id = :incident"
        " AND notification.cycle = :cycle",
        incident=run.incident_id,
        cycle=run.cycle,
    )
    return hearing_of(tried, now=now)


async def fallback_paged_at(db: Database, run: RunRow) -> datetime | None:
    """When this cycle's fallback was paged last, or looked for."""
    at = await db.value(
        "SELECT MAX(at) FROM escalation_step WHERE incident_id = :incident AND cycle = :cycle AND outcome = 'fallback'",
        incident=run.incident_id,
        cycle=run.cycle,
    )
    return None if at is None else from_us(at)


def nobody_hears(run: RunRow, hearing: Hearing, meant: Mapping[str, Meant]) -> bool:
    """Whether everybody of the list who was paged is deaf, and nobody else is ahead in it."""
    people = {person.user_id for each in meant.values() for person in each.people}
    paged = hearing.paged & people
    return (
        bool(paged)
        and paged <= hearing.deaf
        and others_ahead(run.policy_json, run.position, meant=meant, deaf=hearing.deaf) is None
    )

"""Don't wait out a level whose people can't be reached."""

from dataclasses import dataclass
from datetime import datetime

from server.escalation.runs import ADVANCE, load_run
from server.kernel.clock import from_us
from server.kernel.database import Database, Writes
from server.kernel.due import Claimed, arm_again, bring_forward
from server.timeline.append import Entry, append
from shared.domain.escalation import place_of
from shared.domain.notification import look_again_at


@dataclass(frozen=True)
class Hurry:
    """Handler of `run.hurry`: due a minute after a step, and sooner whenever one of its pages is in trouble.

    If a provider has taken a page of the running step, the level's delay holds. If every page of it was given up, or
    none was taken within a minute from when the first was to leave, the next level is paged now. Pages that were
    taken back hurry nobody.
    """

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        cycle = await self.db.value("SELECT cycle FROM incident WHERE id = :id", id=claimed.ref)
        run = await load_run(self.db, claimed.ref, cycle) if cycle is not None else None
        if run is None or run.state != "running" or run.step == 0:
            return writes
        states, first_at = await self._pages(run.incident_id, run.cycle, run.step - 1)
        if states <= {"cancelled"} or "accepted" in states or run.next_at is None or run.next_at <= now:
            return writes
        place = place_of(run.policy_json, run.position - 1)
        again_at = look_again_at(states, first_at=first_at, is_fallback=place.is_fallback, now=now)
        if again_at is not None:
            arm_again(writes, claimed, at=again_at)
            return writes
        append(
            writes, run.incident_id, [Entry("hurried", {"level": place.level, "reason": "nobody_reachable"})], now=now
        )
        writes.sql(
            "UPDATE escalation_run SET next_at = :now, rev = rev + 1 WHERE id = :id AND rev = :rev",
            expect=1,
            now=now,
            id=run.id,
            rev=run.rev,
        )
        bring_forward(writes, ADVANCE, run.incident_id, at=now)
        return writes

    async def _pages(self, incident_id: str, cycle: int, step: int) -> tuple[set[str], datetime]:
        rows = await self.db.values(
            "SELECT delivery.state, delivery.due_at FROM notification"
            " JOIN delivery ON delivery.id = notification.id WHERE notification.incident_id = :incident"
            " AND notification.cycle = :cycle AND notification.step = :step",
            incident=incident_id,
            cycle=cycle,
            step=step,
        )
        return {state for state, _ in rows}, from_us(min((at for _, at in rows), default=0))

"""Don't wait out a level whose people can't be reached: others are paged sooner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from server.escalation.people import who_is_meant
from server.escalation.runs import ADVANCE, RunRow, load_run, move
from server.incidents.paging.hearing import fallback_paged_at, load_hearing, nobody_hears
from server.kernel.clock import from_us
from server.kernel.database import Database, Writes
from server.kernel.due import Claimed, arm_again, bring_forward, handles
from server.pages.settle import HURRY
from server.timeline.append import append
from shared.domain.incidents.timeline import Entry
from shared.domain.paging.escalation import FALLBACK_EVERY, Meant, others_ahead, place_of
from shared.domain.paging.notification import LOOK_AFTER, look_again_at


class _Step(Struct, frozen=True, kw_only=True):
    level: int
    round: int
    outcome: str


@handles(HURRY)
@dataclass(frozen=True)
class PageOthersSooner:
    """Handler of `run.hurry`: due a minute after a step, and sooner whenever one of its pages is in trouble.

    If a provider has taken a page of the running step, the level's delay holds. If every page of it was given up, or
    none was taken within a minute from when the first was to leave, the next level that means other people is paged
    now. Where the list has nobody else, its delays hold and the fallback is paged at once. Pages that were taken back
    hurry nobody, nor do those of a trial: it has no others.
    """

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        incident = await self.db.values("SELECT cycle, team_id FROM incident WHERE id = :id", id=claimed.ref)
        run = await load_run(self.db, claimed.ref, incident[0][0]) if incident else None
        if run is None or run.state != "running" or run.step == 0:
            return writes
        states, first_at = await self._pages(run)
        if states <= {"cancelled"} or "accepted" in states or run.next_at is None or run.next_at <= now:
            return writes
        step = await self._last_step(run)
        is_fallback = step.outcome == "fallback"
        again_at = look_again_at(states, first_at=first_at, is_fallback=is_fallback, now=now)
        if again_at is not None and is_fallback:
            arm_again(writes, claimed, at=again_at)
        elif again_at is not None:
            await self._wait(writes, claimed, run, step, team_id=incident[0][1], again_at=again_at, now=now)
        elif is_fallback:
            is_over = place_of(run.policy_json, run.position).is_fallback
            _now(writes, run, now=now, levels_at=None if is_over else run.levels_at or run.next_at)
        elif not run.policy_json.is_trial:
            await self._go_on(writes, claimed, run, step, team_id=incident[0][1], now=now)
        return writes

    async def _wait(
        self,
        writes: Writes,
        claimed: Claimed,
        run: RunRow,
        step: _Step,
        *,
        team_id: str,
        again_at: datetime,
        now: datetime,
    ) -> None:
        """For the step's pages to arrive, unless nobody of the list heard of the steps before it either."""
        policy = run.policy_json
        hearing = await load_hearing(self.db, run, now=now)
        if hearing.deaf and not policy.is_trial and not place_of(policy, run.position).is_fallback:
            meant = await self._meant(run, team_id, now)
            if nobody_hears(run, hearing, meant):
                await self._beside(writes, claimed, run, step, now=now)
                return
        arm_again(writes, claimed, at=min(again_at, hearing.look_at or again_at))

    async def _beside(self, writes: Writes, claimed: Claimed, run: RunRow, step: _Step, *, now: datetime) -> None:
        """To the fallback, while the levels wait; once a minute at most, however short they are."""
        assert run.next_at is not None, "a run that goes on knows when"
        told_at = await fallback_paged_at(self.db, run)
        if told_at is not None and now < told_at + LOOK_AFTER:
            arm_again(writes, claimed, at=told_at + LOOK_AFTER)
            return
        _now(writes, run, now=now, levels_at=run.next_at)
        entry = round_unreached(step.round, run.policy_json.rounds, run.next_at)
        append(writes, run.incident_id, [entry], now=now)

    async def _meant(self, run: RunRow, team_id: str, now: datetime) -> Mapping[str, Meant]:
        targets = [target for level in run.policy_json.levels for target in level.targets]
        return await who_is_meant(self.db, targets, now, team_id=team_id)

    async def _go_on(
        self, writes: Writes, claimed: Claimed, run: RunRow, step: _Step, *, team_id: str, now: datetime
    ) -> None:
        """To other people, if there are any who can be reached; else to the fallback, while the levels wait."""
        policy = run.policy_json
        reached = await self._reached(run, step)
        deaf = {user_id for user_id, is_reached in reached.items() if not is_reached}
        meant = await self._meant(run, team_id, now)
        others = others_ahead(policy, run.position, meant=meant, deaf=deaf)
        past = Entry("hurried", {"level": step.level, "reason": "nobody_reachable"})
        if others is not None:
            _now(writes, run, now=now, position=others)
            entry = past
        elif place_of(policy, run.position).is_fallback:
            _now(writes, run, now=now)
            entry = past if any(reached.values()) else rounds_over(policy.rounds)
        else:
            await self._beside(writes, claimed, run, step, now=now)
            return
        append(writes, run.incident_id, [entry], now=now)

    async def _last_step(self, run: RunRow) -> _Step:
        found = await self.db.row(
            _Step,
            "SELECT level, round, outcome FROM escalation_step WHERE incident_id = :incident AND cycle = :cycle"
            " AND step = :step",
            incident=run.incident_id,
            cycle=run.cycle,
            step=run.step - 1,
        )
        assert found is not None, "a run counts the steps that were written with it"
        return found

    async def _reached(self, run: RunRow, step: _Step) -> Mapping[str, bool]:
        """Whom the levels of the round paged, and whether a provider took any of it; of the last step nobody was."""
        rows = await self.db.values(
            "SELECT notification.user_id, COUNT(accepted_at), MAX(escalation_step.step)"
            " FROM escalation_step JOIN notification"
            " ON notification.incident_id = escalation_step.incident_id"
            " AND notification.cycle = escalation_step.cycle AND notification.step = escalation_step.step"
            " JOIN delivery ON delivery.id = notification.id WHERE escalation_step.incident_id = :incident"
            " AND escalation_step.cycle = :cycle AND round = :round AND outcome = 'paged'"
            " GROUP BY notification.user_id",
            incident=run.incident_id,
            cycle=run.cycle,
            round=step.round,
        )
        return {user_id: accepted > 0 and last < run.step - 1 for user_id, accepted, last in rows}

    async def _pages(self, run: RunRow) -> tuple[set[str], datetime]:
        rows = await self.db.values(
            "SELECT delivery.state, delivery.due_at FROM notification"
            " JOIN delivery ON delivery.id = notification.id WHERE notification.incident_id = :incident"
            " AND notification.cycle = :cycle AND notification.step = :step",
            incident=run.incident_id,
            cycle=run.cycle,
            step=run.step - 1,
        )
        return {state for state, _ in rows}, from_us(min((at for _, at in rows), default=0))


def round_unreached(round: int, rounds: int, until: datetime) -> Entry:
    """The levels go on `until`, and the fallback is paged meanwhile."""
    return Entry("round_unreached", {"round": round, "rounds": rounds, "until": until})


def rounds_over(rounds: int) -> Entry:
    """The last round reached nobody either; what is left is the fallback."""
    return Entry("rounds_over", {"rounds": rounds, "every_min": int(FALLBACK_EVERY.total_seconds() // 60)})


def _now(
    writes: Writes, run: RunRow, *, now: datetime, position: int | None = None, levels_at: datetime | None = None
) -> None:
    """The next step is due; with `levels_at` it is the fallback's, and the levels go on then."""
    move(writes, run, position=run.position if position is None else position, next_at=now, levels_at=levels_at)
    bring_forward(writes, ADVANCE, run.incident_id, at=now)

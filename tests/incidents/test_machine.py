"""Any sequence of verbs, alerts and time: what a model says is true, and what no incident may ever be."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.kernel.clock import from_us
from shared.domain.incidents.allowed_verbs import UNDO, Situation, Verb, refusal
from tests.incidents.desk import Desk
from tests.kit.world import World

PEOPLE = ("Ana", "Bo", "Cy")
DELAY_S = 90
VERBS: dict[str, Verb] = {"responders": "add_responders", "comments": "comment"}
UNDOABLE = ("acknowledge", "snooze", "resolve", "escalate")
OPS = (
    *UNDOABLE,
    "unacknowledge",
    "unsnooze",
    "reassign",
    "responders",
    "comments",
    "reopen",
    "undo",
    "undo",
    "wait",
    "wait",
    "wait",
)
steps = st.tuples(st.sampled_from(OPS), st.sampled_from(PEOPLE), st.integers(0, 9), st.booleans())


@dataclass
class Model:
    """One incident, as a person with a sheet of paper would keep it."""

    state: Any = "triggered"
    holder: str | None = None
    snoozed_until: datetime | None = None
    asked: set[str] = field(default_factory=set[str])
    before: dict[str, Any] | None = None
    run_before: Any = None
    undo_by: str | None = None
    undo_at: datetime | None = None

    def situation(self, who: str) -> Situation:
        return Situation(
            state=self.state,
            is_snoozed=self.snoozed_until is not None,
            is_asked=who in self.asked,
            undo_until=self.undo_at + UNDO if self.undo_at else None,
        )

    def use(self, op: str, who: str, until: datetime, run: Any, now: datetime) -> None:
        """A legal verb."""
        joins = op == "acknowledge" and self.state == "acknowledged" and self.snoozed_until is None
        before = {name: getattr(self, name) for name in ("state", "holder", "snoozed_until")}
        before["answered"] = {who} & self.asked if op == "acknowledge" else set[str]()
        if op == "undo":
            assert self.before is not None
            self.asked |= self.before.pop("answered")
            self._set(**self.before)
        if op == "acknowledge":
            self.asked.discard(who)
        if op in ("responders", "comments") or joins:
            return
        match op:
            case "acknowledge":
                self._set("acknowledged", who, None)
            case "snooze":
                self._set("acknowledged", self.holder or who, until)
            case "unsnooze":
                self.snoozed_until = None
            case "resolve":
                self._set("resolved", self.holder, None)
            case "unacknowledge" | "escalate" | "reassign" | "reopen":
                self._set("triggered", None, None)
            case _:
                pass
        if op in ("reassign", "reopen"):
            self.asked = set()
        self.before, self.run_before = (before, run) if op in UNDOABLE else (None, None)
        self.undo_by, self.undo_at = (who, now) if op in UNDOABLE else (None, None)

    def wake(self) -> None:
        self._set("triggered", None, None)
        self.before, self.undo_by, self.undo_at = None, None, None

    def _set(self, state: str, holder: str | None, snoozed_until: datetime | None) -> None:
        self.state, self.holder, self.snoozed_until = state, holder, snoozed_until


@dataclass
class Machine:
    """The product beside its model."""

    desk: Desk
    sent: list[str]

    @property
    def world(self) -> World:
        return self.desk.world

    async def play(self, sequence: list[tuple[str, str, int, bool]]) -> None:
        incident, model = await self.desk.open("Ana", service_id=self.desk.house.service.id), Model()
        for op, who, number, settles in sequence:
            if op == "wait":
                await self._wait(incident, model, number)
            else:
                await self._use(incident, model, op, who, number)
                if settles:
                    await self.world.settle()
            await self._agree(incident, model)
        await self.desk.send("Ana", incident, "resolve", {})
        await self.world.settle()
        assert len(self.sent) == len(set(self.sent)), "a page was sent twice"

    async def _use(self, incident: Any, model: Model, op: str, who: str, number: int) -> None:
        now = self.world.clock.now()
        other = self.world.users[PEOPLE[number % 3]]
        body = {
            "snooze": {"seconds": 60 + 30 * number},
            "resolve": {},
            "escalate": {"level": 1} if number % 2 else {},
            "reassign": {"user_ids": [other]},
            "responders": {"user_ids": [other]},
            "comments": {"text": "hm"},
        }.get(op)
        run = await self.run_of(incident)
        why = refusal(VERBS.get(op) or op, model.situation(who), now=now)  # pyright: ignore[reportArgumentType] an op is a verb
        code = why.code if why else "not_yours_to_undo" if op == "undo" and model.undo_by != who else None
        answer = await self.desk.send(who, incident, op, body)
        if code is not None:
            assert (answer.status_code, answer.json()["code"]) == (409, code), (op, who, model)
            return
        assert answer.status_code == 200, (op, who, model, answer.text)
        run_before = model.run_before
        model.use(op, who, now + timedelta(seconds=60 + 30 * number), run, now)
        if op == "responders":
            model.asked.add(PEOPLE[number % 3])
        if op == "undo":
            assert await self.run_of(incident) == self._restored(run_before, now), "undo restores the run exactly"

    def _restored(self, run: Any, now: datetime) -> Any:
        """The run as it was; a step that fell due while it was stopped is taken now."""
        cycle, state, position, next_at = run
        return (cycle, state, position, max(next_at, now) if state == "running" else next_at)

    async def _wait(self, incident: Any, model: Model, number: int) -> None:
        before = await self.steps_of(incident)
        was, holder = model.state, model.holder
        await self.world.advance(seconds=1 + number * 30)
        if model.snoozed_until is not None and model.snoozed_until <= self.world.clock.now():
            model.wake()
        if was != "triggered" and (model.state, model.holder) == (was, holder):
            assert await self.steps_of(incident) == before, "somebody has it, or it is over: the run pages nobody"

    async def _agree(self, incident: Any, model: Model) -> None:
        seen = (
            await self.world.db.values(
                "SELECT state, snoozed_until, user_account.name, cycle FROM incident"
                " LEFT JOIN user_account ON user_account.id = acknowledged_by WHERE incident.id = :id",
                id=incident["id"],
            )
        )[0]
        until = from_us(seen[1]) if seen[1] is not None else None
        assert (seen[0], until) == (model.state, model.snoozed_until)
        if model.state != "resolved":
            assert seen[2] == model.holder
        due = dict(
            await self.world.db.values(
                "SELECT kind, due_at FROM due WHERE ref = :id AND kind IN ('run.advance', 'incident.wake')"
                " AND parked_at IS NULL",
                id=incident["id"],
            )
        )
        cycle, state, _, next_at = await self.run_of(incident)
        assert cycle == seen[3]
        await self._badges_agree(incident)
        if model.state == "triggered":
            assert (state, from_us(due["run.advance"])) == ("running", next_at), "it waits for nothing"
        else:
            assert state == "stopped"
            assert "run.advance" not in due
        if model.snoozed_until is not None:
            assert from_us(due["incident.wake"]) == model.snoozed_until
        else:
            assert "incident.wake" not in due

    async def _badges_agree(self, incident: Any) -> None:
        """It waits for whoever was paged in its cycle, while it is triggered."""
        waiting = await self.world.db.values(
            "SELECT user_id FROM waiting WHERE incident_id = :id ORDER BY user_id", id=incident["id"]
        )
        paged = await self.world.db.values(
            "SELECT DISTINCT user_id FROM notification JOIN incident ON incident.id = notification.incident_id"
            " AND incident.cycle = notification.cycle WHERE incident.id = :id AND state = 'triggered' ORDER BY user_id",
            id=incident["id"],
        )
        assert waiting == paged

    async def run_of(self, incident: Any) -> tuple[Any, ...]:
        rows = await self.world.db.values(
            "SELECT cycle, state, position, next_at FROM escalation_run WHERE incident_id = :id"
            " ORDER BY cycle DESC LIMIT 1",
            id=incident["id"],
        )
        cycle, state, position, next_at = rows[0]
        return cycle, state, position, from_us(next_at)

    async def steps_of(self, incident: Any) -> int:
        text = "SELECT COUNT(*) FROM escalation_step WHERE incident_id = :id"
        return await self.world.db.value(text, id=incident["id"])


async def test_every_sequence_of_verbs_agrees_with_the_model(world: World) -> None:
    desk = await Desk.build(world, delay_s=DELAY_S)
    machine = Machine(desk, [])
    push = world.engine.channels["push"]
    real = push.send

    async def send(message: Any, address: Any) -> Any:
        machine.sent.append(message.id)
        return await real(message, address)

    push.send = send
    sequences: list[list[tuple[str, str, int, bool]]] = []

    every: Any = list(HealthCheck)

    @settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=every)
    @given(st.lists(steps, min_size=6, max_size=16))
    def collect(sequence: list[tuple[str, str, int, bool]]) -> None:
        sequences.append(sequence)

    collect()
    for sequence in sequences:
        try:
            await machine.play(sequence)
        except AssertionError as error:
            raise AssertionError(f"{error}\nafter {sequence}") from error
    assert len(machine.sent) > 100
    doubled = await world.db.values(
        "SELECT incident_id, cycle, step, user_id FROM notification"
        " GROUP BY incident_id, cycle, step, user_id HAVING COUNT(*) > 1"
    )
    assert doubled == []

"""The proof that every level of every policy reaches somebody at every instant, or the instant at which it doesn't."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from server.accounts.access.names import names_of_all_people
from server.accounts.people.find import people_answering
from server.delivery.addresses import living_addresses
from server.escalation.people import members_of
from server.escalation.runs import load_policies
from server.kernel.database import Database
from server.kernel.http import cut, decode_cursor
from server.notices.rules import load_rules
from server.schedules.rotas import Loaded, load_rotas, time_off_since
from shared.domain.alerts import Severity
from shared.domain.on_call.schedules import shifts
from shared.domain.on_call.shifts import Shift
from shared.domain.paging.escalation import Level, Policy, Target
from shared.domain.paging.notification import Reachable, Rules, reaches_within
from shared.domain.paging.uncovered import Away, Duty, Hole, WhyNot, alone, uncovered, unreached
from shared.wire import coverage as wire
from shared.wire.lists import Ref

_OPEN = datetime(1970, 1, 1, tzinfo=UTC)
MOST_TIMES = 100
AT_ONCE = 10
"""Services that are proven before others have their turn."""


class ServiceRow(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    team_id: str
    policy_id: str | None


class Proof(Struct, frozen=True, kw_only=True):
    """One level of one service for one severity, and all its holes in the window."""

    service: ServiceRow
    policy: Policy | None
    severity: Severity
    level: int
    holes: tuple[Hole, ...]
    cause: wire.Cause | None = None
    unreached: Mapping[str, WhyNot] | None = None
    schedule_ids: tuple[str, ...] = ()
    alone: tuple[Duty, ...] = ()


_Question = tuple[tuple[Target, ...], str, Severity]
_Found = tuple[list[Hole], list[Duty], dict[str, WhyNot]]
_AtAll = tuple[tuple[tuple[Target, ...], ...], str, Severity]
_Heard = tuple[tuple[Target, ...], frozenset[str]]
"""All that holes depend on: who is meant, and who of these doesn't hear."""


@dataclass
class _House:
    """Everything that the proofs ask, read once."""

    start: datetime
    end: datetime
    within: timedelta
    policies: Mapping[str, Policy]
    rotas: Mapping[str, Loaded]
    members: Mapping[str, Sequence[str]]
    active: frozenset[str]
    answering: Mapping[str, frozenset[str]]
    away: Away
    rules: Mapping[str, Rules]
    addresses: Mapping[str, Sequence[Reachable]]
    worked_out: dict[str, Sequence[Shift]] = field(default_factory=dict[str, Sequence[Shift]])
    meant: dict[tuple[Target, ...], list[Duty]] = field(default_factory=dict[tuple[Target, ...], list[Duty]])
    in_time: dict[tuple[str, Severity], bool] = field(default_factory=dict[tuple[str, Severity], bool])
    holes: dict[_Heard, list[Hole]] = field(default_factory=dict[_Heard, list[Hole]])
    lonely: dict[_AtAll, tuple[Duty, ...]] = field(default_factory=dict[_AtAll, tuple[Duty, ...]])
    proven: dict[_Question, _Found] = field(default_factory=dict[_Question, _Found])

    def proofs_of(self, services: Sequence[ServiceRow]) -> list[Proof]:
        return [proof for service in services for proof in self._proofs(service)]

    def _proofs(self, service: ServiceRow) -> Iterable[Proof]:
        policy = self.policies.get(service.policy_id or "")
        for severity in Severity:
            if policy is None or not policy.levels:
                whole = (Hole(self.start, self.end),)
                yield Proof(service=service, policy=policy, severity=severity, level=1, holes=whole, cause="no_policy")
                continue
            for number, level in enumerate(policy.levels, 1):
                yield self._proof(service, policy, severity, number, level)

    def _proof(self, service: ServiceRow, policy: Policy, severity: Severity, number: int, level: Level) -> Proof:
        key = level.targets, service.team_id, severity
        if key not in self.proven:
            duties = self._meant_by(level)
            deaf = self._deaf({duty.user_id for duty in duties}, service.team_id, severity)
            self.proven[key] = self._holes(level.targets, duties, deaf), duties, deaf
        holes, duties, deaf = self.proven[key]
        lonely = self._alone(policy, service.team_id, severity) if number == 1 else ()
        proof = Proof(service=service, policy=policy, severity=severity, level=number, holes=tuple(holes), alone=lonely)
        return self._explained(proof, level, duties, deaf) if holes else proof

    def _meant_by(self, level: Level) -> list[Duty]:
        if level.targets not in self.meant:
            self.meant[level.targets] = [duty for target in level.targets for duty in self._duties(target)]
        return self.meant[level.targets]

    def _alone(self, policy: Policy, team_id: str, severity: Severity) -> tuple[Duty, ...]:
        """When one person stands behind all levels of a policy; who is deaf on one is so on each."""
        key = tuple(level.targets for level in policy.levels), team_id, severity
        if key not in self.lonely:
            duties = [duty for level in policy.levels for duty in self._meant_by(level)]
            deaf = self._deaf({duty.user_id for duty in duties}, team_id, severity)
            self.lonely[key] = tuple(alone(duties, self.away, deaf, self.start, self.end))
        return self.lonely[key]

    def _holes(self, targets: tuple[Target, ...], duties: list[Duty], deaf: dict[str, WhyNot]) -> list[Hole]:
        """Worked out once for all severities and teams for which the same people are deaf."""
        key = targets, frozenset(deaf)
        if key not in self.holes:
            self.holes[key] = uncovered(duties, self.away, deaf, self.start, self.end)
        return self.holes[key]

    def _explained(self, proof: Proof, level: Level, duties: list[Duty], deaf: dict[str, WhyNot]) -> Proof:
        people = unreached(duties, deaf, proof.holes[0].start)
        schedule_ids = tuple(target.id for target in level.targets if target.id in self.rotas)
        cause: wire.Cause = "nobody_on_call" if schedule_ids else "nobody_meant"
        cause = "nobody_reachable" if people else cause
        return msgspec.structs.replace(proof, cause=cause, unreached=people, schedule_ids=schedule_ids)

    def _duties(self, target: Target) -> list[Duty]:
        if target.kind == "user":
            return [Duty(target.id, self.start, self.end)]
        if target.kind == "team":
            return [Duty(user_id, self.start, self.end) for user_id in self.members.get(target.id, ())]
        loaded = self.rotas.get(target.id)
        if loaded is None:
            return []
        if target.id not in self.worked_out:
            self.worked_out[target.id] = shifts(loaded.rota, self.start, self.end)
        return [
            Duty(shift.user_id, shift.start, shift.end)
            for shift in self.worked_out[target.id]
            if target.role_id in (None, shift.role_id)
        ]

    def _deaf(self, people: set[str], team_id: str, severity: Severity) -> dict[str, WhyNot]:
        deaf: dict[str, WhyNot] = {}
        for user_id in people:
            addresses = self.addresses.get(user_id, ())
            if user_id not in self.active:
                deaf[user_id] = "deactivated"
            elif user_id not in self.answering[team_id]:
                deaf[user_id] = "may_not_act"
            elif not addresses:
                deaf[user_id] = "no_contact_method"
            elif not self._is_in_time(user_id, severity, addresses):
                deaf[user_id] = "not_by_rule_in_time"
        return deaf

    def _is_in_time(self, user_id: str, severity: Severity, addresses: Sequence[Reachable]) -> bool:
        key = user_id, severity
        if key not in self.in_time:
            rule = self.rules.get(user_id, Rules()).of(severity)
            self.in_time[key] = reaches_within(rule, addresses, self.within)
        return self.in_time[key]


async def prove(
    db: Database, services: Sequence[ServiceRow], start: datetime, end: datetime, *, within: timedelta
) -> list[Proof]:
    """Every service, severity and level, in this order."""
    policies = await load_policies(db, {each.policy_id for each in services if each.policy_id})
    targets = {target for policy in policies.values() for level in policy.levels for target in level.targets}
    rotas = await load_rotas(db, {each.id for each in targets if each.kind == "schedule"}, since=start)
    teams = await members_of(db, {each.id for each in targets if each.kind == "team"})
    members = {team_id: [each.user_id for each in found] for team_id, found in teams.items()}
    named = {each.id for each in targets if each.kind == "user"} | {id for ids in members.values() for id in ids}
    named |= {
        id
        for loaded in rotas.values()
        for id in (*loaded.row.members, *(override.user_id for override in loaded.rota.overrides))
    }
    people = sorted(named)
    active = await db.values(
        "SELECT id FROM user_account WHERE deactivated_at IS NULL AND id IN :ids", ids=tuple(people)
    )
    away = await time_off_since(db, start)
    house = _House(
        start=start,
        end=end,
        within=within,
        policies=policies,
        rotas=rotas,
        members=members,
        active=frozenset(id for (id,) in active),
        answering={
            team_id: frozenset(await people_answering(db, team_id, people))
            for team_id in sorted({each.team_id for each in services})
        },
        away={user_id: [(each.start, each.end) for each in spans] for user_id, spans in away.items()},
        rules=await load_rules(db, people),
        addresses=await living_addresses(db, people),
    )
    proofs: list[Proof] = []
    for first in range(0, len(services), AT_ONCE):
        proofs += await asyncio.to_thread(house.proofs_of, services[first : first + AT_ONCE])
    return proofs


async def read_services(db: Database, team_ids: Iterable[str]) -> list[ServiceRow]:
    text = (
        "SELECT id, name, team_id, policy_id FROM service WHERE archived_at IS NULL AND team_id IN :teams ORDER BY name"
    )
    return await db.rows(ServiceRow, text, teams=tuple(team_ids))


_Place = tuple[bool, datetime, str, str, int, int]
"""Where a proof stands in the report, whenever it is made: a hole that is open already has no instant of its own."""


def _place(proof: Proof, start: datetime) -> _Place:
    opens = proof.holes[0].start if proof.holes and proof.holes[0].start > start else _OPEN
    order = list(Severity).index(proof.severity)
    return not proof.holes, opens, proof.service.name, proof.service.id, order, proof.level


async def as_report(
    db: Database,
    proofs: Sequence[Proof],
    start: datetime,
    end: datetime,
    *,
    within: timedelta,
    visible: frozenset[str],
    limit: int,
    cursor: str | None,
) -> wire.CoverageReport:
    """A page for a reader who sees these teams; holes first, the soonest first."""
    after = decode_cursor(cursor, bool, datetime, str, str, int, int) if cursor is not None else None
    placed = sorted(((_place(proof, start), proof) for proof in proofs), key=lambda each: each[0])
    rest = [each for each in placed if after is None or each[0] > after]
    shown, more = cut(rest[: limit + 1], limit, lambda each: each[0])
    names = await names_of_all_people(db)
    teams = dict(await db.values("SELECT id, name FROM team"))
    text = "SELECT id, name FROM schedule WHERE archived_at IS NULL AND team_id IN :teams"
    schedules = dict(await db.values(text, teams=tuple(visible)))
    text = "SELECT id, name FROM escalation_policy WHERE archived_at IS NULL AND team_id IN :teams"
    policies = dict(await db.values(text, teams=tuple(visible)))
    items = [
        wire.Coverage(
            service=Ref(proof.service.id, proof.service.name),
            team=_ref(proof.service.team_id, teams),
            policy=_ref(proof.policy.id, policies) if proof.policy else None,
            severity=proof.severity,
            level=proof.level,
            hole=_hole(proof, names, schedules),
            alone=[
                wire.Alone(user=Ref(each.user_id, names.get(each.user_id, "")), start=each.start, end=each.end)
                for each in proof.alone[:MOST_TIMES]
            ],
        )
        for _, proof in shown
    ]
    proven = sum(not proof.holes for proof in proofs)
    within_s = int(within.total_seconds())
    return wire.CoverageReport(start=start, end=end, within_s=within_s, proven=proven, items=items, next_cursor=more)


def _ref(id: str | None, names: Mapping[str, str]) -> Ref | None:
    return Ref(id, names[id]) if id is not None and id in names else None


def _hole(proof: Proof, names: Mapping[str, str], schedules: Mapping[str, str]) -> wire.CoverageHole | None:
    if not proof.holes or proof.cause is None:
        return None
    return wire.CoverageHole(
        start=proof.holes[0].start,
        end=proof.holes[0].end,
        cause=proof.cause,
        unreached=[
            wire.Unreached(user=Ref(id, names.get(id, "")), why=why) for id, why in (proof.unreached or {}).items()
        ],
        schedules=[Ref(id, schedules[id]) for id in proof.schedule_ids if id in schedules],
        total_s=int(sum((hole.end - hole.start).total_seconds() for hole in proof.holes)),
        again=[wire.Stretch(start=each.start, end=each.end) for each in proof.holes[1 : MOST_TIMES + 1]],
    )

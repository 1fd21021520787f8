"""Announce shifts: before a handoff, at its start, and every day, to people and to groups; each once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct

from server.accounts.access.actors import load_actor
from server.accounts.access.names import names_of_all_people
from server.kernel.clock import to_us
from server.kernel.database import Database, Writes, select
from server.kernel.due import Claimed, arm_again, handles
from server.notices.reader import common_reader
from server.notices.send import Wording, send, send_to
from server.notices.shift import ShiftFacts, shift_ahead, shift_begins, shift_for_group
from server.schedules.description import plain_text
from server.schedules.rotas import Loaded, load_rotas
from server.schedules.shift_changes import ANNOUNCE, mark_announced
from server.shift_notices.handover import read_handover
from server.tables.deliveries import Address
from server.tables.schedules import ShiftNotice
from shared.domain.on_call.schedules import next_handoff, on_call_at
from shared.domain.on_call.shift_notices import Plan, next_notice_at, notices_due
from shared.domain.on_call.shift_notices import ShiftNotice as Due
from shared.domain.paging.notification import Reachable
from shared.wire.handovers import Handover
from shared.wire.lists import Ref

LOOK_BACK = timedelta(days=2)
WORTH = timedelta(hours=12)


class _Group(Struct, frozen=True, kw_only=True):
    id: str
    channel: str
    label: str


def plan_of(loaded: Loaded) -> Plan:
    wanted = loaded.row.notices
    before = timedelta(seconds=wanted.before_s) if wanted.before_s is not None else None
    return Plan(before=before, at_start=wanted.at_start, daily_at=wanted.daily_at)


@handles(ANNOUNCE, at_once=2)
@dataclass(frozen=True)
class AnnounceShifts:
    """Handler of `schedule.notices`; its ref is the schedule."""

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        loaded = (await load_rotas(self.db, [claimed.ref], since=now - LOOK_BACK)).get(claimed.ref)
        writes = Writes()
        if loaded is None:
            return writes
        plan = plan_of(loaded)
        known = set(
            await self.db.values(
                select(ShiftNotice, ShiftNotice.kind, ShiftNotice.about_at, ShiftNotice.user_id).where(
                    ShiftNotice.schedule_id == claimed.ref, ShiftNotice.sent_at > (now - LOOK_BACK)
                )
            )
        )
        announcing = _Announcing(self, writes, loaded, await names_of_all_people(self.db), now)
        for due in notices_due(loaded.rota, plan, now):
            for user_id in dict.fromkeys((*due.enter, *due.leave)):
                if (due.kind, to_us(due.at), user_id) not in known:
                    await announcing.to_person(due, user_id)
            if due.kind != "start":
                for group in await self._groups(claimed.ref):
                    if (due.kind, to_us(due.at), group.id) not in known:
                        await announcing.to_group(due, group)
        at = next_notice_at(loaded.rota, plan, now)
        arm_again(writes, claimed, at=at)
        return writes

    async def _groups(self, schedule_id: str) -> list[_Group]:
        return await self.db.rows(
            _Group,
            select(Address, Address.id, Address.channel, Address.label)
            .where(Address.user_id == schedule_id, Address.dead_at.is_null())
            .order_by(Address.created_at)
            .order_by(Address.id),
        )


@dataclass(frozen=True)
class _Announcing:
    """One look at one schedule."""

    handler: AnnounceShifts
    writes: Writes
    loaded: Loaded
    names: dict[str, str]
    now: datetime

    async def to_person(self, due: Due, user_id: str) -> None:
        notices = self.loaded.row.notices
        by = notices.channels if notices.by == "unified" else ()
        wording = await self._wording(due, user_id)
        mark_announced(self.writes, self.loaded.row.id, (due.kind, due.at), user_id, now=self.now)
        until = self.now + WORTH
        await send(self.handler.db, self.writes, [user_id], wording, expires_at=until, now=self.now, by=by)

    async def _wording(self, due: Due, user_id: str) -> Wording:
        facts = self._facts(due)
        if due.kind == "start":
            return partial(shift_begins, facts, await self._handover(user_id))
        key = "daily" if due.kind == "daily" else "enter" if user_id in due.enter else "leave"
        return partial(shift_ahead, key, facts)

    async def to_group(self, due: Due, group: _Group) -> None:
        reader = await common_reader(self.handler.db, self.loaded.row.team_id)
        address = Reachable(id=group.id, channel=group.channel, label=group.label)
        mark_announced(self.writes, self.loaded.row.id, (due.kind, due.at), group.id, now=self.now)
        notice = shift_for_group("handoff" if due.kind == "before" else "daily", self._facts(due), reader)
        send_to(self.writes, notice, reader, address, expires_at=self.now + WORTH, now=self.now)

    async def _handover(self, user_id: str) -> Handover | None:
        actor = await load_actor(self.handler.db, user_id)
        if actor is None:
            return None
        return await read_handover(self.handler.db, self.loaded, actor.visible_ids, self.now)

    def _facts(self, due: Due) -> ShiftFacts:
        row, rota = self.loaded.row, self.loaded.rota
        people = dict.fromkeys(entry.user_id for entry in on_call_at(rota, due.at))
        handoff = next_handoff(rota, due.at)
        return ShiftFacts(
            schedule=row.name,
            at=due.at,
            until=handoff.at if handoff else None,
            people=tuple(Ref(id, self.names.get(id, "")) for id in people),
            description=plain_text(row.description) if row.description_in_notices else "",
            url=f"{self.handler.app_url}/schedules/{row.id}",
        )

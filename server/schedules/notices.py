"""Shift notices: before a handoff, at its start, and every day, to people and to groups; each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from server.accounts.access.actors import load_actor
from server.kernel.clock import to_us
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, arm, arm_again, handles
from server.kernel.due import Kind as DueKind
from server.kernel.i18n import catalogue
from server.kernel.ids import new_id
from server.kernel.live import note_change
from server.kernel.revisions import touch
from server.notifications.inform import Notice, common_reader, inform, inform_at
from server.notifications.render import Reader, calendar_time, clock_time
from server.schedules.description import plain_text
from server.schedules.handover import read_handover
from server.schedules.rotas import Loaded, ScheduleRow, load_rotas, rota_revision
from server.schedules.watches import names_of
from server.schedules.words import LOCALE
from server.tables.schedules import ShiftNotice
from shared.domain.on_call.schedules import next_handoff, on_call_at
from shared.domain.on_call.shift_notices import Kind, Plan, next_notice_at, notices_due
from shared.domain.on_call.shift_notices import ShiftNotice as Due
from shared.domain.paging.notification import Reachable
from shared.wire.handovers import Handover

NOTICES = DueKind("schedule.notices", Priority.NOTICE)
LOOK_BACK = timedelta(days=2)
WORTH = timedelta(hours=12)
FIRST_TITLES = 3


class _Group(Struct, frozen=True, kw_only=True):
    id: str
    channel: str
    label: str


def shifts_changed(writes: Writes, row: ScheduleRow, *, now: datetime) -> None:
    """Let notices be looked at again, screens read the schedule anew, and whoever decides on it decide again."""
    touch(writes, rota_revision(row.id))
    arm(writes, NOTICES, row.id, at=now, now=now)
    note_change(writes, kind="schedule", id=row.id, rev=row.rev, team_id=row.team_id, now=now)


def note_told(writes: Writes, schedule_id: str, kind: Kind, at: datetime, told: str, *, now: datetime) -> None:
    """This person or group has heard of it, here or otherwise."""
    writes.insert(
        ShiftNotice, id=new_id(now), schedule_id=schedule_id, kind=kind, about_at=at, user_id=told, sent_at=now
    )


def plan_of(loaded: Loaded) -> Plan:
    wanted = loaded.row.notices
    before = timedelta(seconds=wanted.before_s) if wanted.before_s is not None else None
    return Plan(before=before, at_start=wanted.at_start, daily_at=wanted.daily_at)


@handles(NOTICES, at_once=2)
@dataclass(frozen=True)
class SayShifts:
    """Handler of `schedule.notices`; its ref is the schedule."""

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        loaded = (await load_rotas(self.db, [claimed.ref], since=now - LOOK_BACK)).get(claimed.ref)
        writes = Writes()
        if loaded is None:
            return writes
        plan = plan_of(loaded)
        told = set(
            await self.db.values(
                "SELECT kind, about_at, user_id FROM shift_notice WHERE schedule_id = :id AND sent_at > :since",
                id=claimed.ref,
                since=now - LOOK_BACK,
            )
        )
        say = _Say(self, writes, loaded, await names_of(self.db, "user_account"), now)
        for due in notices_due(loaded.rota, plan, now):
            for user_id in dict.fromkeys((*due.enter, *due.leave)):
                if (due.kind, to_us(due.at), user_id) not in told:
                    await say.person(due, user_id)
            if due.kind != "start":
                for group in await self._groups(claimed.ref):
                    if (due.kind, to_us(due.at), group.id) not in told:
                        await say.group(due, group)
        at = next_notice_at(loaded.rota, plan, now)
        arm_again(writes, claimed, at=at)
        return writes

    async def _groups(self, schedule_id: str) -> list[_Group]:
        text = "SELECT id, channel, label FROM address WHERE user_id = :id AND dead_at IS NULL ORDER BY created_at, id"
        return await self.db.rows(_Group, text, id=schedule_id)


@dataclass(frozen=True)
class _Say:
    """One look at one schedule."""

    handler: SayShifts
    writes: Writes
    loaded: Loaded
    names: dict[str, str]
    now: datetime

    @property
    def url(self) -> str:
        return f"{self.handler.app_url}/schedules/{self.loaded.row.id}"

    async def person(self, due: Due, user_id: str) -> None:
        handover = await self._handover(user_id) if due.kind == "start" else None

        def words(reader: Reader) -> Notice:
            return self._words(due, reader, enters=user_id in due.enter, handover=handover)

        notices, db = self.loaded.row.notices, self.handler.db
        by = notices.channels if notices.by == "unified" else ()
        note_told(self.writes, self.loaded.row.id, due.kind, due.at, user_id, now=self.now)
        await inform(db, self.writes, [user_id], words, url=self.url, expires_at=self.now + WORTH, now=self.now, by=by)

    async def group(self, due: Due, group: _Group) -> None:
        reader = await common_reader(self.handler.db, self.loaded.row.team_id)
        address = Reachable(id=group.id, channel=group.channel, label=group.label)
        note_told(self.writes, self.loaded.row.id, due.kind, due.at, group.id, now=self.now)
        said = self._group_words(due, reader)
        inform_at(self.writes, said, reader, address, url=self.url, expires_at=self.now + WORTH, now=self.now)

    async def _handover(self, user_id: str) -> Handover | None:
        actor = await load_actor(self.handler.db, user_id)
        if actor is None:
            return None
        return await read_handover(self.handler.db, self.loaded, actor.visible_ids, self.now)

    def _words(self, due: Due, reader: Reader, *, enters: bool, handover: Handover | None) -> Notice:
        key = f"shift.{due.kind}" if due.kind != "before" else "shift.enter" if enters else "shift.leave"
        facts = self._facts(due, reader)
        lines = [_text(reader, f"{key}_body", **facts)] if due.kind != "start" else []
        if due.kind == "start":
            lines.append(_text(reader, "shift.until", **facts) if facts["until"] else _text(reader, "shift.for_ever"))
            lines += _handover_lines(reader, handover) if handover is not None else []
        return Notice(title=_text(reader, f"{key}_title", **facts), body=self._with_description(lines))

    def _group_words(self, due: Due, reader: Reader) -> Notice:
        facts = self._facts(due, reader)
        key = "shift.group_handoff" if due.kind == "before" else "shift.group_daily"
        body = key if facts["people"] else f"{key}_nobody"
        return Notice(
            title=_text(reader, f"{key}_title", **facts),
            body=self._with_description([_text(reader, f"{body}_body", **facts)]),
        )

    def _facts(self, due: Due, reader: Reader) -> dict[str, Any]:
        """What the sentences name: the schedule, when, who is on call then, and until when."""
        rota = self.loaded.rota
        people = dict.fromkeys(entry.user_id for entry in on_call_at(rota, due.at))
        handoff = next_handoff(rota, due.at)
        return {
            "schedule": self.loaded.row.name,
            "time": clock_time(reader, due.at),
            "at": calendar_time(reader, due.at),
            "until": calendar_time(reader, handoff.at) if handoff else "",
            "people": ", ".join(self.names.get(id, "") for id in people),
        }

    def _with_description(self, lines: Sequence[str]) -> str:
        row = self.loaded.row
        text = plain_text(row.description) if row.description_in_notices else ""
        return "\n".join([*lines, text] if text else lines)


def _handover_lines(reader: Reader, handover: Handover) -> list[str]:
    lines: list[str] = []
    if handover.incidents:
        lines.append(_text(reader, "handover.incidents", count=len(handover.incidents)))
        lines += [f"#{each.number} {each.title}" for each in handover.incidents[:FIRST_TITLES]]
    if handover.silences:
        lines.append(_text(reader, "handover.silences", count=len(handover.silences)))
    if handover.noise:
        noisiest = handover.noise[0]
        lines.append(_text(reader, "handover.noise", service=noisiest.service.name, count=noisiest.alerts))
    if handover.remark is not None:
        lines.append(_text(reader, "handover.remark", who=handover.remark.by.name, text=handover.remark.text))
    return lines


def _text(reader: Reader, key: str, **args: Any) -> str:
    return catalogue(LOCALE).text(reader.language, key, **args)

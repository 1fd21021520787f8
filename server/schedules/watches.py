"""Who is on call now and next, as cards and lists show it."""

from datetime import datetime, timedelta

from server.accounts.access.actors import Actor
from server.accounts.access.names import names_of_all_people, names_of_all_teams
from server.delivery.addresses import addresses_of, living_addresses
from server.kernel.database import Database
from server.schedules.known import refusal, visible_schedule
from server.schedules.rotas import Loaded, load_rotas, rotas_of, visible_schedule_ids
from shared.domain.on_call.override_checks import check_instant
from shared.domain.on_call.schedules import next_handoff, next_on_call, on_call_at, shifts
from shared.domain.on_call.shifts import held_since
from shared.wire.lists import Ref
from shared.wire.on_call import MyOnCall, MyWatch, NextWatch, OnCallNow, OnCallPerson
from shared.wire.schedules import Entry, OnCallAt

LOOK_BACK = timedelta(days=35)
LOOK_AHEAD = timedelta(days=30)


async def on_call_now(db: Database, actor: Actor, now: datetime) -> list[OnCallNow]:
    """Every schedule the actor sees, with its people."""
    ids = await visible_schedule_ids(db, actor.visible_ids)
    loaded = await load_rotas(db, ids, since=now)
    people, teams = await names_of_all_people(db), await names_of_all_teams(db)
    return [_now(loaded[id], people, teams, now) for id in ids if id in loaded]


def _now(loaded: Loaded, people: dict[str, str], teams: dict[str, str], now: datetime) -> OnCallNow:
    entries = on_call_at(loaded.rota, now)
    handoff = next_handoff(loaded.rota, now)
    following = next_on_call(loaded.rota, now) if not entries else None
    return OnCallNow(
        schedule=Ref(loaded.row.id, loaded.row.name),
        team=_ref(loaded.row.team_id, teams),
        people=[
            OnCallPerson(
                user=Ref(entry.user_id, people.get(entry.user_id, "")),
                role=entry.role_id,
                until=handoff.at if handoff else None,
            )
            for entry in entries
        ],
        gap_until=following.at if following else None,
    )


async def read_on_call(db: Database, actor: Actor, schedule_id: str, at: datetime) -> OnCallAt:
    """Who is on call in one schedule at an instant, of the past too; raises Invalid for one that can't be."""
    if flaws := check_instant("at", at):
        raise refusal(flaws)
    loaded = await visible_schedule(db, actor, schedule_id, since=at, archived=True)
    names = await names_of_all_people(db)
    handoff = next_handoff(loaded.rota, at)
    return OnCallAt(
        at=at,
        entries=[
            Entry(
                user_id=entry.user_id,
                name=names.get(entry.user_id, ""),
                role_id=entry.role_id,
                layer_id=entry.layer_id,
                override_id=entry.override_id,
            )
            for entry in on_call_at(loaded.rota, at)
        ],
        next_handoff=handoff.at if handoff else None,
    )


async def my_on_call(db: Database, actor: Actor, now: datetime) -> MyOnCall:
    """The actor's running watches, their next one, and whether a page would arrive."""
    loaded = await rotas_of(db, actor.user_id, since=now - LOOK_BACK)
    people, teams = await names_of_all_people(db), await names_of_all_teams(db)
    watches: list[MyWatch] = []
    ahead: list[NextWatch] = []
    for each in loaded:
        mine = [
            shift for shift in shifts(each.rota, now - LOOK_BACK, now + LOOK_AHEAD) if shift.user_id == actor.user_id
        ]
        handoff = next_handoff(each.rota, now)
        then = [Ref(entry.user_id, people.get(entry.user_id, "")) for entry in handoff.entries] if handoff else []
        schedule = Ref(each.row.id, each.row.name)
        for shift in mine:
            if shift.start <= now < shift.end:
                until = None if shift.continues_after and shift.end >= now + LOOK_AHEAD else shift.end
                watches.append(
                    MyWatch(
                        schedule=schedule,
                        team=_ref(each.row.team_id, teams),
                        role=shift.role_id,
                        since=held_since(shift, mine),
                        until=until,
                        then=[ref for ref in then if ref.id != actor.user_id],
                    )
                )
            elif shift.start > now:
                ahead.append(NextWatch(schedule=schedule, start=shift.start, end=shift.end))
    return MyOnCall(
        watches=sorted(watches, key=lambda watch: watch.schedule.name),
        next=min(ahead, key=lambda watch: watch.start, default=None),
        unreachable=await _unreachable(db, actor.user_id),
    )


async def _unreachable(db: Database, user_id: str) -> str | None:
    """Why a page may not arrive, as a code."""
    channels = {address.channel for address in (await living_addresses(db, [user_id])).get(user_id, [])}
    if "push" in channels:
        return None
    if any(row.channel == "push" and row.dead_at is None for row in await addresses_of(db, user_id)):
        return "no_push"
    return "no_phone" if channels else "no_address"


def _ref(team_id: str, teams: dict[str, str]) -> Ref | None:
    return Ref(team_id, teams[team_id]) if team_id in teams else None

"""Whom targets mean now, and who can be reached."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec import Struct

from server.accounts.access.permissions import ADMINS
from server.accounts.people.find import people_answering
from server.delivery.addresses import living_addresses
from server.kernel.database import Database
from server.schedules.rotas import Loaded, load_rotas
from shared.domain.on_call.schedules import next_handoff, on_call_at
from shared.domain.paging.escalation import Meant, Person, Target


class Member(Struct, frozen=True, kw_only=True):
    team_id: str
    team_name: str
    user_id: str
    user_name: str
    is_manager: bool


class _User(Struct, frozen=True):
    id: str
    name: str


async def who_is_meant(db: Database, targets: Iterable[Target], now: datetime, *, team_id: str) -> dict[str, Meant]:
    """The people behind each target's key who can answer for the team; a target that is gone is left out."""
    wanted = {target.key: target for target in targets}
    members = await members_of(db, {each.id for each in wanted.values() if each.kind == "team"})
    rotas = await load_rotas(db, {each.id for each in wanted.values() if each.kind == "schedule"}, since=now)
    on_call = {user for loaded in rotas.values() for user in (entry.user_id for entry in on_call_at(loaded.rota, now))}
    users = await _users(db, {each.id for each in wanted.values() if each.kind == "user"} | on_call)
    found: dict[str, Meant] = {}
    for key, target in wanted.items():
        match target.kind:
            case "user" if target.id in users:
                name = users[target.id]
                person = Person(user_id=target.id, name=name)
                found[key] = Meant(kind="user", id=target.id, name=name, people=(person,))
            case "team" if members.get(target.id):
                found[key] = _team(members[target.id])
            case "schedule" if target.id in rotas:
                found[key] = _schedule(rotas[target.id], target, users, now)
            case _:
                pass
    return await _with_reach(db, await _answering(db, team_id, found))


async def fallback_of(db: Database, team_id: str) -> tuple[Meant, ...]:
    """Who is told when a policy has run out: the team's managers, then all of the team, then the administrators."""
    members = (await members_of(db, {team_id})).get(team_id, [])
    admins = await db.rows(
        _User, "SELECT <fields> FROM user_account WHERE deactivated_at IS NULL AND role IN :roles", roles=ADMINS
    )
    found: dict[str, Meant] = {}
    if members:
        everybody = _team(members)
        managers = tuple(Person(user_id=each.user_id, name=each.user_name) for each in members if each.is_manager)
        found["managers"] = msgspec.structs.replace(everybody, kind="fallback", people=managers)
        found["team"] = msgspec.structs.replace(everybody, kind="fallback")
    people = tuple(Person(user_id=admin.id, name=admin.name) for admin in admins)
    found["admins"] = Meant(kind="fallback", id="admins", name="admins", people=people)
    return tuple((await _with_reach(db, await _answering(db, team_id, found))).values())


async def _answering(db: Database, team_id: str, found: dict[str, Meant]) -> dict[str, Meant]:
    """Without those who could only look on: their buttons would be refused, and time would pass."""
    everybody = {person.user_id for meant in found.values() for person in meant.people}
    able = await people_answering(db, team_id, tuple(everybody))
    return {
        key: msgspec.structs.replace(meant, people=tuple(each for each in meant.people if each.user_id in able))
        for key, meant in found.items()
    }


def _team(members: list[Member]) -> Meant:
    people = tuple(Person(user_id=each.user_id, name=each.user_name) for each in members)
    return Meant(kind="team", id=members[0].team_id, name=members[0].team_name, people=people)


def _schedule(loaded: Loaded, target: Target, users: dict[str, str], now: datetime) -> Meant:
    entries = [
        entry
        for entry in on_call_at(loaded.rota, now)
        if entry.user_id in users and target.role_id in (None, entry.role_id)
    ]
    handoff = next_handoff(loaded.rota, now)
    people = {
        entry.user_id: Person(user_id=entry.user_id, name=users[entry.user_id], until=handoff.at if handoff else None)
        for entry in entries
    }
    return Meant(kind="schedule", id=target.id, name=loaded.row.name, people=tuple(people.values()))


async def _with_reach(db: Database, found: dict[str, Meant]) -> dict[str, Meant]:
    everybody = {person.user_id for meant in found.values() for person in meant.people}
    reachable = await living_addresses(db, everybody)
    return {
        key: msgspec.structs.replace(
            meant,
            people=tuple(
                msgspec.structs.replace(person, is_reachable=person.user_id in reachable) for person in meant.people
            ),
        )
        for key, meant in found.items()
    }


async def members_of(db: Database, team_ids: set[str]) -> dict[str, list[Member]]:
    """The people of each team who can sign in, by name."""
    rows = await db.rows(
        Member,
        "SELECT membership.team_id, team.name AS team_name, membership.user_id, user_account.name AS user_name,"
        " membership.is_manager FROM membership JOIN team ON team.id = membership.team_id"
        " JOIN user_account ON user_account.id = membership.user_id"
        " WHERE user_account.deactivated_at IS NULL AND membership.team_id IN :teams ORDER BY user_account.name",
        teams=tuple(team_ids),
    )
    found: dict[str, list[Member]] = {}
    for row in rows:
        found.setdefault(row.team_id, []).append(row)
    return found


async def _users(db: Database, ids: set[str]) -> dict[str, str]:
    rows = await db.rows(
        _User, "SELECT <fields> FROM user_account WHERE deactivated_at IS NULL AND id IN :ids", ids=tuple(ids)
    )
    return {row.id: row.name for row in rows}

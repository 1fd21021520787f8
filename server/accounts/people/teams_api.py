"""Handlers of teams and their members."""

from datetime import datetime

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import MEMBERS_EDIT, PEOPLE_EDIT, READ
from server.accounts.people.teams import (
    add_team,
    change_team,
    list_members,
    list_teams,
    put_member,
    read_team,
    remove_member,
    remove_team,
)
from server.kernel.database import Database, Writes
from server.kernel.http import Given, Once, path
from shared.wire import people as wire
from shared.wire import routes
from shared.wire.lists import Page

TAGS = ["teams"]


@get(path(routes.TEAMS), operation_id="listTeams", opt=needs(READ), tags=TAGS)
async def teams(actor: Given[Actor], db: Given[Database]) -> Page[wire.Team]:
    return Page(items=await list_teams(db, actor))


@get(path(routes.TEAM), operation_id="readTeam", opt=needs(READ), tags=TAGS)
async def team(team_id: FromPath[str], actor: Given[Actor], db: Given[Database]) -> wire.Team:
    return await read_team(db, actor, team_id)


@post(path(routes.TEAMS), operation_id="makeTeam", opt=needs(PEOPLE_EDIT), tags=TAGS)
async def make(
    data: JSONBody[wire.NewTeam],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.Team]:
    return await once.carry_out(lambda: add_team(db, actor, data, now=now), status=201)


@put(path(routes.TEAM), operation_id="changeTeam", opt=needs(PEOPLE_EDIT), tags=TAGS)
async def change(
    team_id: FromPath[str],
    data: JSONBody[wire.TeamChange],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.Team]:
    return await once.carry_out(lambda: change_team(db, actor, team_id, data, rev=rev, now=now))


@delete(path(routes.TEAM), operation_id="removeTeam", opt=needs(PEOPLE_EDIT), tags=TAGS)
async def remove(
    team_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
) -> None:
    await db.apply(await remove_team(db, actor, team_id, rev=rev, now=now))


@get(path(routes.TEAM_MEMBERS), operation_id="listTeamMembers", opt=needs(READ), tags=TAGS)
async def members(team_id: FromPath[str], actor: Given[Actor], db: Given[Database]) -> Page[wire.Member]:
    return Page(items=await list_members(db, actor, team_id))


@post(path(routes.TEAM_MEMBERS), operation_id="addTeamMember", opt=needs(MEMBERS_EDIT), status_code=204, tags=TAGS)
async def add_team_member(
    team_id: FromPath[str],
    data: JSONBody[wire.NewMember],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[None]:
    async def decide() -> tuple[Writes, None]:
        return await put_member(db, actor, team_id, data, now=now), None

    return await once.carry_out(decide, status=204)


@delete(path(routes.TEAM_MEMBER), operation_id="removeTeamMember", opt=needs(MEMBERS_EDIT), tags=TAGS)
async def remove_team_member(
    team_id: FromPath[str],
    user_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> None:
    await db.apply(await remove_member(db, actor, team_id, user_id, now=now))


HANDLERS = [teams, team, make, change, remove, members, add_team_member, remove_team_member]

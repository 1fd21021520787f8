"""Handlers of teams and their members."""

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call, Edit
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
from server.kernel.http import Given, Handlers
from shared.wire import people as wire
from shared.wire import routes
from shared.wire.lists import Page


class Teams(Handlers):
    tags = ["teams"]
    opt = needs(READ)

    @get(routes.TEAMS, operation_id="listTeams")
    async def teams(self, call: Given[Call]) -> Page[wire.Team]:
        return Page(items=await list_teams(call.db, call.actor))

    @get(routes.TEAM, operation_id="readTeam")
    async def team(self, call: Given[Call], team_id: FromPath[str]) -> wire.Team:
        return await read_team(call.db, call.actor, team_id)

    @post(routes.TEAMS, operation_id="makeTeam", opt=needs(PEOPLE_EDIT))
    async def make(self, call: Given[Call], data: JSONBody[wire.NewTeam]) -> Response[wire.Team]:
        return await call.once(lambda: add_team(call.db, call.actor, data, now=call.now), status=201)

    @put(routes.TEAM, operation_id="changeTeam", opt=needs(PEOPLE_EDIT))
    async def change(
        self, edit: Given[Edit], team_id: FromPath[str], data: JSONBody[wire.TeamChange]
    ) -> Response[wire.Team]:
        return await edit.once(lambda: change_team(edit.db, edit.actor, team_id, data, rev=edit.rev, now=edit.now))

    @delete(routes.TEAM, operation_id="removeTeam", opt=needs(PEOPLE_EDIT))
    async def remove(self, edit: Given[Edit], team_id: FromPath[str]) -> None:
        await edit.db.apply(await remove_team(edit.db, edit.actor, team_id, rev=edit.rev, now=edit.now))

    @get(routes.TEAM_MEMBERS, operation_id="listTeamMembers")
    async def members(self, call: Given[Call], team_id: FromPath[str]) -> Page[wire.Member]:
        return Page(items=await list_members(call.db, call.actor, team_id))

    @post(routes.TEAM_MEMBERS, operation_id="addTeamMember", opt=needs(MEMBERS_EDIT), status_code=204)
    async def add_team_member(
        self, call: Given[Call], team_id: FromPath[str], data: JSONBody[wire.NewMember]
    ) -> Response[None]:
        return await call.done(lambda: put_member(call.db, call.actor, team_id, data, now=call.now))

    @delete(routes.TEAM_MEMBER, operation_id="removeTeamMember", opt=needs(MEMBERS_EDIT))
    async def remove_team_member(self, call: Given[Call], team_id: FromPath[str], user_id: FromPath[str]) -> None:
        await call.db.apply(await remove_member(call.db, call.actor, team_id, user_id, now=call.now))

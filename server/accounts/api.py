"""Handlers of accounts: signing in, who I am, people, teams, my addresses."""

from datetime import datetime

from litestar import Request, Response, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody

from server.accounts.actors import Actor
from server.accounts.guard import needs
from server.accounts.me import change_me, read_me
from server.accounts.people import UserRow, add_member, make_team, make_user
from server.accounts.permissions import PEOPLE_EDIT, PUBLIC, READ
from server.accounts.reach import device_address, register
from server.accounts.sessions import SessionRow, Throttle, refresh, sign_in, sign_out
from server.accounts.setup import make_first_admin
from server.kernel.database import Database, Writes
from server.kernel.errors import Invalid, NotFound
from server.kernel.http import AnyRequest, Given, Once, client_address, path, required_rev
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from shared.wire import people as wire
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.sessions import Login, Me, MeChange, Refresh, Setup, Tokens


@post(path(routes.LOGIN), operation_id="signIn", opt=needs(PUBLIC), status_code=200, tags=["sign-in"])
async def login(
    request: AnyRequest,
    data: JSONBody[Login],
    db: Given[Database],
    settings: Given[Settings],
    throttle: Given[Throttle],
    now: Given[datetime],
) -> Tokens:
    throttle.check(data.email.strip().lower(), client_address(request, settings.trusted_proxies), now)
    device = request.headers.get("user-agent", "")
    return await sign_in(db, email=data.email, password=data.password, device=device, now=now)


@post(path(routes.REFRESH), operation_id="refreshTokens", opt=needs(PUBLIC), status_code=200, tags=["sign-in"])
async def refresh_tokens(data: JSONBody[Refresh], db: Given[Database], now: Given[datetime]) -> Tokens:
    return await refresh(db, refresh_token=data.refresh_token, now=now)


@post(path(routes.LOGOUT), operation_id="signOut", opt=needs(READ), status_code=204, tags=["sign-in"])
async def logout(session: Given[SessionRow], db: Given[Database], now: Given[datetime]) -> None:
    await sign_out(db, session.id, now)


@post(path(routes.SETUP), operation_id="makeFirstAdministrator", opt=needs(PUBLIC), status_code=200, tags=["sign-in"])
async def setup(
    request: Request[None, None, State],
    data: JSONBody[Setup],
    db: Given[Database],
    secrets: Given[Secrets],
    now: Given[datetime],
) -> Tokens:
    await make_first_admin(db, secrets, data, now=now)
    device = request.headers.get("user-agent", "")
    return await sign_in(db, email=data.email, password=data.password, device=device, now=now)


@get(path(routes.ME), operation_id="readMe", opt=needs(READ), tags=["me"])
async def me(actor: Given[Actor], db: Given[Database], settings: Given[Settings]) -> Me:
    return await read_me(db, actor, settings)


@patch(path(routes.ME), operation_id="changeMe", opt=needs(READ), tags=["me"])
async def patch_me(
    request: AnyRequest,
    data: JSONBody[MeChange],
    actor: Given[Actor],
    db: Given[Database],
    settings: Given[Settings],
) -> Me:
    await change_me(db, actor, data, rev=required_rev(request.headers.get("if-match")))
    return await read_me(db, actor, settings)


@post(path(routes.MY_DEVICES), operation_id="registerDevice", opt=needs(READ), tags=["me"])
async def add_device(
    request: AnyRequest,
    data: JSONBody[wire.NewDevice],
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    now: Given[datetime],
) -> Response[wire.ContactMethod]:
    async def decide() -> tuple[Writes, wire.ContactMethod]:
        new = device_address(data, user_id=actor.user_id, now=now)
        return await register(db, "push", new, secrets=secrets, now=now)

    return await Once(db, request, actor.user_id, now).carry_out(decide, status=201)


@get(path(routes.USERS), operation_id="listUsers", opt=needs(READ), tags=["people"])
async def users(db: Given[Database]) -> Page[wire.User]:
    rows = await db.rows(UserRow, "SELECT * FROM user_account ORDER BY name, id")
    return Page(items=[row.as_wire() for row in rows])


@post(path(routes.USERS), operation_id="makeUser", opt=needs(PEOPLE_EDIT), tags=["people"])
async def add_user(
    request: AnyRequest,
    data: JSONBody[wire.NewUser],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> Response[wire.User]:
    async def decide() -> tuple[Writes, wire.User]:
        return await make_user(db, data, now=now)

    return await Once(db, request, actor.user_id, now).carry_out(decide, status=201)


@get(path(routes.TEAMS), operation_id="listTeams", opt=needs(READ), tags=["people"])
async def teams(actor: Given[Actor], db: Given[Database]) -> Page[wire.Team]:
    rows = await db.rows(wire.Team, "SELECT * FROM team WHERE id IN :ids ORDER BY name", ids=tuple(actor.visible_ids))
    return Page(items=rows)


@post(path(routes.TEAMS), operation_id="makeTeam", opt=needs(PEOPLE_EDIT), tags=["people"])
async def add_team(
    request: AnyRequest,
    data: JSONBody[wire.NewTeam],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> Response[wire.Team]:
    async def decide() -> tuple[Writes, wire.Team]:
        if await db.value("SELECT 1 FROM team WHERE name = :name", name=data.name):
            raise Invalid.one("name", "taken", "another team has this name")
        return make_team(data, now=now)

    return await Once(db, request, actor.user_id, now).carry_out(decide, status=201)


@get(path(routes.TEAM_MEMBERS), operation_id="listTeamMembers", opt=needs(READ), tags=["people"])
async def team_members(team_id: FromPath[str], actor: Given[Actor], db: Given[Database]) -> Page[wire.Member]:
    await _require_team(db, actor, team_id)
    rows = await db.rows(
        wire.Member,
        "SELECT user_id, user_account.name, is_manager FROM membership"
        " JOIN user_account ON user_account.id = user_id WHERE team_id = :team ORDER BY user_account.name",
        team=team_id,
    )
    return Page(items=rows)


@post(path(routes.TEAM_MEMBERS), operation_id="addTeamMember", opt=needs(PEOPLE_EDIT), status_code=204, tags=["people"])
async def add_team_member(
    team_id: FromPath[str],
    data: JSONBody[wire.NewMember],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> None:
    await _require_team(db, actor, team_id)
    if await db.value("SELECT 1 FROM user_account WHERE id = :id", id=data.user_id) is None:
        raise Invalid.one("user_id", "unknown", "there is no such person")
    writes = Writes()
    add_member(writes, team_id, data.user_id, is_manager=data.is_manager, now=now)
    await db.apply(writes)


async def _require_team(db: Database, actor: Actor, team_id: str) -> None:
    if team_id not in actor.visible_ids or await db.value("SELECT 1 FROM team WHERE id = :id", id=team_id) is None:
        raise NotFound


HANDLERS = [
    login,
    refresh_tokens,
    logout,
    setup,
    me,
    patch_me,
    add_device,
    users,
    add_user,
    teams,
    add_team,
    team_members,
    add_team_member,
]

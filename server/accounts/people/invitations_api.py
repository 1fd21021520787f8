"""Handlers of invitations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PEOPLE_EDIT, PUBLIC
from server.accounts.people.accept import accept_invitation
from server.accounts.people.invitations import (
    Made,
    invite,
    list_invitations,
    read_invitations,
    resend,
    welcome,
    withdraw_invitation,
)
from server.accounts.people.invite_table import invite_table
from server.accounts.sign_in.sign_in import origin_of
from server.kernel.database import Database, Priority, Writes
from server.kernel.errors import Invalid, NotFound
from server.kernel.http import AnyRequest, Decide, Given, Once, path
from server.kernel.limits.strangers import SMALL_BYTES
from server.kernel.reading.misfits import converted, decoded
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from shared.wire import invitations as wire
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.sessions import Tokens

TAGS = ["invitations"]
EDIT = needs(PEOPLE_EDIT)


@dataclass(frozen=True)
class Office:
    """What every changing request about invitations has at hand; links are shown each time and never remembered."""

    once: Once
    actor: Actor
    db: Database
    secrets: Secrets
    settings: Settings
    now: datetime

    async def one(self, decide: Decide, *, status: int) -> Response[wire.Invitation]:
        async def reveal(body: bytes) -> wire.Invitation:
            return (await self._shown(body)).items[0]

        return await self.once.carry_out(decide, status=status, reveal=reveal)

    async def many(self, decide: Decide) -> Response[wire.Invited]:
        return await self.once.carry_out(decide, status=201, reveal=self._shown)

    async def _shown(self, body: bytes) -> wire.Invited:
        made = msgspec.json.decode(body, type=Made)
        found = await read_invitations(self.db, self.actor, self.secrets, self.settings, ids=made.ids, now=self.now)
        if not found:
            raise NotFound
        return wire.Invited(items=found)


def provide_office(
    once: Given[Once],
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    now: Given[datetime],
) -> Office:
    """Dependency `office`."""
    return Office(once, actor, db, secrets, settings, now)


OFFICE: dict[str, Any] = {
    "opt": needs(PEOPLE_EDIT, fresh=True),
    "tags": TAGS,
    "dependencies": {"office": Provide(provide_office, sync_to_thread=False)},
}
MANY: dict[str, Any] = OFFICE | {"opt": needs(PEOPLE_EDIT, fresh=True, priority=Priority.BULK)}


@get(path(routes.INVITATIONS), operation_id="listInvitations", opt=EDIT, tags=TAGS)
async def invitations(
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    now: Given[datetime],
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[wire.Invitation]:
    return await list_invitations(db, actor, secrets, settings, limit=limit, cursor=cursor, now=now)


@post(path(routes.INVITATIONS), operation_id="invite", **OFFICE)
async def send_invitation(office: Given[Office], data: JSONBody[wire.NewInvitation]) -> Response[wire.Invitation]:
    async def decide() -> tuple[Writes, Made]:
        return await invite(office.db, office.actor, data, settings=office.settings, now=office.now)

    return await office.one(decide, status=201)


@post(path(routes.INVITATIONS_CSV), operation_id="inviteTable", **MANY)
async def send_table(office: Given[Office]) -> Response[wire.Invited]:
    """A table as text/csv, or as JSON `{"csv": …, "language": …}`."""
    table = await _table(office.once.request)

    async def decide() -> tuple[Writes, Made]:
        return await invite_table(office.db, office.actor, table, settings=office.settings, now=office.now)

    return await office.many(decide)


_TABLE = msgspec.json.Decoder(wire.InvitationTable)


async def _table(request: AnyRequest) -> wire.InvitationTable:
    body = await request.body()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        return decoded(body, _TABLE)
    try:
        table = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid.one("csv", "not_utf8", "must be UTF-8; choose it when you save the table") from None
    return converted({"csv": table}, wire.InvitationTable)


@post(path(routes.INVITATION_RESEND), operation_id="resendInvitation", status_code=200, **OFFICE)
async def send_again(office: Given[Office], invitation_id: FromPath[str]) -> Response[wire.Invitation]:
    async def decide() -> tuple[Writes, Made]:
        return await resend(office.db, office.actor, invitation_id, settings=office.settings, now=office.now)

    return await office.one(decide, status=200)


@delete(path(routes.INVITATION), operation_id="withdrawInvitation", opt=EDIT, tags=TAGS)
async def take_back(
    invitation_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> None:
    await db.apply(await withdraw_invitation(db, actor, invitation_id, now=now))


@post(
    path(routes.INVITATION_WELCOME),
    operation_id="readInvitation",
    opt=needs(PUBLIC),
    status_code=200,
    request_max_body_size=SMALL_BYTES,
    tags=TAGS,
)
async def show_welcome(
    data: JSONBody[wire.InvitationToken], db: Given[Database], secrets: Given[Secrets], now: Given[datetime]
) -> wire.Welcome:
    return await welcome(db, secrets, data.token, now=now)


@post(
    path(routes.INVITATION_ACCEPT),
    operation_id="acceptInvitation",
    opt=needs(PUBLIC),
    status_code=200,
    request_max_body_size=SMALL_BYTES,
    tags=TAGS,
)
async def accept(
    request: AnyRequest,
    data: JSONBody[wire.Acceptance],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    now: Given[datetime],
) -> Tokens:
    device = origin_of(request, settings).device
    return await accept_invitation(db, secrets, data, device=device, now=now)


HANDLERS = [invitations, send_invitation, send_table, send_again, take_back, show_welcome, accept]

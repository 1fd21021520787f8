"""Handlers of invitations."""

from functools import partial

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import needs, strangers
from server.accounts.access.permissions import PEOPLE_EDIT
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
from server.kernel.database import Priority, Writes
from server.kernel.errors import Invalid, NotFound
from server.kernel.http import AnyRequest, Decide, Given, Handlers, Limit, Visit
from server.kernel.reading.misfits import converted, decoded
from shared.wire import invitations as wire
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.sessions import Tokens

EDIT = needs(PEOPLE_EDIT)
LASTING = needs(PEOPLE_EDIT, fresh=True)
MANY = needs(PEOPLE_EDIT, fresh=True, priority=Priority.BULK)


class Invitations(Handlers):
    """Links are shown each time and never remembered."""

    tags = ["invitations"]
    opt = EDIT

    @get(routes.INVITATIONS, operation_id="listInvitations")
    async def invitations(
        self, call: Given[Call], limit: Limit = 50, cursor: FromQuery[str | None] = None
    ) -> Page[wire.Invitation]:
        return await list_invitations(
            call.db, call.actor, call.secrets, call.settings, limit=limit, cursor=cursor, now=call.now
        )

    @post(routes.INVITATIONS, operation_id="invite", opt=LASTING)
    async def send_invitation(self, call: Given[Call], data: JSONBody[wire.NewInvitation]) -> Response[wire.Invitation]:
        return await _one(call, lambda: invite(call.db, call.actor, data, settings=call.settings, now=call.now), 201)

    @post(routes.INVITATIONS_CSV, operation_id="inviteTable", opt=MANY)
    async def send_table(self, call: Given[Call]) -> Response[wire.Invited]:
        """A table as text/csv, or as JSON `{"csv": …, "language": …}`."""
        table = await _table(call.request)

        async def decide() -> tuple[Writes, Made]:
            return await invite_table(call.db, call.actor, table, settings=call.settings, now=call.now)

        return await call.once(decide, status=201, reveal=partial(_shown, call))

    @post(routes.INVITATION_RESEND, operation_id="resendInvitation", opt=LASTING, status_code=200)
    async def send_again(self, call: Given[Call], invitation_id: FromPath[str]) -> Response[wire.Invitation]:
        return await _one(
            call, lambda: resend(call.db, call.actor, invitation_id, settings=call.settings, now=call.now), 200
        )

    @delete(routes.INVITATION, operation_id="withdrawInvitation")
    async def take_back(self, call: Given[Call], invitation_id: FromPath[str]) -> None:
        await call.db.apply(await withdraw_invitation(call.db, call.actor, invitation_id, now=call.now))

    @post(routes.INVITATION_WELCOME, operation_id="readInvitation", **strangers())
    async def show_welcome(self, visit: Given[Visit], data: JSONBody[wire.InvitationToken]) -> wire.Welcome:
        return await welcome(visit.db, visit.secrets, data.token, now=visit.now)

    @post(routes.INVITATION_ACCEPT, operation_id="acceptInvitation", **strangers())
    async def accept(self, visit: Given[Visit], data: JSONBody[wire.Acceptance]) -> Tokens:
        device = origin_of(visit.request, visit.settings).device
        return await accept_invitation(visit.db, visit.secrets, data, device=device, now=visit.now)


async def _one(call: Call, decide: Decide, status: int) -> Response[wire.Invitation]:
    async def reveal(body: bytes) -> wire.Invitation:
        return (await _shown(call, body)).items[0]

    return await call.once(decide, status=status, reveal=reveal)


async def _shown(call: Call, body: bytes) -> wire.Invited:
    made = msgspec.json.decode(body, type=Made)
    found = await read_invitations(call.db, call.actor, call.secrets, call.settings, ids=made.ids, now=call.now)
    if not found:
        raise NotFound
    return wire.Invited(items=found)


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

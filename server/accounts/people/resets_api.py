"""Handlers of passwords: forgotten, set by a link, changed."""

import msgspec
from litestar import Response, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PEOPLE_EDIT, PUBLIC, READ
from server.accounts.people.resets import (
    MadeReset,
    ask_for_reset,
    change_password,
    confirm_reset,
    make_reset,
    shown_reset,
)
from server.accounts.sign_in.sessions import SessionRow
from server.accounts.sign_in.sign_in import origin_of
from server.accounts.sign_in.throttle import Throttle
from server.kernel.database import Writes
from server.kernel.http import Given, Handlers, Visit
from server.kernel.limits.strangers import SMALL_BYTES
from shared.wire import passwords as wire
from shared.wire import routes


class Passwords(Handlers):
    opt = needs(READ)

    @post(
        routes.RESET,
        operation_id="askForReset",
        opt=needs(PUBLIC),
        status_code=202,
        request_max_body_size=SMALL_BYTES,
        tags=["sign-in"],
    )
    async def reset(self, visit: Given[Visit], data: JSONBody[wire.ResetRequest], throttle: Given[Throttle]) -> None:
        """The same answer whether anybody has this address; nothing more is sent to one that has had three."""
        if await throttle.may_mail(
            visit.db, data.email.strip().lower(), origin_of(visit.request, visit.settings).address, visit.now
        ):
            await visit.db.apply(await ask_for_reset(visit.db, data.email, settings=visit.settings, now=visit.now))

    @post(
        routes.RESET_CONFIRM,
        operation_id="confirmReset",
        opt=needs(PUBLIC),
        status_code=204,
        request_max_body_size=SMALL_BYTES,
        tags=["sign-in"],
    )
    async def reset_confirm(self, visit: Given[Visit], data: JSONBody[wire.ResetConfirmation]) -> None:
        await confirm_reset(visit.db, visit.secrets, data, now=visit.now)

    @post(
        routes.USER_PASSWORD_RESET,
        operation_id="resetPassword",
        opt=needs(PEOPLE_EDIT, fresh=True),
        tags=["people"],
    )
    async def reset_of_user(self, call: Given[Call], user_id: FromPath[str]) -> Response[wire.ResetLink]:
        async def decide() -> tuple[Writes, MadeReset]:
            return await make_reset(call.db, call.actor, user_id, settings=call.settings, now=call.now)

        async def reveal(body: bytes) -> wire.ResetLink:
            return await shown_reset(call.db, call.secrets, call.settings, msgspec.json.decode(body, type=MadeReset))

        return await call.once(decide, status=201, reveal=reveal)

    @post(routes.MY_PASSWORD, operation_id="changeMyPassword", status_code=204, tags=["me"])
    async def my_password(
        self,
        call: Given[Call],
        data: JSONBody[wire.PasswordChange],
        session: Given[SessionRow],
        throttle: Given[Throttle],
    ) -> None:
        async with throttle.proving(call.db, session.id, call.now):
            writes = await change_password(call.db, call.actor, data, session_id=session.id, now=call.now)
        await call.db.apply(writes)

"""Handlers of passwords, the second factor, pairing and API keys."""

import msgspec
from litestar import Response, post
from litestar.params import JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import PERSON, needs
from server.accounts.access.permissions import READ
from server.accounts.sign_in.sessions import SessionRow
from server.accounts.sign_in.sign_in import confirm_sign_in
from server.accounts.sign_in.throttle import Throttle
from server.accounts.sign_in.totp import CodeSet, confirm, disable, enrol, renew_codes, revealed, shown_enrolment
from server.kernel.database import Writes
from server.kernel.errors import Invalid, Stale
from server.kernel.http import Given, Handlers
from shared.wire import passwords as wire
from shared.wire import routes
from shared.wire.sessions import SignInProof


class Confirmation(Handlers):
    tags = ["sign-in"]
    opt = PERSON

    @post(routes.CONFIRM_SIGN_IN, operation_id="confirmSignIn", status_code=204)
    async def confirm_me(
        self, call: Given[Call], data: JSONBody[SignInProof], session: Given[SessionRow], throttle: Given[Throttle]
    ) -> None:
        """What wants a fresh sign-in is open to this session for ten minutes more."""
        async with throttle.proving(call.db, session.id, call.now):
            writes = await confirm_sign_in(call.db, call.actor, call.secrets, data, session=session, now=call.now)
            try:
                await call.db.apply(writes)
            except Stale:
                raise Invalid.one("totp", "bad_totp", "this code was used before") from None


class SecondFactor(Handlers):
    tags = ["me"]
    opt = needs(READ)

    @post(routes.MY_TOTP, operation_id="beginSecondFactor", opt=needs(READ, fresh=True))
    async def begin_totp(self, call: Given[Call]) -> Response[wire.TotpEnrolment]:
        async def decide() -> tuple[Writes, None]:
            return await enrol(call.db, call.actor, call.secrets, now=call.now), None

        async def reveal(_: bytes) -> wire.TotpEnrolment:
            return await shown_enrolment(call.db, call.actor, call.secrets)

        return await call.once(decide, status=201, reveal=reveal)

    @post(routes.MY_TOTP_CONFIRM, operation_id="confirmSecondFactor", status_code=200)
    async def confirm_totp(self, call: Given[Call], data: JSONBody[wire.TotpCode]) -> Response[wire.RecoveryCodes]:
        async def decide() -> tuple[Writes, CodeSet]:
            return await confirm(call.db, call.actor, call.secrets, data.code, now=call.now)

        async def reveal(body: bytes) -> wire.RecoveryCodes:
            return revealed(call.secrets, call.actor.user_id, msgspec.json.decode(body, type=CodeSet))

        return await call.once(decide, status=200, reveal=reveal)

    @post(routes.MY_RECOVERY_CODES, operation_id="renewRecoveryCodes", opt=needs(READ, fresh=True), status_code=200)
    async def new_codes(
        self,
        call: Given[Call],
        data: JSONBody[wire.PasswordProof],
        session: Given[SessionRow],
        throttle: Given[Throttle],
    ) -> wire.RecoveryCodes:
        async with throttle.proving(call.db, session.id, call.now):
            writes, made = await renew_codes(call.db, call.actor, call.secrets, data.password, now=call.now)
        await call.db.apply(writes)
        return revealed(call.secrets, call.actor.user_id, made)

    @post(routes.MY_TOTP_DISABLE, operation_id="endSecondFactor", opt=needs(READ, fresh=True), status_code=204)
    async def end_totp(
        self,
        call: Given[Call],
        data: JSONBody[wire.PasswordProof],
        session: Given[SessionRow],
        throttle: Given[Throttle],
    ) -> None:
        async with throttle.proving(call.db, session.id, call.now):
            writes = await disable(call.db, call.actor, data.password, now=call.now)
        await call.db.apply(writes)

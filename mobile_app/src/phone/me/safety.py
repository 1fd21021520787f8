"""The reader's account: sessions, password, second factor, and the phones that join by a scan."""

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, SignedOut, Unreachable
from phone.base.state import State
from shared.wire import routes
from shared.wire.devices import Pairing, PairingCode
from shared.wire.lists import Page
from shared.wire.passwords import PasswordChange, PasswordProof, RecoveryCodes, TotpCode, TotpEnrolment
from shared.wire.sessions import SessionItem

LOOK_EACH_S: Final = 2.0


class Safety(State):
    """`sessions` is None until the first answer; `codes` are shown once."""

    def __init__(self, client: Client, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        super().__init__(client)
        self._sleep = sleep
        self._inviting: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._is_pairing = False
        self.sessions: tuple[SessionItem, ...] | None = None
        self.enrolment: TotpEnrolment | None = None
        self.codes: tuple[str, ...] = ()
        self.code: PairingCode | None = None
        self.pairing: Pairing | None = None

    async def load(self) -> None:
        """Read the sessions."""
        page = await self.read(self._client.read(routes.MY_SESSIONS, Page[SessionItem]))
        if page is not None:
            self.sessions, self.error = tuple(page.items), None

    # Each raises ApiError and Unreachable

    async def end(self, session_id: str) -> None:
        """Sign one device out."""
        await self._client.write("DELETE", routes.MY_SESSION.format(session_id=session_id), answer=dict)
        await self.load()

    async def end_others(self) -> None:
        """Sign everything but this device out."""
        await self._client.write("DELETE", routes.MY_SESSIONS, answer=dict)
        await self.load()

    async def change_password(self, wanted: PasswordChange) -> None:
        """The server ends every other session with it."""
        await self._client.write("POST", routes.MY_PASSWORD, wanted, answer=dict)
        await self.load()

    async def begin_totp(self, password: str) -> None:
        """Ask for a secret; it counts once a code of it is confirmed."""
        self.codes = ()
        await self._client.prove(password)
        self.enrolment = await self._client.write(
            "POST", routes.MY_TOTP, PasswordProof(password=password), answer=TotpEnrolment, key=str(uuid4())
        )

    async def confirm_totp(self, code: str) -> None:
        """From now on a code is asked for."""
        found = await self._client.write(
            "POST", routes.MY_TOTP_CONFIRM, TotpCode(code=code), answer=RecoveryCodes, key=str(uuid4())
        )
        self.codes, self.enrolment = tuple(found.recovery_codes), None

    async def renew_codes(self, password: str, code: str) -> None:
        """New recovery codes; the old ones end."""
        await self._client.prove(password, code)
        found = await self._client.write(
            "POST", routes.MY_RECOVERY_CODES, PasswordProof(password=password), answer=RecoveryCodes
        )
        self.codes = tuple(found.recovery_codes)

    async def end_totp(self, password: str, code: str) -> None:
        """The password is enough again."""
        await self._client.prove(password, code)
        await self._client.write("POST", routes.MY_TOTP_DISABLE, PasswordProof(password=password), answer=dict)
        self.codes, self.enrolment = (), None

    # A phone that joins

    @property
    def own_machine(self) -> str | None:
        """The server's address in the code, if it means the machine itself to whoever reads it: no phone gets there."""
        if self.code is None:
            return None
        address = parse_qs(urlsplit(self.code.link).query).get("server", [""])[0]
        return address if _is_loopback(urlsplit(address).hostname or "") else None

    async def begin_pairing(self) -> None:
        """Make a code for whoever opens the screen; reading the screen again changes nothing."""
        if not self._is_pairing:
            self._is_pairing = True
            await self.invite_phone()

    async def invite_phone(self) -> None:
        """Make a code and watch who uses it; nothing else waits while the reader proves that it is them."""
        if self._inviting is None or self._inviting.done():
            self._inviting = asyncio.create_task(self._invite())

    async def _invite(self) -> None:
        self.stop()
        self.pairing, self.error = None, None
        code = await self.read(self._client.write("POST", routes.PAIRING_CODES, answer=PairingCode, key=str(uuid4())))
        if code is not None:
            self.code = code
            self._watching = asyncio.create_task(self._watch(code.id))

    async def _watch(self, code_id: str) -> None:
        path = routes.PAIRING_CODE.format(pairing_code_id=code_id)
        while True:
            try:
                self.pairing = await self._client.read(path, Pairing)
            except SignedOut:
                self._client.signed_out()
                return
            except (Unreachable, ApiError) as error:
                self._client.reached(not isinstance(error, Unreachable))
            else:
                if self.pairing.state != "waiting":
                    return
            await self._sleep(LOOK_EACH_S)

    async def throw_out(self) -> None:
        """The phone that joined was not mine."""
        if self.code is not None:
            path = routes.PAIRING_CODE_UNDO.format(pairing_code_id=self.code.id)
            await self._client.write("POST", path, answer=dict, key=str(uuid4()))
            self.pairing = await self._client.read(routes.PAIRING_CODE.format(pairing_code_id=self.code.id), Pairing)

    def leave_pairing(self) -> None:
        """The screen is left: the next time it makes another code."""
        self._is_pairing = False
        self.stop()

    def stop(self) -> None:
        """Watch no code any more."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.leave_pairing()
        self.sessions, self.enrolment, self.codes = None, None, ()
        self.code, self.pairing, self.error = None, None, None


def _is_loopback(host: str) -> bool:
    try:
        found = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return found.is_loopback or found.is_unspecified

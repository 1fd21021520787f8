"""Ways in without a session: an invitation, a forgotten password, a code that pairs this phone."""

from collections.abc import Coroutine
from typing import Any, Literal

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, SignedOut, Unreachable
from phone.base.state import State
from shared.wire import routes
from shared.wire.devices import Pair, PairingDevice
from shared.wire.invitations import Acceptance, InvitationToken, Welcome
from shared.wire.passwords import ResetConfirmation, ResetRequest
from shared.wire.sessions import Language, Tokens

Step = Literal["password", "forgot", "sent", "pair", "invite", "reset", "done"]


class Joining(State):
    """`step` is which of them is shown instead of email and password."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.step: Step = "password"
        self.token = ""
        self.welcome: Welcome | None = None
        self.busy = False

    def go(self, step: Step) -> None:
        """Show another one."""
        self.step, self.error = step, None

    async def open(self, route: str) -> None:
        """A link that was mailed: /invite/<token> or /reset/<token>."""
        kind, _, token = route.partition("?")[0].strip("/").partition("/")
        if not token or kind not in ("invite", "reset") or token == self.token:
            return
        self.token = token
        self.go("invite" if kind == "invite" else "reset")
        if kind == "invite":
            await self._do(self._read())

    async def _read(self) -> None:
        """Who invited whom."""
        wanted = InvitationToken(token=self.token)
        self.welcome = await self._client.enter(routes.INVITATION_WELCOME, wanted, Welcome)

    async def accept(self, name: str, password: str, *, language: Language, zone: str) -> bool:
        """Make the account and sign in; False leaves the reason in `error`."""
        wanted = Acceptance(token=self.token, name=name, password=password, language=language, time_zone=zone)
        return await self._do(self._enter(routes.INVITATION_ACCEPT, wanted))

    async def pair(self, code: str, name: str) -> bool:
        """Sign this phone in as whoever made the code."""
        return await self._do(self._enter(routes.PAIR, Pair(code=code, device=PairingDevice(name=name))))

    async def _enter(self, path: str, wanted: object) -> None:
        await self._client.take(await self._client.enter(path, wanted, Tokens))

    async def ask_reset(self, email: str) -> None:
        """The answer is the same whether anybody has this address."""
        if await self._do(self._client.enter(routes.RESET, ResetRequest(email=email), None)):
            self.go("sent")

    async def reset(self, password: str) -> None:
        """Choose a new password with the mailed link."""
        wanted = ResetConfirmation(token=self.token, password=password)
        if await self._do(self._client.enter(routes.RESET_CONFIRM, wanted, None)):
            self.go("done")

    async def _do(self, work: Coroutine[Any, Any, object]) -> bool:
        if self.busy:
            work.close()
            return False
        self.busy, self.error = True, None
        try:
            await work
        except (Unreachable, ApiError, SignedOut) as error:
            self.error = error
            return False
        else:
            return True
        finally:
            self.busy = False

    def forget(self) -> None:
        """Ask for email and password again."""
        self.go("password")
        self.token, self.welcome = "", None

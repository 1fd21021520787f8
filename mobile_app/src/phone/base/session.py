"""Who is signed in, and how that begins and ends."""

from collections.abc import Callable
from typing import Literal

import flet as ft
import msgspec

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, SignedOut, Unreachable
from phone.base.device.store import Store
from shared.wire.sessions import Me, MeChange

Phase = Literal["starting", "unreachable", "signed_out", "signed_in"]
SERVER = "server"
PERSON = "person"
ME = "me"


class Session(ft.Observable):
    """`error` is what the last attempt met; `ended` that the server closed a session that was open."""

    def __init__(
        self,
        client: Client,
        *,
        preferences: Store,
        kept: Store,
        remembers: bool,
        fixed_server: bool,
        demo: bool,
    ) -> None:
        self._client = client
        self._preferences = preferences
        self._kept = kept
        self.remembers = remembers
        self.fixed_server = fixed_server
        self.demo = demo
        self.phase: Phase = "starting"
        self.me: Me | None = None
        self.busy = False
        self.error: Exception | None = None
        self.ended = False
        self.asks_code = False
        self._is_stale = False
        self.known: Callable[[Me], None] = lambda _me: None

    @property
    def server(self) -> str:
        """The address the app speaks to."""
        return self._client.base_url

    async def resume(self) -> None:
        """Take up the kept session; a phone without a network goes on as who it was."""
        self.phase, self.error = "starting", None
        if not self.fixed_server:
            self._client.use(await self._preferences.get(SERVER) or self.server)
        try:
            if not await self._client.resume():
                self.phase = "signed_out"
                return
            await self._take(await self._client.me())
        except SignedOut:
            self.phase, self.ended = "signed_out", True
        except (Unreachable, ApiError) as error:
            await self._go_on(error)

    async def _go_on(self, error: Exception) -> None:
        text = await self._kept.get(ME)
        try:
            self.me = msgspec.json.decode(text, type=Me) if text else None
        except msgspec.MsgspecError:
            self.me = None
        if self.me is not None:
            self.known(self.me)
        self.error = error
        self.phase = "signed_in" if self.me is not None else "unreachable"

    async def _take(self, me: Me) -> None:
        await self._kept.set(ME, msgspec.json.encode(me).decode())
        self.known(me)
        self.me = me
        self.phase = "signed_in"

    async def enter(self) -> bool:
        """A link or a code brought a session: begin it."""
        self.error, self.ended = None, False
        await self.refresh()
        return self.me is not None

    async def sign_in(self, email: str, password: str, *, server: str | None = None, totp: str | None = None) -> bool:
        """Sign in; False leaves the reason in `error`, and in `asks_code` that a second factor is asked for."""
        if self.busy:
            return False
        self.busy, self.error, self.ended = True, None, False
        try:
            if server is not None and not self.fixed_server:
                self._client.use(server)
            await self._client.sign_in(email.strip(), password, totp)
            await self._take(await self._client.me())
        except (Unreachable, ApiError, SignedOut) as error:
            asks = isinstance(error, ApiError) and error.code in ("totp_required", "bad_totp")
            self.error = None if asks and totp is None else error
            self.asks_code = asks
            return False
        else:
            if not self.fixed_server:
                await self._preferences.set(SERVER, self.server)
            self.asks_code = False
            return True
        finally:
            self.busy = False

    async def refresh(self) -> None:
        """Read anew who I am; what is known stays when it can't be read."""
        try:
            await self._take(await self._client.me())
        except (Unreachable, ApiError) as error:
            self.error = error
        except SignedOut:
            self.expire()

    def touch(self) -> None:
        """What I am, may do or belong to may have changed: the next look reads it anew."""
        self._is_stale = True

    async def freshen(self) -> bool:
        """Read anew who I am if something changed of it; whether it was read."""
        if not self._is_stale or self.phase != "signed_in":
            return False
        self._is_stale, self.error = False, None
        await self.refresh()
        self._is_stale = self.error is not None
        return not self._is_stale and self.me is not None

    async def is_same_person(self) -> bool:
        """Whether this device last belonged to the same person, whose unsent verbs may still go out."""
        if self.me is None:
            return False
        last = await self._preferences.get(PERSON)
        await self._preferences.set(PERSON, self.me.id)
        return last == self.me.id

    async def sign_out(self) -> None:
        """End the session on this device."""
        self.phase, self.me, self.error = "signed_out", None, None
        await self._kept.remove(ME)
        await self._preferences.remove(PERSON)
        await self._client.sign_out()

    def expire(self) -> None:
        """The server ended the session."""
        if self.phase == "signed_in":
            self.phase, self.me, self.ended = "signed_out", None, True

    async def change(self, change: MeChange) -> None:
        """Change what I may change about myself; a lost race is tried once more on the newest state."""
        if self.me is None:
            return
        try:
            self.me = await self._client.change_me(change, rev=self.me.rev)
        except ApiError as error:
            if error.status != 412:
                raise
            newest = await self._client.me()
            self.me = await self._client.change_me(change, rev=newest.rev)

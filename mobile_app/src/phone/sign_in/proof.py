"""The server wants to know that it is still the reader: asked once, by password and, where it is on, a code."""

import asyncio

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, SignedOut, Unreachable
from phone.base.state import State
from shared.wire.sessions import SignInProof

ASKS_CODE = ("totp_required", "bad_totp")


class Proof(State):
    """`asking` while something waits for the answer; `asks_code` once the server wants a second factor too."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._answer: asyncio.Future[bool] | None = None
        self.asking = False
        self.asks_code = False

    async def ask(self) -> bool:
        """Whether the reader has proved themself; whatever else asks meanwhile gets the same answer."""
        if self._answer is None:
            self._answer = asyncio.get_running_loop().create_future()
            self.asks_code, self.error, self.asking = False, None, True
        return await asyncio.shield(self._answer)

    async def give(self, typed: SignInProof) -> None:
        """Send what was typed; what is refused stands below."""
        totp = (typed.totp or "").strip()
        try:
            await self._client.prove(typed.password, totp or None)
        except SignedOut:
            self.close()
        except (ApiError, Unreachable) as error:
            code = error.code if isinstance(error, ApiError) else ""
            self.asks_code = self.asks_code or code in ASKS_CODE
            self.error = None if code == "totp_required" and not totp else error
        else:
            self._end(proven=True)

    def close(self) -> None:
        """The reader doesn't want to."""
        self._end(proven=False)

    def _end(self, *, proven: bool) -> None:
        answer, self._answer = self._answer, None
        self.asking = False
        if answer is not None and not answer.done():
            answer.set_result(proven)

    def forget(self) -> None:
        """Nobody is asked any more."""
        self.close()

"""What the reader changes about themselves: name, language, zone."""

import logging

from phone.base.api.errors import ApiError, SignedOut, Unreachable
from phone.base.look import UNTOLD
from phone.base.toast import Message
from phone.base.window import Window
from shared.wire.sessions import Language, MeChange

log = logging.getLogger(__name__)


class Account:
    """Each change is sent at once, and said to be saved or why not."""

    def __init__(self, window: Window) -> None:
        self._window = window

    async def choose_language(self, language: Language) -> None:
        """Speak this language here and in what the server sends to the reader."""
        await self._window.look.choose_language(language)
        me = self._window.session.me
        if me is not None and (me.language != language or me.rev == UNTOLD):
            await self._send(MeChange(language=language))

    async def rename(self, name: str) -> None:
        """Change the reader's name."""
        await self._send(MeChange(name=name))

    async def live_here(self) -> None:
        """Read times in the zone that this device is in."""
        if (zone := self._window.look.habits.home) is not None:
            await self._send(MeChange(time_zone=zone))

    async def _send(self, change: MeChange) -> None:
        window = self._window
        try:
            await window.session.change(change)
        except Exception as error:
            if not isinstance(error, ApiError | SignedOut | Unreachable):
                log.exception("what was changed of me was not saved")
            window.refuse(error)
        else:
            if window.session.me is not None:
                window.look.belong_to(window.session.me)
            window.toast.show(Message(key="me.saved"))

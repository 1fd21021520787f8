"""One search over everything: what was typed, what was found, which of it is chosen."""

import asyncio
from collections.abc import Callable
from typing import Final

import flet as ft

from phone.api.client import Client

PAUSE_S: Final = 0.2


class Search(ft.Observable):
    """`is_open` while its sheet or its dialog is shown."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._turn = 0
        self._task: asyncio.Task[None] | None = None
        self.is_open = False
        self.text = ""
        self.error: Exception | None = None
        self.reached: Callable[[bool], None] = lambda _online: None
        self.signed_out: Callable[[], None] = lambda: None

    def open(self) -> None:
        """Ask for a word."""
        self.is_open = True

    def close(self) -> None:
        """Forget what was asked."""
        self._turn += 1
        self.is_open, self.text = False, ""

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.close()

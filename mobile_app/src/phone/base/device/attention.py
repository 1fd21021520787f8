"""How the device draws attention to what waits: in the browser, the title, which our page also beeps for."""

from typing import Protocol

import flet as ft

NAME = "Dogwatch"


class Attention(Protocol):
    """Told how many incidents wait for the reader."""

    def waiting(self, count: int) -> None: ...

    def close(self) -> None: ...


class TitleAttention:
    """Counts in the title; `assets/attention.js` beeps and badges the icon when the number rises."""

    def __init__(self, page: ft.Page) -> None:
        self._page = page

    def waiting(self, count: int) -> None:
        title = f"({count}) {NAME}" if count else NAME
        if self._page.title != title:
            self._page.title = title
            self._page.schedule_update()

    def close(self) -> None:
        """Nothing to let go of."""

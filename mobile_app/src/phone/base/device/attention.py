"""How the device says where the reader is and what waits: in the browser, the title, which our page also beeps for."""

from typing import Protocol

import flet as ft

NAME = "Dogwatch"


class Attention(Protocol):
    """Told how many incidents wait for the reader, and what is open before them."""

    def waiting(self, count: int) -> None: ...

    def at(self, title: str) -> None: ...

    def close(self) -> None: ...


class TitleAttention:
    """ "(1) On call · Dogwatch" as the title; `assets/attention.js` beeps and badges the icon when the number rises."""

    def __init__(self, page: ft.Page) -> None:
        self._page = page
        self._count = 0
        self._where = ""

    def waiting(self, count: int) -> None:
        self._count = count
        self._write()

    def at(self, title: str) -> None:
        self._where = title
        self._write()

    def _write(self) -> None:
        where = f"{self._where} · {NAME}" if self._where else NAME
        title = f"({self._count}) {where}" if self._count else where
        if self._page.title != title:
            self._page.title = title
            self._page.schedule_update()

    def close(self) -> None:
        """Nothing to let go of."""

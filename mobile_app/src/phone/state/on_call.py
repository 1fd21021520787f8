"""Who is on call now, for every schedule the reader sees."""

import asyncio
from collections.abc import Callable

import flet as ft

from phone.api.client import Client
from phone.api.errors import ApiError, SignedOut, Unreachable
from shared.wire.on_call import MyOnCall, OnCallNow


class OnCall(ft.Observable):
    """`now` is None until the first answer."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.mine: MyOnCall | None = None
        self.now: tuple[OnCallNow, ...] | None = None
        self.error: Exception | None = None
        self.reached: Callable[[bool], None] = lambda _online: None
        self.signed_out: Callable[[], None] = lambda: None

    @property
    def by_team(self) -> list[tuple[str | None, list[OnCallNow]]]:
        """Schedules under their teams, in the alphabet's order, those without a team last."""
        teams: dict[str | None, list[OnCallNow]] = {}
        for entry in self.now or ():
            teams.setdefault(entry.team.name if entry.team else None, []).append(entry)
        return sorted(teams.items(), key=lambda pair: (pair[0] is None, pair[0] or ""))

    async def load(self) -> None:
        """Read it anew."""
        try:
            mine, page = await asyncio.gather(self._client.my_on_call(), self._client.on_call())
        except SignedOut:
            self.signed_out()
        except (Unreachable, ApiError) as error:
            self.error = error
            self.reached(not isinstance(error, Unreachable))
        else:
            self.reached(True)
            self.mine, self.now, self.error = mine, tuple(page.items), None

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.mine, self.now, self.error = None, None, None

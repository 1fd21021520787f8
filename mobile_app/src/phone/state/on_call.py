"""Who is on call now, for every schedule the reader sees."""

import asyncio

from phone.api.client import Client
from phone.state.part import Part
from shared.wire.on_call import MyOnCall, OnCallNow


class OnCall(Part):
    """`now` is None until the first answer."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.mine: MyOnCall | None = None
        self.now: tuple[OnCallNow, ...] | None = None

    @property
    def by_team(self) -> list[tuple[str | None, list[OnCallNow]]]:
        """Schedules under their teams, in the alphabet's order, those without a team last."""
        teams: dict[str | None, list[OnCallNow]] = {}
        for entry in self.now or ():
            teams.setdefault(entry.team.name if entry.team else None, []).append(entry)
        return sorted(teams.items(), key=lambda pair: (pair[0] is None, pair[0] or ""))

    async def load(self) -> None:
        """Read it anew."""
        found = await self.read(asyncio.gather(self._client.my_on_call(), self._client.on_call()))
        if found is not None:
            mine, page = found
            self.mine, self.now, self.error = mine, tuple(page.items), None

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.mine, self.now, self.error = None, None, None

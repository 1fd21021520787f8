"""Who is on call now, worked out on the device: anew at each handoff and whenever a schedule changes."""

from collections.abc import Callable
from datetime import datetime

from phone.base.api.client import Client
from phone.base.device.clock import Clock
from phone.base.state import State
from phone.rotas.store import Rotas
from phone.rotas.watches import my_on_call, on_call_now
from shared.wire.on_call import MyOnCall, OnCallNow


class OnCall(State):
    """`now` is None until the schedules are known."""

    def __init__(self, client: Client, rotas: Rotas, clock: Clock, *, me: Callable[[], str]) -> None:
        super().__init__(client)
        self._rotas = rotas
        self._clock = clock
        self._me = me
        self._holds_until: datetime | None = None
        self.mine: MyOnCall | None = None
        self.now: tuple[OnCallNow, ...] | None = None
        # The tick holds its listeners weakly.
        self._listener = self._ticked
        clock.minutes.subscribe(self._listener)

    def _ticked(self, _tick: object, _field: str | None) -> None:
        self.follow()

    @property
    def by_team(self) -> list[tuple[str | None, list[OnCallNow]]]:
        """Schedules under their teams, in the alphabet's order, those without a team last."""
        teams: dict[str | None, list[OnCallNow]] = {}
        for entry in self.now or ():
            teams.setdefault(entry.team.name if entry.team else None, []).append(entry)
        return sorted(teams.items(), key=lambda pair: (pair[0] is None, pair[0] or ""))

    def find(self, schedule_id: str) -> OnCallNow | None:
        """One schedule now."""
        return next((each for each in self.now or () if each.schedule.id == schedule_id), None)

    def follow(self) -> None:
        """Time went on: work it out again if somebody has handed over since."""
        if self._holds_until is not None and self._clock.now() >= self._holds_until:
            self.work_out()

    def forget(self) -> None:
        """Nobody is known: another person may sign in."""
        self.mine, self.now, self._holds_until = None, None, None

    def work_out(self) -> None:
        """Ask every schedule."""
        rotas, now = self._rotas.items, self._clock.now()
        if rotas is None:
            self.forget()
            return
        held = self._rotas.held
        self.mine = my_on_call(rotas, self._me(), now, held=held)
        self.now = tuple(on_call_now(rotas, now))
        edges = [at for each in self.now if (at := _next(each)) is not None]
        edges += [at for each in held for at in (each.shift.start, each.shift.end) if at > now]
        self._holds_until = min(edges, default=None)


def _next(each: OnCallNow) -> datetime | None:
    return each.people[0].until if each.people else each.gap_until

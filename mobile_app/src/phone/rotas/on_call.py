"""Who is on call now, worked out on the device: anew at each handoff and whenever a schedule changes."""

from collections.abc import Callable
from datetime import datetime

from phone.base.api.client import Client
from phone.base.device.clock import Clock
from phone.base.state import State
from phone.rotas.order import NO_TEAM, in_order, teams_of
from phone.rotas.store import Rotas
from phone.rotas.watches import LOOK_AHEAD, my_on_call, my_shifts, on_call_now
from shared.wire.lists import Ref
from shared.wire.on_call import MyOnCall, OnCallNow
from shared.wire.schedules import MyShift


class OnCall(State):
    """`now` is None until the schedules are known; `ahead` are the reader's shifts of the next weeks."""

    def __init__(
        self, client: Client, rotas: Rotas, clock: Clock, *, own: Callable[[], list[Ref]], me: Callable[[], str]
    ) -> None:
        super().__init__(client)
        self._rotas = rotas
        self._clock = clock
        self._own, self._me = own, me
        self._holds_until: datetime | None = None
        self.mine: MyOnCall | None = None
        self.now: tuple[OnCallNow, ...] | None = None
        self.teams: list[Ref] = []
        self.ahead: list[MyShift] = []
        # The tick holds its listeners weakly.
        self._listener = self._ticked
        clock.minutes.subscribe(self._listener)

    def _ticked(self, _tick: object, _field: str | None) -> None:
        self.follow()

    @property
    def by_team(self) -> list[tuple[Ref, list[OnCallNow]]]:
        """Teams with their schedules, the reader's own first and what is primary first; NO_TEAM for those without."""
        teams: dict[Ref, list[OnCallNow]] = {team: [] for team in self.teams}
        for entry in self.now or ():
            teams[entry.team or NO_TEAM].append(entry)
        return list(teams.items())

    def is_own(self, team: Ref) -> bool:
        """Whether the reader is in it."""
        return any(each.id == team.id for each in self._own())

    def find(self, schedule_id: str) -> OnCallNow | None:
        """One schedule now."""
        return next((each for each in self.now or () if each.schedule.id == schedule_id), None)

    def follow(self) -> None:
        """Time went on: work it out again if somebody has handed over since."""
        if self._holds_until is not None and self._clock.now() >= self._holds_until:
            self.work_out()

    def forget(self) -> None:
        """Nobody is known: another person may sign in."""
        self.mine, self.now, self._holds_until, self.teams, self.ahead = None, None, None, [], []

    def work_out(self) -> None:
        """Ask every schedule."""
        rotas, now = self._rotas.items, self._clock.now()
        if rotas is None:
            self.forget()
            return
        held = self._rotas.held
        self.mine = my_on_call(rotas, self._me(), now, held=held)
        self.now = tuple(on_call_now(in_order(rotas), now))
        self.teams = teams_of(rotas, self._own(), self._me())
        self.ahead = my_shifts(rotas, self._me(), now, now + LOOK_AHEAD, held=held, now=now).items
        edges = [at for each in self.now if (at := _next(each)) is not None]
        edges += [at for each in held for at in (each.shift.start, each.shift.end) if at > now]
        self._holds_until = min(edges, default=None)


def _next(each: OnCallNow) -> datetime | None:
    return each.people[0].until if each.people else each.gap_until

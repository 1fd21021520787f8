"""What is done about a person beside their form: permission sets, a new password, ending and reopening the account."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal
from uuid import uuid4

import msgspec
from msgspec import Struct

from phone.base.api.client import Client
from phone.base.api.errors import ApiError
from phone.base.state import State
from shared.wire import routes
from shared.wire.lists import Page, Ref
from shared.wire.passwords import ResetLink
from shared.wire.people import Deactivated, Reactivated
from shared.wire.problems import FieldProblem
from shared.wire.roles import Grant

EVERY_OTHER: Final = "*"
NOBODY: Final[Mapping[str, str]] = MappingProxyType({})
Asking = Literal["grant", "second_factor", "leave"]


class HeldShift(Struct, frozen=True, kw_only=True):
    """A shift of somebody who leaves; the schedule's id and name are empty where the reader does not see it."""

    schedule_id: str = ""
    schedule: str = ""
    start: datetime
    end: datetime

    @property
    def taken_as(self) -> str:
        """Under which key its taker is sent."""
        return self.schedule_id or EVERY_OTHER


class OpenPerson(State):
    """`shifts` are those that somebody has to take before the person can leave; `takers` by schedule.

    `left` are the schedules on which whoever has just come back had a place, `warnings` what is wrong with takers.
    """

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.ident = ""
        self.grants: tuple[Grant, ...] | None = None
        self.asking: Asking | None = None
        self.role_id: str | None = None
        self.scope = "account"
        self.link: ResetLink | None = None
        self.shifts: tuple[HeldShift, ...] = ()
        self.takers = NOBODY
        self.left: tuple[Ref, ...] = ()
        self.warnings: tuple[FieldProblem, ...] = ()
        self.busy = False
        self.changed: Callable[[], None] = lambda: None

    async def show(self, ident: str, *, reads_grants: bool) -> None:
        """Another person, or the same anew."""
        if self.ident != ident:
            self.forget()
            self.ident = ident
        if reads_grants:
            await self._try(self._read_grants)

    async def _read_grants(self) -> None:
        turn = self._turn
        page = await self._client.read(routes.USER_GRANTS.format(user_id=self.ident), Page[Grant])
        if turn == self._turn:
            self.grants = tuple(page.items)

    async def _try(self, act: Callable[[], Awaitable[None]]) -> bool:
        self.error, self.busy = None, True
        try:
            return await self.attempt(act)
        finally:
            self.busy = False

    def ask(self, question: Asking | None) -> None:
        """Open a question, or go back from it."""
        self.asking, self.error = question, None
        self.shifts, self.takers, self.role_id, self.scope = (), NOBODY, None, "account"

    async def _write(self, method: str, path: str, body: object, answer: type[Any] = dict[str, Any]) -> Any:
        path = path.replace("{user_id}", self.ident)
        return await self._client.write(method, path, body, answer=answer, key=str(uuid4()))

    # Permission sets

    def choose_role(self, role_id: str | None) -> None:
        """The set to grant."""
        self.role_id = role_id

    def choose_scope(self, scope: str | None) -> None:
        """Where it holds: `account`, or a kind and an id as in `team:t-1`."""
        self.scope = scope or "account"

    async def grant(self) -> None:
        """Give the chosen set."""
        kind, _, ident = self.scope.partition(":")
        body = {"role_id": self.role_id, "scope": {"kind": kind, "id": ident or None}}

        async def give() -> None:
            await self._write("POST", routes.USER_GRANTS, body)
            self.ask(None)
            await self._read_grants()

        if self.role_id is not None:
            await self._try(give)

    async def withdraw(self, grant_id: str) -> None:
        """Take a set back."""

        async def take() -> None:
            await self._write("DELETE", routes.USER_GRANT.replace("{grant_id}", grant_id), None)
            await self._read_grants()

        await self._try(take)

    # Signing in

    async def make_link(self) -> None:
        """A link to set a new password, to be handed over."""
        turn = self._turn

        async def make() -> None:
            link = await self._write("POST", routes.USER_PASSWORD_RESET, {}, ResetLink)
            if turn == self._turn:
                self.link = link

        await self._try(make)

    async def take_second_factor_off(self) -> None:
        """For somebody who lost it and the recovery codes."""

        async def take() -> None:
            await self._write("DELETE", routes.USER_TOTP, None)
            self.ask(None)
            self.changed()

        await self._try(take)

    # Leaving and coming back

    def choose_taker(self, schedule: str, user_id: str | None) -> None:
        """Who takes the shifts of a schedule."""
        kept = {name: taker for name, taker in self.takers.items() if name != schedule}
        self.takers = MappingProxyType(kept if user_id is None else {**kept, schedule: user_id})

    @property
    def has_takers(self) -> bool:
        """Whether somebody takes every shift that is known."""
        return all(shift.taken_as in self.takers for shift in self.shifts)

    async def deactivate(self) -> None:
        """End the account; when shifts would be lost, they are shown and nothing is changed."""
        turn = self._turn

        async def end() -> None:
            try:
                gone = await self._write("POST", routes.USER_DEACTIVATE, {"takers": dict(self.takers)}, Deactivated)
            except ApiError as error:
                found = shifts_of(error.problems)
                if error.code != "on_call" or not found or turn != self._turn:
                    raise
                known = {(shift.schedule_id, shift.start) for shift in found}
                kept = [shift for shift in self.shifts if (shift.schedule_id, shift.start) not in known]
                self.shifts = tuple(sorted((*kept, *found), key=lambda shift: (shift.schedule, shift.start)))
            else:
                self.ask(None)
                self.left = ()
                if turn == self._turn:
                    self.warnings = tuple(gone.warnings)
                self.changed()

        await self._try(end)

    async def reactivate(self) -> None:
        """Open the account again."""
        turn = self._turn

        async def begin() -> None:
            back = await self._write("POST", routes.USER_REACTIVATE, {}, Reactivated)
            if turn == self._turn:
                self.left, self.warnings = tuple(back.left), ()
            self.changed()

        await self._try(begin)

    def forget(self) -> None:
        """Empty everything: somebody else is shown, or another person may sign in."""
        self._turn += 1
        self.ident, self.grants, self.link, self.left, self.warnings = "", None, None, (), ()
        self.ask(None)


def shifts_of(problems: tuple[FieldProblem, ...]) -> tuple[HeldShift, ...]:
    """The shifts that a refusal names; what can't be read is left out."""
    found: list[HeldShift] = []
    for problem in problems:
        try:
            found.append(msgspec.convert(problem.args, HeldShift))
        except msgspec.ValidationError:
            continue
    return tuple(found)

"""What a handler is given of a request whose sender is known: who asks, and what they base a change on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from litestar import Response

from server.accounts.access.actors import Actor
from server.kernel.database import Writes
from server.kernel.http import AnyRequest, Decide, Once, Reread, Reveal, Visit
from server.kernel.reading.check import read_rev


@dataclass(frozen=True, slots=True)
class Call(Visit):
    """One request of somebody whom the guard let in."""

    actor: Actor

    async def once(
        self, decide: Decide, *, status: int = 200, reread: Reread | None = None, reveal: Reveal | None = None
    ) -> Response[Any]:
        """Decide, commit and answer, once for each Idempotency-Key (`Once.carry_out`)."""
        once = Once(self.db, self.request, self.actor.user_id, self.now)
        return await once.carry_out(decide, status=status, reread=reread, reveal=reveal)

    async def done(self, decide: Callable[[], Awaitable[Writes]]) -> Response[None]:
        """As `once`, for what is answered with nothing."""

        async def writes() -> tuple[Writes, None]:
            return await decide(), None

        return await self.once(writes, status=204)


@dataclass(frozen=True, slots=True)
class Edit(Call):
    """A call with If-Match: a change of what is at `rev`."""

    rev: int


def provide_call(request: AnyRequest) -> Call:
    """Dependency `call`."""
    state = request.app.state
    return Call(request, state.db.at(request.route_handler.opt["priority"]), state.clock.now(), request.state.actor)


def provide_edit(request: AnyRequest) -> Edit:
    """Dependency `edit`; raises PreconditionMissing or Invalid."""
    rev, state = read_rev(request), request.app.state
    db = state.db.at(request.route_handler.opt["priority"])
    return Edit(request, db, state.clock.now(), request.state.actor, rev)

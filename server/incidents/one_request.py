"""One request of one person to do something to one incident: decided, audited, committed, answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from litestar import Response
from litestar.di import Provide
from litestar.params import FromPath
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.call import Call
from server.accounts.audit.trail import audit
from server.incidents.current import IncidentRow, load_incident
from server.incidents.read import pages_left_of, read_incident
from server.kernel.database import Database, Writes
from server.kernel.http import Given
from shared.domain.incidents.allowed_verbs import Verb
from shared.domain.incidents.timeline import Who
from shared.wire import incidents as wire

Decide = Callable[[IncidentRow, Who], Awaitable[Writes]]


@dataclass(frozen=True)
class Use:
    """Who does it, to what, when."""

    call: Call
    incident_id: str
    actor: Actor
    db: Database
    now: datetime

    @property
    def via(self) -> str:
        """The way it came, as the timeline says it."""
        return way_of(self.actor)

    async def verb(
        self,
        verb: Verb,
        decide: Decide,
        *,
        said: Struct | Callable[[], Struct] | None = None,
        audited: str | None = None,
    ) -> Response[wire.Incident]:
        """Decide on the incident as it is, commit, answer with what it has become; once for each Idempotency-Key.

        `said` is what the audit trail keeps of the request, or tells it once that is decided; `audited` stands there
        where the verb doesn't say what was done. What changes nothing leaves no trace there.
        """

        async def writes() -> tuple[Writes, None]:
            found = await load_incident(self.db, self.incident_id)
            self.actor.require_team(found.team_id, self.call.request.route_handler.opt["permission"])
            decided = await decide(found, Who(self.actor.kind, self.actor.user_id))
            if decided:
                kept = said() if callable(said) else said
                audit(decided, self.actor, found.about, verb=audited or verb, after=kept, now=self.now)
            return decided, None

        async def reread() -> wire.Incident:
            left = await pages_left_of(self.db, self.incident_id) if verb == "undo" else 0
            return await read_incident(self.db, self.actor, self.incident_id, pages_left=left, now=self.now)

        return await self.call.once(writes, reread=reread)


def way_of(actor: Actor) -> str:
    return "app" if actor.kind == "user" else "api"


def provide_use(call: Given[Call], incident_id: FromPath[str]) -> Use:
    """Dependency `use`."""
    return Use(call, incident_id, call.actor, call.db, call.now)


USE = {"use": Provide(provide_use, sync_to_thread=False)}
"""What the handlers of verbs are given."""

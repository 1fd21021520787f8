"""What was refused of each integration: counted, shown in its health, told to the administrators once."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

import structlog
from msgspec import Struct

from server.kernel.clock import Clock
from server.kernel.database import Database, Stale, Writes
from server.kernel.errors import DogwatchError
from server.kernel.telemetry import INTEGRATION_REFUSED, KEYS_REUSED
from server.notices.refused_events import RefusedEvents, send_refused_events
from server.services.refusals import load_refusals, save_refusals
from shared.domain.pipeline.refusals import LAST, Reason, Refusals, with_more

log = structlog.get_logger()
WRITE_EVERY_S: Final = 1.0
LONGEST_REASON: Final = 300


@dataclass
class _Counted:
    """Of one integration, since it was written last."""

    refused: int = 0
    reused: int = 0
    reasons: list[Reason] = field(default_factory=list[Reason])


class _About(Struct, frozen=True):
    name: str
    archived_at: datetime | None


def _kind(about: _About | None) -> Literal["unknown", "refused", "removed"]:
    if about is None:
        return "unknown"
    return "refused" if about.archived_at is None else "removed"


@dataclass
class RefusalLog:
    """Each API process notes in memory and writes once a second, so that a flood of refusals costs one write."""

    db: Database
    clock: Clock
    app_url: str
    _counted: dict[str, _Counted] = field(default_factory=dict[str, _Counted])

    def count(self, integration_id: str, error: DogwatchError) -> None:
        """One request that its sender got back."""
        INTEGRATION_REFUSED.labels(integration_id, str(error.status), error.code).inc()
        counted = self._counted.setdefault(integration_id, _Counted())
        said = "; ".join(each.message for each in error.errors) or error.detail or error.title
        reason = Reason(
            at=self.clock.now(), status=error.status, code=error.code, message=said.replace("\0", "")[:LONGEST_REASON]
        )
        counted.refused += 1
        counted.reasons = [*counted.reasons, reason][-LAST:]

    def count_reuse(self, integration_id: str) -> None:
        """One event under an Idempotency-Key that another body had before."""
        KEYS_REUSED.labels(integration_id).inc()
        self._counted.setdefault(integration_id, _Counted()).reused += 1

    async def run(self) -> None:
        """Until cancelled; what could not be written is written later."""
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            try:
                await self.write()
            except Exception:
                log.exception("refusals.write_failed")

    async def write(self) -> None:
        """What was counted since the last time."""
        for integration_id in list(self._counted):
            counted = self._counted.pop(integration_id)
            try:
                await self.db.apply(await self._decide(integration_id, counted, self.clock.now()))
            except Exception as error:
                self._put_back(integration_id, counted)
                if not isinstance(error, Stale):
                    raise

    def _put_back(self, integration_id: str, counted: _Counted) -> None:
        later = self._counted.setdefault(integration_id, _Counted())
        later.refused += counted.refused
        later.reused += counted.reused
        later.reasons = [*counted.reasons, *later.reasons][-LAST:]

    async def _decide(self, integration_id: str, counted: _Counted, now: datetime) -> Writes:
        before = await load_refusals(self.db, integration_id)
        after, is_notable = with_more(before or Refusals(), counted.refused, counted.reused, counted.reasons, now)
        writes = Writes()
        save_refusals(writes, integration_id, after, is_new=before is None)
        if is_notable:
            facts = await self._facts(integration_id, after.reasons[0])
            await send_refused_events(self.db, writes, facts, now=now)
        return writes

    async def _facts(self, integration_id: str, reason: Reason) -> RefusedEvents:
        about = await self.db.row(_About, "SELECT name, archived_at FROM integration WHERE id = :id", id=integration_id)
        kind = _kind(about)
        return RefusedEvents(
            kind=kind,
            name=about.name if about else "",
            status=reason.status,
            reason=reason.message,
            url=f"{self.app_url}/configure/integrations" + (f"/{integration_id}" if kind == "refused" else ""),
        )

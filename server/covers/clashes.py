"""A planned turn that can't be planned otherwise any more clashes with time off: colleagues are asked for cover."""

from dataclasses import dataclass
from datetime import datetime

from server.accounts.access.actors import load_actor
from server.accounts.audit.trail import audit
from server.covers.asking import new_request, open_request_exists
from server.covers.colleagues import WantedHours, propose
from server.covers.requests import about_cover
from server.covers.time_off import CLASH
from server.kernel.database import Database, Writes
from server.kernel.due import Claimed, handles
from server.schedules.rotas import Loaded, load_rotas
from shared.domain.on_call.least_recent import FROZEN_AHEAD
from shared.domain.on_call.schedules import shifts
from shared.domain.on_call.shifts import Shift

MOST_ASKED = 3


@handles(CLASH, at_once=1)
@dataclass(frozen=True)
class AskForClashes:
    """Handler of `cover.clash`; its ref is the schedule."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        loaded = (await load_rotas(self.db, [claimed.ref], since=now)).get(claimed.ref)
        if loaded is None:
            return writes
        found = [each for shift in _clashing(loaded, now) for each in _hours(loaded, shift, now)]
        wanted = [each for each in found if not await open_request_exists(self.db, each, now=now)]
        for each, colleagues in zip(wanted, await propose(self.db, wanted), strict=True):
            requester = await load_actor(self.db, each.user_id)
            if requester is None or not colleagues:
                continue
            asked = tuple(colleague.user.id for colleague in colleagues[:MOST_ASKED])
            row = await new_request(self.db, writes, loaded, each, asked=asked, reason="", now=now)
            audit(writes, requester, about_cover(loaded, row), verb="made", now=now)
        return writes


def _clashing(loaded: Loaded, now: datetime) -> list[Shift]:
    """The frozen turns of `least_recent` layers whose people are away."""
    planned = {layer.id for layer in loaded.row.layers if layer.rotation.order == "least_recent"}
    if not planned:
        return []
    return [
        shift
        for shift in shifts(loaded.rota, now, now + FROZEN_AHEAD)
        if shift.on_time_off and shift.override_id is None and shift.layer_id in planned and shift.start > now
    ]


def _hours(loaded: Loaded, shift: Shift, now: datetime) -> list[WantedHours]:
    """What of a shift is time off."""
    spans = [
        (max(off.start, shift.start, now), min(off.end, shift.end))
        for off in loaded.rota.time_off
        if off.user_id == shift.user_id
    ]
    return [
        WantedHours(loaded=loaded, user_id=shift.user_id, start=start, end=end) for start, end in spans if start < end
    ]

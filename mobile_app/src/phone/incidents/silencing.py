"""Silencing alerts like those of an incident: for a while they page nobody."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from phone.base.state import State
from shared.domain.pipeline.conditions import AlertCondition
from shared.wire import routes
from shared.wire.incidents import Alert, Incident
from shared.wire.services import Silence, SilenceInput

LABEL = "labels."


def common_labels(alerts: Sequence[Alert]) -> dict[str, str]:
    """Labels that all of them have with the same value, by name; of those that are open, if any is."""
    meant = [each for each in alerts if each.closed_at is None] or list(alerts)
    first = meant[0].labels if meant else {}
    alike = {name: value for name, value in first.items() if all(each.labels.get(name) == value for each in meant)}
    return dict(sorted(alike.items()))


class SilenceDraft(SilenceInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of labels only what is `left_out` was chosen: which there are may change. It begins when it is sent."""

    left_out: tuple[str, ...] = ()
    lasts_s: int = 3600


class Silencing(State):
    """Makes silences and takes them back."""

    async def make(
        self, incident: Incident, draft: SilenceDraft, labels: dict[str, str], *, now: datetime
    ) -> Silence | None:
        """From now on, for the incident's service or its team's; None leaves the reason in `error`."""
        if incident.team is None:
            return None
        conditions = tuple(AlertCondition(key=f"{LABEL}{name}", values=(value,)) for name, value in labels.items())
        wanted = SilenceInput(
            team_id=incident.team.id,
            service_id=incident.service.id if incident.service else None,
            comment=draft.comment.strip() or incident.title,
            conditions=(conditions,) if conditions else (),
            starts_at=now,
            ends_at=now + timedelta(seconds=draft.lasts_s),
        )
        return await self.read(self._client.write("POST", routes.SILENCES, wanted, answer=Silence, key=str(uuid4())))

    async def take_back(self, silence: Silence) -> None:
        """It never was, from now on; raises ApiError and Unreachable."""
        path = routes.SILENCE.format(silence_id=silence.id)
        await self._client.write("DELETE", path, answer=dict, rev=silence.rev)

    def forget(self) -> None:
        """Keep no reason: another person may sign in."""
        self.error = None

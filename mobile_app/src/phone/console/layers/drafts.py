"""A schedule and its layers in the form: the wire's structs, and what is not sent beside them."""

from typing import Final

from phone.base.places import Place, place
from shared.wire.schedules import LayerInput, ScheduleInput


class LayerDraft(LayerInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`role_id` is the on-call role of who is added; `was_reset`: switching on a mask took the weekly hours away."""

    role_id: str | None = None
    was_reset: bool = False


class ScheduleDraft(ScheduleInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`takes_over` is a wall time in the schedule's zone, whichever that becomes; sent as `effective_at`."""

    layers: tuple[LayerDraft, ...] = ()
    takes_over: str | None = None


LAYERS: Final = place(ScheduleDraft, lambda schedule: schedule.layers)
ZONE: Final = place(ScheduleDraft, lambda schedule: schedule.time_zone)
TEAM: Final = place(ScheduleDraft, lambda schedule: schedule.team_id)


def layer_at(number: int) -> Place[ScheduleDraft, LayerDraft]:
    """One of the layers, by its number in the draft from 0 on."""
    return LAYERS.then(lambda layers: layers[number])

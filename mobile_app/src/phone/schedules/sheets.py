"""What is asked about a slot or an override of a schedule, over whichever calendar shows it."""

import flet as ft

from phone.base import moments
from phone.base.draft import Draft
from phone.base.window import Window
from phone.hand_over.store import HandOver
from phone.kit.sheet import sheet
from phone.rotas import rota_wording
from phone.rotas.picture import Picture
from phone.rotas.store import Rotas
from phone.schedules.overrides.override_sheet import CancelForm, OverrideForm
from phone.schedules.slot_sheet import SlotView
from phone.schedules.store import OpenSchedule, Slot
from shared.domain.on_call.rota import Override


def schedule_sheet(
    window: Window, rotas: Rotas, schedule: OpenSchedule, *, hand_over: HandOver, drawn: Picture | None = None
) -> ft.BottomSheet | None:
    """`drawn` is the picture that a slot is of, where it isn't the schedule's own calendar."""
    look, words = window.look, window.look.words
    asking, item = schedule.asking, schedule.item

    def close() -> None:
        schedule.ask(None)

    if item is None or asking is None:
        return None
    if isinstance(asking, Draft):
        form = OverrideForm(window, schedule, asking, rotas, hand_over.names, look)
        return sheet(look, words("override.title"), [form], close)
    if isinstance(asking, Override):
        return sheet(look, words("override.cancel_title"), [CancelForm(window, schedule, look, asking)], close)
    shown = drawn or schedule.draw(rota_wording.LaneNames(words, item.roles))
    if shown is None or not isinstance(asking, Slot):
        return None
    title = moments.day_date(words, asking.day)
    return sheet(look, title, [SlotView(window, schedule, rotas, look, asking, shown, hand_over=hand_over)], close)

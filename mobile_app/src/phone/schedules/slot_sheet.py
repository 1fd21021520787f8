"""What stands in a slot of the calendar: who, when, why, and what can be done about it."""

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.moments import zone_of
from phone.base.window import Window
from phone.hand_over.store import HandOver
from phone.kit.controls import filled, quiet, word
from phone.kit.marks import avatar
from phone.kit.text import text
from phone.rotas import rota_wording
from phone.rotas.picture import Lane, Picture, day_of, touching
from phone.rotas.store import Rotas
from phone.schedules.store import OpenSchedule, Slot
from shared.domain.on_call.schedules import Gap
from shared.domain.on_call.shifts import Shift
from shared.wire.schedules import ScheduleRota


@ft.component
def SlotView(
    window: Window,
    schedule: OpenSchedule,
    _rotas: Rotas,
    look: Look,
    slot: Slot,
    drawn: Picture,
    *,
    hand_over: HandOver,
) -> ft.Control:
    """The shifts and gaps that touch the day, each with its reason; one way to change them."""
    item = schedule.item
    if item is None:
        return ft.Container(height=0)
    day = day_of(drawn.zone_name, slot.day)
    lanes = [lane for lane in drawn.lanes if slot.lane in (None, lane.key)]
    found = sorted(
        touching([each for lane in lanes for row in lane.rows for each in row], day.start, day.end),
        key=lambda each: (each.start, each.role_id or ""),
    )
    nobody = [gap for gap in drawn.gaps if gap.start < day.end and gap.end > day.start]
    parts: list[ft.Control] = []
    for number, shift in enumerate(found):
        is_away = drawn.is_away(shift, day.start, day.end)
        rows = [_shift(window, item, shift, is_away=is_away, schedule=schedule)]
        if item.may_edit and shift.end > window.clock.now():
            rows.append(_replace(look, shift, number, slot=slot, schedule=schedule))
        parts.append(ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))
    parts += [_gap(look, gap, drawn) for gap in nobody]
    parts += [
        _gap(look, gap, drawn, lane)
        for lane in lanes
        for gap in lane.gaps
        if gap.start < day.end and gap.end > day.start
    ]
    if not parts:
        parts.append(text(look.words("slot.empty"), "body", look.palette.muted))
    deeds = slot_actions(window, item, found, hand_over=hand_over, schedule=schedule)
    if item.may_edit:
        deeds.append(filled(look, look.words("slot.override"), lambda: schedule.draft(slot.day), key="slot-override"))
    deeds.append(quiet(look, look.words("close"), lambda: schedule.ask(None), key="slot-close"))
    return ft.Column([*parts, *deeds], spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _replace(look: Look, shift: Shift, number: int, *, slot: Slot, schedule: OpenSchedule) -> ft.Control:
    """The way to an override of this shift, below it."""
    deed = word(
        look, look.words("slot.replace"), lambda: schedule.draft_instead(shift, slot.day), key=f"replace-{number}"
    )
    return ft.Container(content=ft.Row([deed], tight=True), padding=ft.Padding.only(left=40))


def slot_actions(
    window: Window, item: ScheduleRota, found: list[Shift], *, hand_over: HandOver, schedule: OpenSchedule
) -> list[ft.Control]:
    """What people can do about these shifts besides an override, above its button."""
    now, look, schedule_id = window.clock.now(), window.look, item.schedule.id
    mine = next((each for each in found if each.user_id == look.person and each.end > now), None)
    if mine is None or not window.may_act:
        return []
    shift = hand_over.find(schedule_id, mine.start, mine.end)
    if shift is None:
        return []

    async def ask() -> None:
        schedule.ask(None)
        await hand_over.open("ask", shift=shift)

    return [quiet(look, look.words("hand_over.ask"), ask, icon=ft.Icons.BACK_HAND_OUTLINED, key="slot-ask")]


def _shift(window: Window, item: ScheduleRota, shift: Shift, *, is_away: bool, schedule: OpenSchedule) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    reader, rota = look.reader, schedule.rota or item.rota
    who = rota_wording.person(words, item, shift.user_id)
    role = rota_wording.role_name(words, item.roles, shift.role_id) if shift.role_id else ""
    lines: list[ft.Control] = [
        text(
            words("slot.who", who=reader.person(who), role=role) if role else reader.alone(who), "strong", palette.ink
        ),
        *_times(look, shift, schedule.zone_name),
        text(rota_wording.why(reader, item, rota, shift), "small", palette.muted),
    ]
    if is_away:
        off = ft.Icon(ft.Icons.BEACH_ACCESS, size=16, color=palette.warning)
        lines.append(ft.Row([off, text(words("slot.off"), "small", palette.warning, expand=True)], spacing=6))
    if shift.tentative:
        lines.append(text(words("slot.tentative"), "small", palette.warning))
    return _row(
        avatar(look, item.people.get(shift.user_id, "·"), who=shift.user_id),
        lines,
    )


def _times(look: Look, shift: Shift, zone_name: str) -> list[ft.Control]:
    """From and to with the length, and in the reader's own zone where that is another."""
    words, palette, zone = look.words, look.palette, zone_of(zone_name)
    lines: list[ft.Control] = [text(rota_wording.hours_and_length(words, shift, zone), "small", palette.ink)]
    if shift.start.astimezone(zone).utcoffset() != shift.start.astimezone(look.zone).utcoffset():
        mine = rota_wording.hours(words, shift, look.zone)
        lines.append(text(words("slot.my_time", when=mine), "small", palette.muted))
    return lines


def _gap(look: Look, gap: Gap, drawn: Picture, lane: Lane | None = None) -> ft.Control:
    palette, words = look.palette, look.words
    title = words("schedule.gap_role", role=lane.name) if lane is not None else words("schedule.gap")
    told = moments.stretch(words, gap.start, gap.end, zone_of(drawn.zone_name))
    lines: list[ft.Control] = [
        text(title, "strong", palette.critical),
        text(told, "small", palette.ink),
        text(rota_wording.causes(words, gap), "small", palette.muted),
    ]
    return _row(nobody_sign(look), lines)


def nobody_sign(look: Look) -> ft.Control:
    """In the place of a person where nobody is."""
    palette = look.palette
    return ft.Container(
        content=ft.Icon(ft.Icons.PERSON_OFF_OUTLINED, size=20, color=palette.critical),
        width=36,
        height=36,
        border_radius=36,
        bgcolor=palette.critical_bg,
        alignment=ft.Alignment.CENTER,
    )


def _row(sign: ft.Control, lines: list[ft.Control]) -> ft.Control:
    return ft.MergeSemantics(
        content=ft.Row(
            [sign, ft.Column(lines, spacing=2, tight=True, expand=True)],
            spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    )

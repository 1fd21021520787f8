"""Where nobody is on call in the next 30 days."""

from datetime import timedelta
from typing import Final

import flet as ft

from phone.base import moments
from phone.base.moments import zone_of
from phone.base.window import Window
from phone.kit.controls import quiet
from phone.kit.text import heading, text
from phone.rotas import rota_wording
from phone.schedules.store import AHEAD, OpenSchedule
from shared.domain.on_call.schedules import Gap
from shared.wire.schedules import ScheduleRota

SHOWN: Final = 4
LAST: Final = timedelta(hours=2)


def gaps_card(window: Window, item: ScheduleRota, *, schedule: OpenSchedule) -> list[ft.Control]:
    """Nothing, or a card that names each with its reason and offers to fill it."""
    palette, words = window.look.palette, window.look.words
    found = schedule.gaps_ahead
    if not found:
        calm = ft.Row(
            [
                ft.Icon(ft.Icons.CHECK, size=18, color=palette.ok),
                text(words("gaps.none"), "small", palette.muted, expand=True),
            ],
            spacing=8,
        )
        return [calm]
    title = ft.Row(
        [
            ft.Icon(ft.Icons.PERSON_OFF_OUTLINED, size=20, color=palette.critical),
            ft.Container(
                content=heading(words("gaps.title", count=len(found)), "strong", palette.critical), expand=True
            ),
        ],
        spacing=8,
    )
    parts: list[ft.Control] = [title, *(_gap(window, item, gap, schedule=schedule) for gap in found[:SHOWN])]
    if len(found) > SHOWN:
        parts.append(text(words("gaps.more", count=len(found) - SHOWN), "small", palette.muted))
    card = ft.Container(
        content=ft.Column(parts, spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
        padding=ft.Padding.all(16),
    )
    return [card]


def _gap(window: Window, item: ScheduleRota, gap: Gap, *, schedule: OpenSchedule) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    zone = zone_of(schedule.zone_name)
    # What reaches the end of the window goes on behind it, as far as anybody has looked.
    if gap.end - window.clock.now() > AHEAD - LAST:
        told = words("gaps.from_on", start=moments.exact(words, gap.start, zone))
    elif gap.start <= window.clock.now():
        told = words("gaps.now_until", end=moments.exact(words, gap.end, zone))
    else:
        when = moments.stretch(words, gap.start, gap.end, zone)
        told = words("slot.when", when=when, length=moments.hours(words, gap.end - gap.start))
    lines: list[ft.Control] = [
        text(told, "small", palette.ink),
        text(rota_wording.causes(words, gap), "small", palette.muted),
    ]
    row: list[ft.Control] = [ft.MergeSemantics(content=ft.Column(lines, spacing=2, tight=True), expand=True)]
    if item.may_edit:
        start, end = (each.replace(second=0, microsecond=0) for each in (gap.start, gap.end))
        fill = quiet(look, words("gaps.fill"), lambda: schedule.fill(start, end), key=f"fill-{gap.start:%Y%m%d%H%M}")
        row.append(fill)
    return ft.Row(row, spacing=12)

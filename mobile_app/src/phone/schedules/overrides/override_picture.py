"""What an override changes, as bars: who is on call in its hours before and after, and a little around them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import flet as ft
from msgspec import structs

from phone.base.hues import Hue
from phone.base.look import Look
from phone.kit.text import text
from phone.rotas import rota_wording
from phone.schedules.calendar.shift_bar import Bar, bar
from shared.domain.on_call.rota import Override, Rota
from shared.domain.on_call.schedules import shifts
from shared.domain.on_call.shifts import Shift
from shared.wire.schedules import ScheduleRota

AROUND: Final = 0.25
"""Of its length on each side."""
LEAST: Final = timedelta(hours=2)
THICK: Final = 34.0
NAMES: Final = 64.0

Held = tuple[Sequence[Shift], Sequence[Shift]]
Window = tuple[datetime, datetime]


def changed_lanes(rota: Rota, made: Override) -> tuple[Window, dict[str | None, Held]]:
    """The window that is shown, and the shifts of each role that changes in it, before and after."""
    around = max((made.end - made.start) * AROUND, LEAST)
    window = made.start - around, made.end + around
    others = tuple(each for each in rota.overrides if each.id != made.id)
    before, after = (_by_role(each, window) for each in (rota, structs.replace(rota, overrides=(*others, made))))
    roles = dict.fromkeys((*before, *after))
    return window, {
        role: (before.get(role, []), after.get(role, []))
        for role in roles
        if _who(before.get(role, [])) != _who(after.get(role, []))
    }


def override_picture(
    look: Look, item: ScheduleRota, rota: Rota, made: Override, *, hues: Mapping[str, Hue], width: float
) -> list[ft.Control]:
    """Nothing where it changes nobody."""
    window, lanes = changed_lanes(rota, made)
    rows: list[ft.Control] = []
    for role, (before, after) in lanes.items():
        if role is not None and len(lanes) > 1:
            rows.append(text(rota_wording.role_name(look.words, item.roles, role), "caption", look.palette.muted))
        rows.append(_row(look, item, "override.before", before, window, hues=hues, width=width))
        rows.append(_row(look, item, "override.after", after, window, hues=hues, width=width))
    if not rows:
        return []
    # The sentence below says the same in words.
    return [ft.Semantics(exclude_semantics=True, content=ft.Column(rows, spacing=6, tight=True))]


def _by_role(rota: Rota, window: Window) -> dict[str | None, list[Shift]]:
    found: dict[str | None, list[Shift]] = {}
    for shift in shifts(rota, *window):
        found.setdefault(shift.role_id, []).append(shift)
    return found


def _who(found: Sequence[Shift]) -> list[tuple[str, datetime, datetime]]:
    return sorted((each.user_id, each.start, each.end) for each in found)


def _row(
    look: Look,
    item: ScheduleRota,
    label: str,
    found: Sequence[Shift],
    window: Window,
    *,
    hues: Mapping[str, Hue],
    width: float,
) -> ft.Control:
    room, whole = width - NAMES, window[1] - window[0]
    bars = [
        Bar(
            left=room * ((each.start - window[0]) / whole),
            width=room * ((each.end - each.start) / whole),
            height=THICK,
            name=look.reader.alone(rota_wording.person(look.words, item, each.user_id)),
            person=rota_wording.person(look.words, item, each.user_id).name,
            hue=hues.get(each.user_id),
            is_mine=each.user_id == look.person,
            is_override=each.override_id is not None,
        )
        for each in found
    ]
    ground = ft.Container(left=0, top=0, width=room, height=THICK, bgcolor=look.palette.critical_bg, border_radius=7)
    drawn = ft.Stack([ground, *(bar(look, each, top=0) for each in bars)], width=room, height=THICK)
    name = ft.Container(content=text(look.words(label), "caption", look.palette.muted, lines=1), width=NAMES)
    return ft.Row([name, drawn], spacing=0)

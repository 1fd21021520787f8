"""Snoozing: until when, in one tap for the usual lengths."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

import flet as ft

from phone.base import moments
from phone.base.device.clock import Clock
from phone.base.look import Look
from phone.kit.choices import segments
from phone.kit.controls import filled
from phone.kit.fields import Entry, field
from phone.kit.hooks import drafted_state
from phone.kit.rows import deed_row
from phone.kit.text import text

PRESETS: Final = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=4))
MORNING: Final = 9
UNITS: Final = {"minutes": 60, "hours": 3600, "days": 86_400}
LONGEST: Final = timedelta(days=7)


def next_morning(now: datetime, zone: tzinfo) -> datetime:
    """The next nine o'clock in this zone; on a day that skips it, the clock says so."""
    local = now.astimezone(zone)
    at = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return at if at > local else at + timedelta(days=1)


@ft.component
def SnoozeForm(look: Look, clock: Clock, snooze: Callable[[datetime], Any]) -> ft.Control:
    """`snooze` gets the end that was chosen."""
    own, choose_own = drafted_state(look.drafts, "snooze-own", False)
    words, palette = look.words, look.palette
    now = clock.now().replace(microsecond=0)
    rows: list[ft.Control] = [text(words("snooze.consequence"), "body", palette.muted)]
    choices: list[ft.Control] = [_preset(look, now, length, snooze) for length in PRESETS]
    morning = next_morning(now, look.zone)
    choices.append(
        deed_row(
            look,
            ft.Icons.WB_TWILIGHT,
            words("snooze.morning"),
            lambda: snooze(morning),
            at_right=moments.day_clock(words, morning, look.zone),
            key="snooze-morning",
        )
    )
    if not own:
        choices.append(deed_row(look, ft.Icons.EDIT_OUTLINED, words("snooze.own"), lambda: choose_own(True), key="own"))
    rows.append(ft.Column(choices, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))
    if own:
        rows.append(OwnLength(look, now, snooze))
    return ft.Column(rows, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _preset(look: Look, now: datetime, length: timedelta, snooze: Callable[[datetime], Any]) -> ft.Control:
    return deed_row(
        look,
        ft.Icons.SNOOZE,
        moments.span(look.words, length),
        lambda: snooze(now + length),
        at_right=moments.moment(look.words, now + length, now=now, zone=look.zone),
        key=f"snooze-{int(length.total_seconds()) // 60}",
    )


@ft.component
def OwnLength(look: Look, now: datetime, snooze: Callable[[datetime], Any]) -> ft.Control:
    """A number and its unit, with the end that they mean on the button."""
    number, type_number = drafted_state(look.drafts, "snooze-number", "2")
    unit, choose_unit = drafted_state(look.drafts, "snooze-unit", "hours")
    words = look.words
    length = _length(number, unit)
    until = moments.moment(words, now + length, now=now, zone=look.zone) if length else ""
    units = [(each, words(f"snooze.{each}"), words(f"snooze.{each}")) for each in UNITS]
    parts: list[ft.Control] = [
        field(
            look,
            words("snooze.length"),
            number,
            type_number,
            error=None if length else words("snooze.wrong"),
            entry=Entry(keyboard=ft.KeyboardType.NUMBER, autofocus=True),
            key="snooze-number",
        ),
        segments(look, units, unit, choose_unit),
        filled(
            look,
            words("snooze.submit", until=until) if length else words("verb.snooze"),
            lambda: snooze(now + length) if length else None,
            busy=not length,
            key="snooze-send",
        ),
    ]
    return ft.Column(parts, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _length(number: str, unit: str) -> timedelta | None:
    """None for what is no number, less than a minute or more than a week."""
    try:
        length = timedelta(seconds=float(number.replace(",", ".")) * UNITS[unit])
    except (ValueError, OverflowError):
        return None
    return length if timedelta(minutes=1) <= length <= LONGEST else None

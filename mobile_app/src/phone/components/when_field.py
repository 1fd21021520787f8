"""A day and a time of day in a named zone: a step to either side, a calendar, a time that is typed."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

import flet as ft

from phone import moments
from phone.components.controls import Face, icon, tappable
from phone.components.fields import Entry, field
from phone.components.hooks import state
from phone.components.text import text
from phone.state.look import Look
from shared.domain.time import at, localized

TIME: Final = re.compile(r"([01]?\d|2[0-3])[:.]?([0-5]\d)")
FIRST, LAST = datetime(2000, 1, 1), datetime(2099, 12, 31)  # noqa: DTZ001 - the picker knows days, not instants
HALF_A_DAY: Final = timedelta(hours=12)


@ft.component
def WhenField(
    look: Look, label: str, value: datetime, zone_name: str, change: Callable[[datetime], Any], key: str
) -> ft.Control:
    """`change` gets the instant and may be awaited; a time that can't be read is said so and changes nothing."""
    local = localized(zone_name, value)
    typed, type_it = state(moments.clock(value, local.tzinfo or look.zone))
    palette, words = look.palette, look.words
    is_time = TIME.fullmatch(typed.strip()) is not None

    def move(day: date) -> Any:
        return change(at(zone_name, f"{day.isoformat()}T{local:%H:%M}"))

    def take(text_given: str) -> Any:
        type_it(text_given)
        parts = TIME.fullmatch(text_given.strip())
        if parts is None:
            return None
        return change(at(zone_name, f"{local.date().isoformat()}T{int(parts[1]):02}:{parts[2]}"))

    async def took(event: ft.Event[ft.DatePicker]) -> None:
        if event.control.value:
            result = move(_day(event.control.value))
            if hasattr(result, "__await__"):
                await result

    def pick() -> None:
        ft.context.page.show_dialog(
            ft.DatePicker(
                value=datetime(local.year, local.month, local.day, 12),  # noqa: DTZ001 - a day, in any zone
                first_date=FIRST,
                last_date=LAST,
                on_change=took,
            )
        )

    shown = moments.day_date(words, local.date())
    day = tappable(
        look,
        text(shown, "body", palette.ink, lines=1, align=ft.TextAlign.CENTER, label=f"{label}, {shown}"),
        pick,
        face=Face(
            colour=palette.raised,
            side=ft.BorderSide(width=1, color=palette.line),
            radius=10,
            padding=ft.Padding.symmetric(horizontal=6, vertical=14),
            align=ft.Alignment.CENTER,
        ),
        expand=True,
        key=f"{key}-day",
    )
    entry = Entry(hint="09:00", name=words("names.more", names=label, name=words("when.time")))
    time = ft.Container(content=field(look, "", typed, take, entry=entry, key=f"{key}-time"), width=92)
    row = ft.Row(
        [
            icon(
                look,
                ft.Icons.CHEVRON_LEFT,
                words("when.earlier", what=label),
                lambda: move(local.date() - timedelta(days=1)),
                key=f"{key}-earlier",
            ),
            day,
            icon(
                look,
                ft.Icons.CHEVRON_RIGHT,
                words("when.later", what=label),
                lambda: move(local.date() + timedelta(days=1)),
                key=f"{key}-later",
            ),
            time,
        ],
        spacing=2,
    )
    lines: list[ft.Control] = [text(label, "label", palette.ink), row]
    if not is_time:
        lines.append(text(words("when.not_a_time"), "small", palette.critical))
    return ft.Column(lines, spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _day(chosen: datetime | date) -> date:
    """The picker tells its day as a midnight, which may be the evening before in UTC."""
    return (chosen + HALF_A_DAY).date() if isinstance(chosen, datetime) else chosen

"""A month as a grid of days, and a date chosen in it."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import flet as ft

from phone.base.i18n import Words
from phone.base.look import Look
from phone.kit.controls import icon
from phone.kit.hooks import state
from phone.kit.text import heading, text

CELL: Final = 48
DAYS: Final = 7
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True)
class Month:
    """A month of a year."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month that a day is in."""
        return cls(day.year, day.month)

    def moved(self, by: int) -> "Month":
        """So many months later."""
        place = self.year * 12 + self.number - 1 + by
        return Month(place // 12, place % 12 + 1)

    @property
    def weeks(self) -> list[list[date | None]]:
        """Its days by week, Monday first; None for those of other months."""
        return [
            [date(self.year, self.number, number) if number else None for number in week]
            for week in calendar.monthcalendar(self.year, self.number)
        ]

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    def title(self, words: Words) -> str:
        """ "November 2026"."""
        return words("month.title", month=words(f"month_long.{self.number}"), year=self.year)


def month_head(look: Look, month: Month, go: Callable[[Month], Any], *, level: int = 3) -> ft.Control:
    """The month's name between the ways to the one before and the one after."""
    words = look.words
    return ft.Row(
        [
            ft.Container(content=heading(month.title(words), "strong", look.palette.ink, level=level), expand=True),
            icon(look, ft.Icons.CHEVRON_LEFT, words("month.before"), lambda: go(month.moved(-1)), key="month-before"),
            icon(look, ft.Icons.CHEVRON_RIGHT, words("month.after"), lambda: go(month.moved(1)), key="month-after"),
        ],
        spacing=0,
    )


def month_grid(look: Look, month: Month, cell: Callable[[date], ft.Control], *, gap: float = 2) -> ft.Control:
    """Seven columns of what `cell` draws for a day, under the weekdays' names."""
    names = [
        ft.Container(
            content=text(look.words(f"day_short.{day}"), "caption", look.palette.muted, align=ft.TextAlign.CENTER),
            expand=True,
            alignment=ft.Alignment.CENTER,
        )
        for day in range(DAYS)
    ]
    rows: list[ft.Control] = [ft.Row(list(names), spacing=gap)]
    for week in month.weeks:
        cells = [ft.Container(content=cell(day) if day is not None else None, expand=True, height=CELL) for day in week]
        rows.append(ft.Row(list(cells), spacing=gap))
    return ft.Column(rows, spacing=gap, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@ft.component
def DateChoice(look: Look, chosen: date | None, choose: Callable[[date], Any], today: date) -> ft.Control:
    """A date chosen in a month, in a sheet."""
    month, go = state(Month.of(chosen or today))
    palette = look.palette

    def cell(day: date) -> ft.Control:
        own = day == chosen
        ink = palette.on_accent if own else palette.accent if day == today else palette.ink
        spoken = look.words("month.day", day=day.day, month=look.words(f"month_long.{day.month}"))
        return ft.MergeSemantics(
            content=ft.Semantics(
                selected=own,
                content=ft.TextButton(
                    content=text(str(day.day), "button" if own or day == today else "body", ink, label=spoken, lines=1),
                    on_click=lambda _: choose(day),
                    key=f"day-{day.isoformat()}",
                    style=ft.ButtonStyle(
                        bgcolor=palette.accent if own else "#00000000",
                        overlay_color=palette.veil,
                        shape=ft.RoundedRectangleBorder(radius=10),
                        padding=ft.Padding.all(0),
                        alignment=ft.Alignment.CENTER,
                    ),
                ),
            )
        )

    return ft.Column(
        [month_head(look, month, go), month_grid(look, month, cell)],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )

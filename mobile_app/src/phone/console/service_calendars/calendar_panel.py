"""The days of a service calendar: a month to tap in, a year to look at, and the days that were set by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final, Literal

import flet as ft
from msgspec.structs import replace

from phone.base import problems
from phone.base.i18n import Words
from phone.base.look import Look
from phone.base.places import without
from phone.base.window import Window
from phone.console.form.editor import Editor
from phone.console.form.kind import Known
from phone.console.schedules.shift_changes import day_date
from phone.console.service_calendars.holidays import Holidays
from phone.console.service_calendars.kind import OWN_DAYS, reason_text, shown_day, toggled
from phone.kit.choices import segments
from phone.kit.controls import Face, icon, tappable
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import state
from phone.kit.month_grid import DAYS, Month, month_grid, month_head
from phone.kit.text import text
from shared.domain.on_call.workdays import Day
from shared.wire.service_calendars import ServiceCalendarInput

View = Literal["month", "year"]
VIEWS: Final[tuple[View, ...]] = ("month", "year")
MONTHS: Final = 12
SMALL: Final = 18
MOST_WEEKS: Final = 6
DATE_WIDTH: Final = 116


@ft.component
def CalendarPanel(window: Window, editor: Editor, holidays: Holidays, known: Known, fixed: bool) -> ft.Control:
    """A tap makes a workday of a rest day and the other way round, and takes that back."""
    look, words = window.look, known.words
    today = known.now.astimezone(known.reader.zone).date()
    month, go = state(Month.of(today))
    view, show = state("month")
    saved = editor.item

    async def read() -> None:
        if saved is not None:
            await holidays.need(saved.id, saved.rev, month.year)

    ft.use_effect(read, [month.year, saved.rev if saved is not None else 0])
    sheet = editor.sheet
    draft = sheet.draft if sheet is not None else None
    before = sheet.saved if sheet is not None else None
    if not isinstance(draft, ServiceCalendarInput) or not isinstance(before, ServiceCalendarInput):
        # The form is gone, or another stands there already.
        return ft.Container(height=0)

    def of(day: date) -> Day:
        return shown_day(draft, day, holidays.days.get(day))

    def turn(day: date) -> None:
        now = replace(draft, own_days=editor.value(OWN_DAYS) or ())
        editor.choose(OWN_DAYS, toggled(now, day, holidays.days.get(day)))

    def open_month(chosen: Month) -> None:
        go(chosen)
        show("month")

    choices = [(each, words(f"calendar.{each}"), words(f"calendar.{each}")) for each in VIEWS]
    parts: list[ft.Control] = [ft.Container(content=segments(look, choices, view, show), width=220)]
    if view == "year":
        parts.append(_year(look, words, month, go, of, open_month))
    else:
        parts.append(month_head(look, month, go))
        cell = _cells(look, known, of, today, None if fixed else turn)
        parts.append(month_grid(look, month, cell, gap=4))
        parts.append(_reasons(look, known, [of(day) for week in month.weeks for day in week if day is not None]))
    parts.append(_legend(look, words))
    parts += _notes(look, holidays, before, draft, is_new=saved is None)
    parts += _own(window, editor, known, draft, fixed=fixed)
    return ft.Column(parts, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _notes(
    look: Look, holidays: Holidays, saved: ServiceCalendarInput, draft: ServiceCalendarInput, *, is_new: bool
) -> list[ft.Control]:
    """What the days shown don't know yet."""
    words = look.words
    notes: list[ft.Control] = []
    if holidays.error is not None:
        notes.append(problem_line(look, problems.problem(words, holidays.error)))
    if is_new:
        notes.append(text(words("calendar.new"), "small", look.palette.muted))
    elif draft.holidays != saved.holidays:
        notes.append(text(words("calendar.save_first"), "small", look.palette.muted))
    return notes


def _cells(
    look: Look, known: Known, of: Callable[[date], Day], today: date, turn: Callable[[date], Any] | None
) -> Callable[[date], ft.Control]:
    palette = look.palette

    def cell(day: date) -> ft.Control:
        shown = of(day)
        rests = shown.kind == "rest"
        ink = palette.muted if rests else palette.ink
        number = f"{day.day}?" if shown.provisional else str(day.day)
        spoken = f"{day_date(known.words, day)}, {reason_text(known, shown)}"
        inside = ft.Row(
            [
                text(
                    number, "button" if day == today else "body", palette.accent if day == today else ink, label=spoken
                ),
                *([_dot(look, shown)] if shown.reason != "weekday" else []),
            ],
            spacing=4,
            tight=True,
            alignment=ft.MainAxisAlignment.CENTER,
        )
        side = ft.BorderSide(width=1.5 if shown.reason == "own" else 1, color=_edge(look, shown))
        colour = palette.fill if rests else palette.raised
        if turn is None:
            return ft.Container(content=inside, bgcolor=colour, border_radius=8, alignment=ft.Alignment.CENTER)
        tap = turn
        return tappable(
            look,
            inside,
            lambda: tap(day),
            face=Face(colour=colour, side=side, radius=8, align=ft.Alignment.CENTER),
            key=f"day-{day.isoformat()}",
        )

    return cell


def _edge(look: Look, day: Day) -> str:
    palette = look.palette
    return palette.accent if day.reason == "own" else palette.line


def _dot(look: Look, day: Day) -> ft.Control:
    palette = look.palette
    colour = {"own": palette.accent, "make_up": palette.warning}.get(day.reason, palette.ok)
    return ft.Container(width=6, height=6, border_radius=6, bgcolor=colour)


def _reasons(look: Look, known: Known, days: list[Day]) -> ft.Control:
    """What is special in a month, day by day."""
    palette = look.palette
    lines: list[ft.Control] = []
    for each in days:
        if each.reason == "weekday":
            continue
        row: list[ft.Control] = [
            ft.Container(content=text(day_date(known.words, each.date), "small", palette.muted), width=DATE_WIDTH),
            ft.Container(content=_dot(look, each), padding=ft.Padding.only(top=6)),
            text(reason_text(known, each), "small", palette.ink, expand=True),
        ]
        lines.append(ft.Row(row, spacing=8, vertical_alignment=ft.CrossAxisAlignment.START))
    if any(each.provisional for each in days):
        lines.append(text(known.words("calendar.provisional"), "small", palette.warning))
    return ft.Column(lines, spacing=4, tight=True)


def _legend(look: Look, words: Words) -> ft.Control:
    palette = look.palette
    kinds = [("workday", palette.raised), ("rest", palette.fill)]
    found: list[ft.Control] = []
    for kind, colour in kinds:
        box = ft.Container(width=14, height=14, border_radius=4, bgcolor=colour, border=ft.Border.all(1, palette.faint))
        found.append(ft.Row([box, text(words(f"day_kind.{kind}"), "caption", palette.muted)], spacing=6, tight=True))
    for reason, colour in (("holiday", palette.ok), ("make_up", palette.warning), ("own", palette.accent)):
        dot = ft.Container(width=6, height=6, border_radius=6, bgcolor=colour)
        found.append(
            ft.Row([dot, text(words(f"day_reason.{reason}"), "caption", palette.muted)], spacing=6, tight=True)
        )
    return ft.Row(found, wrap=True, spacing=14, run_spacing=6)


def _year(
    look: Look,
    words: Words,
    month: Month,
    go: Callable[[Month], Any],
    of: Callable[[date], Day],
    open_month: Callable[[Month], Any],
) -> ft.Control:
    palette = look.palette
    head = ft.Row(
        [
            ft.Container(content=text(str(month.year), "strong", palette.ink), expand=True),
            icon(
                look,
                ft.Icons.CHEVRON_LEFT,
                words("year.before"),
                lambda: go(month.moved(-MONTHS)),
                key="year-before",
            ),
            icon(look, ft.Icons.CHEVRON_RIGHT, words("year.after"), lambda: go(month.moved(MONTHS)), key="year-after"),
        ],
        spacing=0,
    )
    minis = [_mini(look, words, Month(month.year, number), of, open_month) for number in range(1, MONTHS + 1)]
    return ft.Column(
        [head, ft.Row(list(minis), wrap=True, spacing=8, run_spacing=8)],
        spacing=8,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _mini(
    look: Look, words: Words, month: Month, of: Callable[[date], Day], open_month: Callable[[Month], Any]
) -> ft.Control:
    """A small month: rest days filled, special days in their colour."""
    palette = look.palette
    rows: list[ft.Control] = []
    empty: list[list[date | None]] = [[None] * DAYS] * (MOST_WEEKS - len(month.weeks))
    for week in [*month.weeks, *empty]:
        cells: list[ft.Control] = []
        for day in week:
            shown = of(day) if day is not None else None
            colour = "#00000000"
            if shown is not None and shown.reason != "weekday":
                colour = {"own": palette.accent, "make_up": palette.warning}.get(shown.reason, palette.ok)
            elif shown is not None:
                colour = palette.fill if shown.kind == "workday" else palette.faint
            cells.append(ft.Container(width=SMALL - 3, height=SMALL - 3, border_radius=4, bgcolor=colour))
        rows.append(ft.Row(cells, spacing=3, tight=True))
    rest = sum(of(day).kind == "rest" for week in month.weeks for day in week if day is not None)
    name = words(f"month_long.{month.number}")
    spoken = words("calendar.month_rest", month=name, count=rest)
    content = ft.Column([text(name, "label", palette.ink, label=spoken), *rows], spacing=3, tight=True)
    return tappable(
        look,
        content,
        lambda: open_month(month),
        face=Face(
            colour=palette.raised,
            side=ft.BorderSide(width=1, color=palette.line),
            radius=10,
            padding=ft.Padding.all(10),
            align=ft.Alignment.TOP_LEFT,
        ),
        key=f"month-{month.year}-{month.number}",
    )


def _own(window: Window, editor: Editor, known: Known, draft: ServiceCalendarInput, *, fixed: bool) -> list[ft.Control]:
    """Days that were set by hand, to be named or taken back."""
    look, palette, words = window.look, window.look.palette, known.words
    parts: list[ft.Control] = []
    for i, each in enumerate(draft.own_days):
        day, name_at = each.date, OWN_DAYS.then(lambda days, i=i: days[i].name)
        lines: list[ft.Control] = [
            text(day_date(words, day), "label", palette.ink),
            text(words(f"day_kind.{each.kind}"), "small", palette.muted),
        ]
        name = field(
            look,
            "",
            each.name,
            lambda given, at=name_at: editor.type(at, given),
            entry=Entry(hint=words("hint.own_day"), fixed=fixed),
            key=f"field-{name_at.key}",
        )
        row: list[ft.Control] = [
            ft.Container(content=ft.Column(lines, spacing=0, tight=True), width=DATE_WIDTH),
            ft.Container(content=name, expand=True),
        ]
        if not fixed:
            label = words("words.remove", word=day_date(words, day))
            row.append(
                icon(
                    look,
                    ft.Icons.CLOSE,
                    label,
                    lambda i=i: editor.edit(OWN_DAYS, lambda now: without(now, i)),
                    key=f"drop-own_days.{i}",
                    colour=palette.muted,
                )
            )
        parts.append(ft.Row(row, spacing=8))
    return parts

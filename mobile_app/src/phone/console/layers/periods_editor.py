"""The hours of a layer: periods of a day, or of a week."""

from collections.abc import Callable
from typing import Any, Final, Literal

import flet as ft
import msgspec

from phone.base.places import Place, without
from phone.base.window import Window
from phone.console.form.changes import belongs_to, refusal
from phone.console.form.editor import Editor
from phone.console.form.kind import Known
from phone.console.layers.drafts import LayerDraft, ScheduleDraft, layer_at
from phone.console.layers.layers import next_period
from phone.kit.controls import icon, word
from phone.kit.fields import problem_line
from phone.kit.form_field import Field, Option
from phone.kit.moment_field import time_box
from phone.kit.picker import Picker
from phone.kit.text import text
from shared.domain.time import WEEKDAYS
from shared.wire.schedules import PeriodInput

End = Literal["start", "end"]
ENDS: Final[tuple[End, ...]] = ("start", "end")
MOST_PERIODS: Final = 20


def periods_editor(
    window: Window, editor: Editor, known: Known, place: int, layer: LayerDraft, *, fixed: bool
) -> list[ft.Control]:
    """A line per period, and one more on demand; a period that ends before it starts goes over midnight."""
    restriction = layer.restriction
    hours_at = layer_at(place).then(lambda layer: layer.restriction)
    at = hours_at.then(lambda hours: hours.periods)
    periods = restriction.periods
    if restriction.kind == "none":
        return []

    def drop(index: int) -> None:
        editor.edit(at, lambda now: without(now, index))

    def add() -> None:
        editor.edit(hours_at, lambda now: msgspec.structs.replace(now, periods=(*now.periods, next_period(now))))

    parts = [
        _period(
            window,
            editor,
            known,
            at.then(lambda periods, i=i: periods[i]),
            period,
            None if fixed else lambda i=i: drop(i),
        )
        for i, period in enumerate(periods)
    ]
    if not fixed and len(periods) < MOST_PERIODS:
        parts.append(ft.Row([word(window.look, known.words("period.add"), add, key=f"add-period-{place}")]))
    return parts


def _period(
    window: Window,
    editor: Editor,
    known: Known,
    at: Place[ScheduleDraft, PeriodInput],
    period: PeriodInput,
    drop: Callable[[], Any] | None,
) -> ft.Control:
    look, words = window.look, known.words
    ends = [_end(window, editor, known, at, period, which, fixed=drop is None) for which in ENDS]
    dash = text(words("period.to"), "body", look.palette.muted)
    tools: list[ft.Control] = []
    if drop is not None:
        label = words("period.remove")
        tools = [icon(look, ft.Icons.CLOSE, label, drop, key=f"drop-{at.key}", colour=look.palette.muted)]
    if period.start_weekday and not look.is_split:
        first = ft.Row([*ends[0]], spacing=6)
        last = ft.Row([dash, *ends[1], *tools], spacing=6)
        lines: list[ft.Control] = [first, last]
    else:
        lines = [ft.Row([*ends[0], dash, *ends[1], *tools], spacing=6)]
    problems = [each for each in (*editor.refused, *editor.doubted) if belongs_to(each, at.key)]
    lines += [problem_line(look, refusal(known, each)) for each in problems]
    if not problems and not period.start_weekday and period.end and period.end < period.start:
        lines.append(text(words("period.overnight"), "small", look.palette.muted))
    return ft.Column(lines, spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _end(
    window: Window,
    editor: Editor,
    known: Known,
    at: Place[ScheduleDraft, PeriodInput],
    period: PeriodInput,
    which: End,
    *,
    fixed: bool,
) -> list[ft.Control]:
    words = known.words
    if which == "start":
        clock_at, day_at = at.then(lambda period: period.start), at.then(lambda period: period.start_weekday)
        clock, weekday = period.start, period.start_weekday
    else:
        clock_at, day_at = at.then(lambda period: period.end), at.then(lambda period: period.end_weekday)
        clock, weekday = period.end, period.end_weekday
    each = Field(key=clock_at.key, label=words(f"period.{which}"), fixed=fixed)
    typed = time_box(window.look, each, clock, lambda given: editor.type(clock_at, given))
    box = ft.Container(content=ft.Semantics(label=each.label, content=typed), width=84)
    if not weekday:
        return [box]
    days = tuple(Option(value=day, label=words(f"day_long.{i}")) for i, day in enumerate(WEEKDAYS))

    def choose(chosen: str | None) -> None:
        editor.choose(day_at, next((day for day in WEEKDAYS if day == chosen), None))

    day = Field(key=day_at.key, label=words(f"period.{which}"), shows_label=False, options=days, fixed=fixed)
    picker = Picker(window.look, day, weekday, choose)
    return [ft.Container(content=picker, expand=True), box]

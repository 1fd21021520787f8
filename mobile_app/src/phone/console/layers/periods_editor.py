"""The hours of a layer: periods of a day, or of a week."""

from collections.abc import Callable
from typing import Any, Final, cast

import flet as ft

from phone.base.window import Window
from phone.console.form.changes import belongs_to, refusal
from phone.console.form.editor import Editor
from phone.console.form.kind import Known
from phone.console.layers.layers import Layer, next_period
from phone.kit.controls import icon, word
from phone.kit.fields import problem_line
from phone.kit.form_field import Field, Option
from phone.kit.moment_field import time_box
from phone.kit.picker import Picker
from phone.kit.text import text
from shared.domain.time import WEEKDAYS

MOST_PERIODS: Final = 20


def periods_editor(window: Window, editor: Editor, known: Known, place: int, *, fixed: bool) -> list[ft.Control]:
    """A line per period, and one more on demand; a period that ends before it starts goes over midnight."""
    restriction = cast(Layer, editor.value(f"layers.{place}"))["restriction"]
    at = f"layers.{place}.restriction.periods"
    periods = cast(list[dict[str, Any]], restriction["periods"])
    if restriction["kind"] == "none":
        return []

    def drop(index: int) -> None:
        editor.choose(at, [each for i, each in enumerate(periods) if i != index])

    def add() -> None:
        editor.choose(at, [*periods, next_period(restriction)])

    parts = [
        _period(window, editor, known, f"{at}.{i}", None if fixed else lambda i=i: drop(i)) for i in range(len(periods))
    ]
    if not fixed and len(periods) < MOST_PERIODS:
        parts.append(ft.Row([word(window.look, known.words("period.add"), add, key=f"add-period-{place}")]))
    return parts


def _period(window: Window, editor: Editor, known: Known, at: str, drop: Callable[[], Any] | None) -> ft.Control:
    look, words = window.look, known.words
    period = cast(dict[str, Any], editor.value(at))
    ends = [_end(window, editor, known, at, which, fixed=drop is None) for which in ("start", "end")]
    dash = text(words("period.to"), "body", look.palette.muted)
    tools: list[ft.Control] = []
    if drop is not None:
        tools = [icon(look, ft.Icons.CLOSE, words("period.remove"), drop, key=f"drop-{at}", colour=look.palette.muted)]
    if period.get("start_weekday") and not look.is_split:
        first = ft.Row([*ends[0]], spacing=6)
        last = ft.Row([dash, *ends[1], *tools], spacing=6)
        lines: list[ft.Control] = [first, last]
    else:
        lines = [ft.Row([*ends[0], dash, *ends[1], *tools], spacing=6)]
    problems = [each for each in (*editor.refused, *editor.doubted) if belongs_to(each, at)]
    lines += [problem_line(look, refusal(known, each)) for each in problems]
    if not problems and not period.get("start_weekday") and period["end"] and period["end"] < period["start"]:
        lines.append(text(words("period.overnight"), "small", look.palette.muted))
    return ft.Column(lines, spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _end(window: Window, editor: Editor, known: Known, at: str, which: str, *, fixed: bool) -> list[ft.Control]:
    words, period = known.words, cast(dict[str, Any], editor.value(at))
    path = f"{at}.{which}"
    each = Field(path=path, label=words(f"period.{which}"), fixed=fixed)
    clock = time_box(window.look, each, period[which] or "", lambda given: editor.type(path, given))
    box = ft.Container(content=ft.Semantics(label=each.label, content=clock), width=84)
    weekday = period.get(f"{which}_weekday")
    if not weekday:
        return [box]
    days = tuple(Option(value=day, label=words(f"day_long.{i}")) for i, day in enumerate(WEEKDAYS))
    picker = Picker(
        window.look,
        Field(path=f"{path}_weekday", label="", options=days, fixed=fixed),
        weekday,
        lambda chosen: editor.choose(f"{path}_weekday", chosen),
    )
    return [ft.Container(content=picker, expand=True), box]

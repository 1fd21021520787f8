"""Which of my shifts or watches is meant: the one that is, and a tap that shows the others."""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.kit.controls import Face, tappable
from phone.kit.hooks import state
from phone.kit.text import text
from shared.wire.on_call import MyWatch
from shared.wire.schedules import MyShift

SHOWN = 12


@ft.component
def OneOf(
    look: Look, label: str, lines: Sequence[tuple[str, str]], chosen: int, choose: Callable[[int], Any]
) -> ft.Control:
    """`lines` are title and hours; a sheet doesn't open another, so the others unfold below."""
    opened, open_it = state(False)
    palette = look.palette

    def take(index: int) -> Any:
        open_it(False)
        return choose(index)

    def row(index: int, sign: ft.Control, own: bool) -> ft.Control:
        title, hours = lines[index]
        content = ft.Row(
            [
                ft.Column(
                    [text(title, "strong", palette.ink), text(hours, "small", palette.muted)],
                    spacing=1,
                    tight=True,
                    expand=True,
                ),
                sign,
            ],
            spacing=12,
        )
        side = ft.BorderSide(width=1, color=palette.line) if own else None
        return tappable(
            look,
            content,
            (lambda: open_it(not opened)) if own else lambda: take(index),
            face=Face(
                colour=palette.raised, side=side, radius=10, padding=ft.Padding.symmetric(horizontal=14, vertical=9)
            ),
            key=f"shift-choice-{index}",
        )

    several = len(lines) > 1
    sign = ft.Icon(ft.Icons.UNFOLD_MORE, size=20, color=palette.muted) if several else ft.Container(width=0)
    rows: list[ft.Control] = [row(chosen, sign, True)]
    if opened:
        others = [index for index in range(len(lines)) if index != chosen][:SHOWN]
        rows += [row(index, ft.Container(width=0), False) for index in others]
    return ft.Column(
        [text(label, "label", palette.ink), *rows],
        spacing=6,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def shift_lines(look: Look, found: Sequence[MyShift]) -> list[tuple[str, str]]:
    """Schedule and hours of each."""
    return [
        (each.schedule.name, moments.stretch(look.words, each.shift.start, each.shift.end, look.zone)) for each in found
    ]


def watch_lines(look: Look, found: Sequence[MyWatch]) -> list[tuple[str, str]]:
    """Schedule and end of each."""
    words = look.words
    return [
        (
            each.schedule.name,
            words("give.now_until", end=moments.exact(words, each.until, look.zone))
            if each.until
            else words("give.now"),
        )
        for each in found
    ]

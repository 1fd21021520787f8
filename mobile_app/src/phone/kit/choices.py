"""Choices: one of few side by side, or many that may be on together."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import flet as ft

from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.kit.controls import CLEAR, Face, Handler, in_line, said_of, tappable
from phone.kit.controls import on as run
from phone.kit.text import fits, text

WIDEST: Final = 560
"""Of a sheet, and of what stands beside a list."""
MANY: Final = 3
Value = TypeVar("Value", bound=str)


def segments(
    look: Look, choices: list[tuple[Value, str, str]], chosen: Value, choose: Callable[[Value], Any]
) -> ft.Control:
    """One of few: (value, word, what a screen reader says)."""
    palette = look.palette
    cells: list[ft.Control] = []
    abreast = _abreast(look, [label for _, label, _ in choices])
    for value, label, spoken in choices:
        own = value == chosen
        cells.append(
            tappable(
                look,
                text(
                    label,
                    "button" if own else "small",
                    palette.ink if own else palette.muted,
                    lines=1,
                    label=spoken,
                ),
                lambda value=value: choose(value),
                face=Face(
                    colour=palette.thumb if own else CLEAR,
                    side=ft.BorderSide(width=1, color=palette.thumb_line) if own else None,
                    radius=9,
                    padding=ft.Padding.symmetric(horizontal=4, vertical=15),
                    align=ft.Alignment.CENTER,
                ),
                selected=own,
                expand=abreast > 1,
                key=f"choice-{value}",
            )
        )
    rows = [ft.Row(cells[at : at + abreast], spacing=2) for at in range(0, len(cells), abreast)]
    stacked = ft.Column(
        cells if abreast == 1 else [*rows],
        spacing=2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Container(
        content=stacked if len(rows) > 1 else rows[0],
        bgcolor=palette.track,
        border_radius=12,
        padding=ft.Padding.all(2),
    )


def _abreast(look: Look, labels: list[str]) -> int:
    """How many stand side by side so that none is cut: all, half of many, or one."""
    count = len(labels)
    room = min(look.width, WIDEST) - 2 * PHONE_MARGIN - 8
    for abreast in (count, *([-(-count // 2)] if count > MANY else [])):
        if all(fits(label, "button", room / abreast - 10) for label in labels):
            return abreast
    return 1


def check(
    look: Look,
    label: str,
    chosen: bool,
    handler: Handler,
    *,
    sign: ft.Control | None = None,
    of: str = "",
    key: str | None = None,
) -> ft.Control:
    """One of many that may be on together: ticked and bordered, not only coloured; `of` as at a button."""
    palette = look.palette
    parts: list[ft.Control] = [sign] if sign is not None else []
    parts.append(text(label, "button" if chosen else "small", palette.ink, label=said_of(look, label, of)))
    if chosen:
        parts.append(ft.Icon(ft.Icons.CHECK, size=16, color=palette.accent))
    return ft.MergeSemantics(
        content=ft.Semantics(
            checked=chosen,
            content=tappable(
                look,
                in_line(parts),
                handler,
                face=Face(
                    colour=palette.accent_bg if chosen else palette.raised,
                    side=ft.BorderSide(width=1.5 if chosen else 1, color=palette.accent if chosen else palette.line),
                    radius=999,
                    padding=ft.Padding.symmetric(horizontal=16, vertical=15),
                ),
                key=key,
            ),
        )
    )


def switch(
    look: Look, label: str, on: bool, turn: Handler, *, help: str = "", fixed: bool = False, key: str | None = None
) -> ft.Control:
    """On or off, with its name and what it means beside it."""
    palette = look.palette
    lines: list[ft.Control] = [text(label, "label", palette.ink)]
    if help:
        lines.append(text(help, "small", palette.muted))
    box = ft.Switch(
        value=on,
        disabled=fixed,
        key=key,
        on_change=run(turn),
        active_track_color=palette.accent,
        active_color=palette.on_accent,
        inactive_track_color=palette.fill,
        inactive_thumb_color=palette.muted,
        track_outline_color=palette.faint,
        focus_color=palette.accent_bg,
    )
    row = ft.Row([ft.Column(lines, spacing=2, tight=True, expand=True), box], spacing=16)
    return ft.MergeSemantics(content=ft.Container(content=row, padding=ft.Padding.symmetric(vertical=4)))

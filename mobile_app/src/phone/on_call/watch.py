"""A watch of the reader: until when, how much of it is left, when the next one begins."""

from datetime import datetime

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.window import Window
from phone.kit.text import heading, text
from phone.kit.ticking import Ticking
from phone.rotas import watch_wording
from shared.wire.on_call import MyOnCall, MyWatch


def ground(parts: list[ft.Control], colour: str, line: str) -> ft.Control:
    return ft.Container(
        content=ft.Column(parts, spacing=6, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=colour,
        border=ft.Border.all(1, line),
        border_radius=14,
        padding=ft.Padding.all(16),
    )


def ends(left: ft.Control, right: ft.Control | None) -> ft.Control:
    parts = [left] if right is None else [left, right]
    return ft.Row(parts, wrap=True, alignment=ft.MainAxisAlignment.SPACE_BETWEEN, spacing=12, run_spacing=2)


def off_duty_card(window: Window, mine: MyOnCall, below: tuple[ft.Control, ...] = ()) -> ft.Control:
    """Not on call, and when the next watch begins."""
    look, palette = window.look, window.look.palette
    if mine.next is None:
        coming = look.words("card.no_next")
    else:
        when = moments.moment(look.words, mine.next.start, now=window.clock.minutes.at, zone=look.zone)
        coming = look.words("card.next", schedule=mine.next.schedule.name, when=when)
    lines: list[ft.Control] = [
        text(look.words("card.not_on_call"), "strong", palette.ink),
        text(coming, "small", palette.muted),
        *below,
    ]
    return ground(lines, palette.raised, palette.line)


def watch_progress(window: Window, watch: MyWatch, below: tuple[ft.Control, ...] = ()) -> ft.Control:
    """A watch of the reader with what is left of it."""
    look, palette = window.look, window.look.palette

    def draw(now: datetime) -> ft.Control:
        left = look.words("time.left", span=moments.long_span(look.words, watch.until - now)) if watch.until else ""
        title = heading(look.words("on_call.you", schedule=watch.schedule.name), "lead", palette.ink, bold=True)
        parts: list[ft.Control] = [
            ends(title, text(left, "strong", palette.ink) if left else None),
            text(watch_wording.watch_span(look.reader, watch, now=now), "small", palette.muted),
        ]
        if watch.until is not None and watch.until > watch.since:
            share = min(1.0, max(0.0, (now - watch.since) / (watch.until - watch.since)))
            parts.append(progress(look, share))
        return ft.Column(parts, spacing=6, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)

    return ground([Ticking(window.clock.minutes, draw), *below], palette.raised, palette.line)


def progress(look: Look, share: float) -> ft.Control:
    palette = look.palette
    bar = ft.ProgressBar(
        value=share,
        bar_height=6,
        border_radius=3,
        color=palette.accent,
        bgcolor=palette.fill,
        year_2023=True,
        semantics_label=look.words("on_call.progress", done=f"{share:.0%}"),
    )
    return ft.Container(content=bar, padding=ft.Padding.only(top=6))

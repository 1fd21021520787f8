"""What stands where there is nothing yet, nothing at all, or nothing to be had."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import flet as ft

from phone.base import problems
from phone.base.api.errors import ApiError
from phone.base.look import Look
from phone.kit.controls import quiet
from phone.kit.text import heading, text


def _bar(look: Look, width: float, height: float = 12) -> ft.Control:
    return ft.Container(width=width, height=height, border_radius=6, bgcolor=look.palette.fill)


def skeleton(look: Look, *, rows: int = 4, margin: float = 16) -> ft.Control:
    """Grey bars in the shape of rows, still: nothing moves that need not."""
    lines: list[ft.Control] = []
    for i in range(rows):
        lines.append(
            ft.Row(
                [
                    _bar(look, 14, 14),
                    ft.Column([_bar(look, 230 - 24 * (i % 3), 14), _bar(look, 120), _bar(look, 176)], spacing=8),
                ],
                spacing=16,
                vertical_alignment=ft.CrossAxisAlignment.START,
            )
        )
    return ft.Semantics(
        label=look.words("loading"),
        live_region=True,
        content=ft.Container(
            content=ft.Column(lines, spacing=28), padding=ft.Padding.symmetric(horizontal=margin, vertical=16)
        ),
    )


def empty(
    look: Look,
    title: str,
    explanation: str,
    *,
    action: ft.Control | None = None,
    sign: ft.IconData = ft.Icons.INBOX_OUTLINED,
) -> ft.Control:
    """Nothing here: why, and what would change it; where the first row would be."""
    parts: list[ft.Control] = [
        ft.Icon(sign, size=28, color=look.palette.muted),
        heading(title, "lead", look.palette.ink, bold=True),
        text(explanation, "body", look.palette.muted),
    ]
    if action is not None:
        parts.append(ft.Row([action], tight=True))
    return ft.Container(
        content=ft.Column(parts, spacing=8),
        padding=ft.Padding.symmetric(horizontal=16, vertical=24),
        width=480,
    )


def failed(look: Look, error: Exception, again: Callable[[], Any]) -> ft.Control:
    """It could not be loaded: what happened, whether anything was lost, what to do; trying again finds nothing that
    isn't there.
    """
    if isinstance(error, ApiError) and error.status == HTTPStatus.NOT_FOUND:
        return empty(look, look.words("error.gone"), problems.problem(look.words, error))
    palette = look.palette
    return ft.Semantics(
        live_region=True,
        content=ft.Container(
            content=ft.Column(
                [
                    ft.Icon(ft.Icons.CLOUD_OFF_OUTLINED, size=36, color=palette.muted),
                    heading(look.words("error.title"), "lead", palette.ink),
                    text(problems.problem(look.words, error), "body", palette.muted),
                    ft.Row(
                        [quiet(look, look.words("retry"), again, icon=ft.Icons.REFRESH, key="retry")],
                        tight=True,
                    ),
                ],
                spacing=10,
            ),
            padding=ft.Padding.symmetric(horizontal=24, vertical=40),
            width=480,
        ),
    )

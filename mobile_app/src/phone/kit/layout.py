"""How parts stand on a screen: pages of the stack, margins, headings, facts, what stands where nothing is chosen."""

import flet as ft

from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.kit.marks import mark
from phone.kit.text import heading, text


def facts(look: Look, pairs: list[tuple[str, str]]) -> ft.Control:
    """Name and value, line by line."""
    palette = look.palette
    rows = [
        ft.MergeSemantics(
            content=ft.Row(
                [
                    # Smaller letters stand on the line of the larger ones.
                    ft.Container(content=text(name, "small", palette.muted), width=112, padding=ft.Padding.only(top=2)),
                    text(value, "body", palette.ink, expand=True),
                ],
                spacing=8,
                vertical_alignment=ft.CrossAxisAlignment.START,
            )
        )
        for name, value in pairs
        if value
    ]
    return ft.Column(list(rows), spacing=8, tight=True)


def padded(parts: list[ft.Control], *, spacing: float = 12, margin: float = PHONE_MARGIN) -> list[ft.Control]:
    """Each part between the margins, one item each for a lazy list."""
    return [
        ft.Container(content=part, padding=ft.Padding.only(left=margin, right=margin, bottom=spacing)) for part in parts
    ]


def title(look: Look, words: str) -> ft.Control:
    """A small heading over a part."""
    return ft.Container(content=heading(words, "label", look.palette.muted), padding=ft.Padding.only(top=8))


def scrolled(chips: list[ft.Control]) -> ft.Control:
    """Chips in one line that may be wider than the screen."""
    return ft.Row(chips, spacing=8, scroll=ft.ScrollMode.AUTO)


def view(window: Window, route: str, content: ft.Control) -> ft.Control:
    """One page of the stack, clear of notches."""
    return ft.View(
        route=route,
        controls=[ft.SafeArea(content=content, expand=True)],
        padding=0,
        spacing=0,
        bgcolor=window.look.palette.surface,
    )


def pick_one(window: Window, key: str) -> ft.Control:
    """Right of a list of which nothing is chosen."""
    look = window.look
    hint = text(look.words(key), "body", look.palette.muted, align=ft.TextAlign.CENTER)
    both = ft.Column([mark(look, 40), hint], spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER)
    return ft.Container(content=both, alignment=ft.Alignment.CENTER, padding=ft.Padding.all(32))


def column(parts: list[ft.Control], *, margin: float = PHONE_MARGIN, spacing: float = 0) -> ft.Control:
    """Parts one below the other between the margins."""
    return ft.Container(
        content=ft.Column(parts, spacing=spacing, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding.symmetric(horizontal=margin),
    )

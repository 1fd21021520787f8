"""A text to be copied elsewhere, with the button that does it."""

from typing import Final

import flet as ft

from phone.base.toast import Message
from phone.base.window import Window
from phone.kit.controls import icon
from phone.kit.text import text

SHORT: Final = 40
"""Characters that fit into a line of most windows."""


def copy_box(window: Window, label: str, value: str, *, key: str, help: str = "") -> ft.Control:
    """The whole text on a quiet ground, however long, for it may have to be typed; the button says what it copies.

    Flet tells screen readers nothing of a text that can be selected, so it is said beside it.
    """
    look, palette = window.look, window.look.palette

    async def copy() -> None:
        await ft.Clipboard().set(value)
        window.toast.show(Message(key="copy.done", args={"what": label}))

    head: list[ft.Control] = [text(label, "label", palette.ink)]
    if help:
        head.append(text(help, "small", palette.muted))
    box = ft.Container(
        content=ft.Row(
            [
                ft.Container(
                    content=ft.Semantics(
                        label=value,
                        exclude_semantics=True,
                        content=ft.Text(
                            value,
                            style=text("", "small" if len(value) > SHORT else "body", palette.ink).style,
                            selectable=True,
                        ),
                    ),
                    expand=True,
                    padding=ft.Padding.symmetric(vertical=12),
                ),
                icon(look, ft.Icons.CONTENT_COPY, look.words("copy.button", what=label), copy, key=key),
            ],
            spacing=4,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        bgcolor=palette.fill,
        border=ft.Border.all(1, palette.line),
        border_radius=10,
        padding=ft.Padding.only(left=14, right=2),
    )
    return ft.Column(
        [ft.Column(head, spacing=2, tight=True), box],
        spacing=6,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )

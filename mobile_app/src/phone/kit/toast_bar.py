"""The one short message at the bottom, drawn."""

import flet as ft

from phone.base import problems
from phone.base.look import Look
from phone.base.toast import Message, Toast
from phone.base.window import Window
from phone.kit.controls import word
from phone.kit.text import text


@ft.component
def ToastBar(window: Window, toast: Toast) -> ft.Control:
    """What the last tap did, with Undo while there is one."""
    look, palette, message = window.look, window.look.palette, toast.message
    if message is None:
        return ft.Container(height=0)
    sign = {
        "done": ft.Icon(ft.Icons.CHECK, size=20, color=palette.surface),
        "waiting": ft.Icon(ft.Icons.SCHEDULE, size=20, color=palette.surface),
        "refused": ft.Icon(ft.Icons.ERROR_OUTLINE, size=20, color=palette.surface),
    }[message.kind]
    parts: list[ft.Control] = [sign, text(_words_of(look, message), "body", palette.surface, expand=True)]
    if message.undo is not None:
        parts.append(
            word(
                look,
                look.words("verb.undo"),
                message.undo,
                colour=palette.accent_bg if look.brightness == "light" else "#1F4B99",
                key="toast-undo",
            )
        )
    bar = ft.Container(
        content=ft.Row(parts, spacing=12),
        bgcolor=palette.ink,
        border_radius=12,
        padding=ft.Padding.only(left=16, right=8, top=4, bottom=4)
        if message.undo
        else ft.Padding.symmetric(horizontal=16, vertical=16),
    )
    return ft.Semantics(live_region=True, content=ft.Container(content=bar, padding=ft.Padding.all(12)))


def _words_of(look: Look, message: Message) -> str:
    args = dict(message.args)
    if message.error is not None:
        args["reason"] = problems.problem(look.words, message.error)
    return look.words(message.key, **args)

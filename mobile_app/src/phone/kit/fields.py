"""Text fields: labelled for eyes and for screen readers, with what was refused below."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import flet as ft

from phone.base.look import Look
from phone.base.theme import style
from phone.kit.controls import Handler, on
from phone.kit.text import text


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is typed into a field, for keyboards and password managers; `name` speaks for one without a label."""

    hint: str | None = None
    name: str = ""
    help: str = ""
    fixed: bool = False
    secret: bool = False
    keyboard: ft.KeyboardType = ft.KeyboardType.TEXT
    fills: tuple[ft.AutofillHint, ...] = ()
    lines: int = 1
    autofocus: bool = False


PLAIN: Final = Entry()
HINT_LINES: Final = 4
"""A hint goes on below where it would be cut: on a narrow window, or large."""


def field(
    look: Look,
    label: str,
    value: str,
    changed: Callable[[str], Any],
    *,
    submit: Handler | None = None,
    error: str | None = None,
    entry: Entry = PLAIN,
    key: str | None = None,
) -> ft.Control:
    """A labelled text field; the label belongs to the field for a screen reader too."""
    palette = look.palette

    async def take(event: ft.Event[ft.TextField]) -> None:
        # What was typed comes with the event; a render in between may have put the old value back into the control.
        typed = event.data if isinstance(event.data, str) else event.control.value
        look.letters.meet(typed.encode())
        result = changed(typed)
        if hasattr(result, "__await__"):
            await result
        look.drafts.touch()

    box = ft.TextField(
        value=value,
        key=key,
        on_change=take,
        on_submit=on(submit) if submit is not None else None,
        hint_text=entry.hint,
        hint_style=style("body", palette.muted),
        hint_max_lines=HINT_LINES,
        text_style=style("body", palette.ink),
        cursor_color=palette.accent,
        filled=True,
        fill_color=palette.fill if entry.fixed else palette.raised,
        border=_border(look, wrong=error is not None),
        content_padding=ft.Padding.symmetric(horizontal=14, vertical=15),
        password=entry.secret,
        keyboard_type=entry.keyboard,
        autofill_hints=list(entry.fills) or None,
        multiline=entry.lines > 1,
        min_lines=entry.lines if entry.lines > 1 else None,
        max_lines=entry.lines,
        autofocus=entry.autofocus,
        autocorrect=entry.lines > 1,
        read_only=entry.fixed,
        on_focus=lambda _: look.hands.write(True),
        on_blur=lambda _: look.hands.write(False),
    )
    above: list[ft.Control] = [text(label, "label", palette.ink)] if label else []
    if entry.help:
        above.append(text(entry.help, "small", palette.muted))
    whole: ft.Control = ft.Column(
        [*above, box], spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )
    # A hint is gone, also for a screen reader, once something is typed.
    if name := entry.name or (entry.hint if not label else None):
        whole = ft.Semantics(label=name, content=whole)
    parts: list[ft.Control] = [ft.MergeSemantics(content=whole)]
    if error:
        parts.append(problem_line(look, error))
    return ft.Column(parts, spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _border(look: Look, *, wrong: bool) -> dict[ft.ControlState, ft.InputBorder]:
    palette = look.palette
    rest = ft.BorderSide(width=1, color=palette.critical if wrong else palette.line)
    ring = ft.BorderSide(width=2.5, color=palette.accent)
    return {
        ft.ControlState.FOCUSED: ft.OutlineInputBorder(side=ring, border_radius=10),
        ft.ControlState.DEFAULT: ft.OutlineInputBorder(side=rest, border_radius=10),
    }


def problem_line(look: Look, message: str) -> ft.Control:
    """A refusal under what was refused: sign and words, announced when it appears."""
    palette = look.palette
    return ft.Semantics(
        live_region=True,
        content=ft.Row(
            [
                ft.Icon(ft.Icons.ERROR_OUTLINE, size=18, color=palette.critical),
                text(message, "small", palette.critical, expand=True),
            ],
            spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
    )

"""Things to tap: 48 dp at least, named, with a visible focus."""

from collections.abc import Callable
from typing import Any

import flet as ft

from phone.components.text import text
from phone.state.look import Look
from phone.theme import TARGET, style

Handler = Callable[[], Any]


def _on(handler: Handler) -> Callable[[ft.Event[Any]], Any]:
    async def run(_: ft.Event[Any]) -> None:
        result = handler()
        if hasattr(result, "__await__"):
            await result

    return run


def _focus(look: Look, rest: ft.BorderSide, *, on_fill: bool = False) -> dict[ft.ControlState, ft.BorderSide]:
    ring = ft.BorderSide(width=2.5, color=look.palette.ink if on_fill else look.palette.accent)
    return {ft.ControlState.FOCUSED: ring, ft.ControlState.DEFAULT: rest}


def filled(
    look: Look,
    label: str,
    handler: Handler,
    *,
    colour: str | None = None,
    ink: str | None = None,
    height: float = 52,
    busy: bool = False,
    expand: bool = False,
    key: str | None = None,
) -> ft.FilledButton:
    """The one filled button of a screen."""
    palette = look.palette
    ground, front = colour or palette.accent, ink or palette.on_accent
    quiet = ft.BorderSide(width=0, color="#00000000")
    return ft.FilledButton(
        content=text(label, "strong", palette.muted if busy else front, align=ft.TextAlign.CENTER),
        disabled=busy,
        on_click=_on(handler),
        expand=expand or None,
        key=key,
        style=ft.ButtonStyle(
            bgcolor={ft.ControlState.DISABLED: palette.fill, ft.ControlState.DEFAULT: ground},
            overlay_color={ft.ControlState.PRESSED: "#22000000", ft.ControlState.HOVERED: "#12000000"},
            elevation=0,
            shape=ft.RoundedRectangleBorder(radius=12),
            side=_focus(look, quiet, on_fill=True),
            padding=ft.Padding.symmetric(horizontal=20, vertical=(height - 21) / 2),
        ),
    )


def quiet(
    look: Look,
    label: str,
    handler: Handler,
    *,
    icon: ft.IconData | None = None,
    colour: str | None = None,
    expand: bool = False,
    key: str | None = None,
) -> ft.OutlinedButton:
    """A button that does not ask for attention."""
    palette = look.palette
    front = colour or palette.ink
    parts: list[ft.Control] = [ft.Icon(icon, size=20, color=front)] if icon is not None else []
    words = text(label, "button", front)
    return ft.OutlinedButton(
        content=ft.Row([*parts, words], spacing=8, tight=True, alignment=ft.MainAxisAlignment.CENTER),
        on_click=_on(handler),
        expand=expand or None,
        key=key,
        style=ft.ButtonStyle(
            bgcolor=palette.raised,
            overlay_color=palette.fill,
            shape=ft.RoundedRectangleBorder(radius=10),
            side=_focus(look, ft.BorderSide(width=1, color=palette.line)),
            padding=ft.Padding.symmetric(horizontal=16, vertical=14),
        ),
    )


def word(
    look: Look,
    label: str,
    handler: Handler | None = None,
    *,
    url: str | None = None,
    colour: str | None = None,
    key: str | None = None,
) -> ft.TextButton:
    """A tappable word; with `url` it opens another page."""
    palette = look.palette
    return ft.TextButton(
        content=text(label, "button", colour or palette.accent),
        on_click=_on(handler) if handler is not None else None,
        url=ft.Url(url, target=ft.UrlTarget.BLANK) if url else None,
        key=key,
        style=ft.ButtonStyle(
            overlay_color=palette.fill,
            shape=ft.RoundedRectangleBorder(radius=10),
            side=_focus(look, ft.BorderSide(width=0, color="#00000000")),
            padding=ft.Padding.symmetric(horizontal=8, vertical=14),
        ),
    )


def icon(look: Look, sign: ft.IconData, label: str, handler: Handler, *, key: str | None = None, badge: int = 0) -> ft.Control:
    """An icon to tap; its tooltip is merged into its name, which it would lack on the web."""
    palette = look.palette
    return ft.MergeSemantics(
        content=ft.IconButton(
            icon=ft.Icon(sign, color=palette.ink, size=24, badge=ft.Badge(str(badge)) if badge else None),
            tooltip=label,
            key=key,
            on_click=_on(handler),
            width=TARGET,
            height=TARGET,
            style=ft.ButtonStyle(
                overlay_color=palette.fill,
                shape=ft.CircleBorder(),
                side=_focus(look, ft.BorderSide(width=0, color="#00000000")),
            ),
        )
    )


def tappable(
    look: Look,
    content: ft.Control,
    handler: Handler,
    *,
    colour: str | None = None,
    padding: ft.Padding | None = None,
    radius: float = 0,
    selected: bool | None = None,
    label: str | None = None,
    key: str | None = None,
    expand: bool = False,
    side: ft.BorderSide | None = None,
    align: ft.Alignment | None = None,
) -> ft.Control:
    """A whole row, tile or choice to tap: a button underneath, so that keyboard and screen reader find it."""
    palette = look.palette
    button = ft.TextButton(
        content=content,
        on_click=_on(handler),
        key=key,
        style=ft.ButtonStyle(
            bgcolor=colour or "#00000000",
            overlay_color=palette.fill,
            alignment=align or ft.Alignment.CENTER_LEFT,
            shape=ft.RoundedRectangleBorder(radius=radius),
            side=_focus(look, side or ft.BorderSide(width=0, color="#00000000")),
            padding=padding or ft.Padding.all(0),
        ),
        expand=expand and selected is None and label is None or None,
    )
    if selected is None and label is None:
        return button
    return ft.MergeSemantics(
        content=ft.Semantics(content=button, selected=selected, label=label), expand=expand or None
    )


def field(
    look: Look,
    label: str,
    value: str,
    changed: Callable[[str], None],
    *,
    submit: Handler | None = None,
    error: str | None = None,
    hint: str | None = None,
    secret: bool = False,
    reveal: bool = False,
    keyboard: ft.KeyboardType | None = None,
    fills: list[ft.AutofillHint] | None = None,
    lines: int = 1,
    autofocus: bool = False,
    key: str | None = None,
) -> ft.Control:
    """A labelled text field; the label belongs to the field for a screen reader too."""
    palette = look.palette

    def take(event: ft.Event[ft.TextField]) -> None:
        changed(event.control.value)

    box = ft.TextField(
        value=value,
        key=key,
        on_change=take,
        on_submit=_on(submit) if submit is not None else None,
        hint_text=hint,
        hint_style=style("body", palette.muted),
        text_style=style("body", palette.ink),
        cursor_color=palette.accent,
        filled=True,
        fill_color=palette.raised,
        border_radius=10,
        border_width=1,
        border_color=palette.critical if error else palette.line,
        focused_border_color=palette.accent,
        focused_border_width=2.5,
        content_padding=ft.Padding.symmetric(horizontal=14, vertical=15),
        password=secret,
        can_reveal_password=secret and reveal,
        keyboard_type=keyboard,
        autofill_hints=fills,
        multiline=lines > 1,
        min_lines=lines if lines > 1 else None,
        max_lines=lines if lines > 1 else 1,
        autofocus=autofocus,
        autocorrect=lines > 1,
    )
    parts: list[ft.Control] = [
        ft.MergeSemantics(content=ft.Column([text(label, "label", palette.ink), box], spacing=6, tight=True))
    ]
    if error:
        parts.append(problem_line(look, error))
    return ft.Column(parts, spacing=6, tight=True)


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


def segments(look: Look, choices: list[tuple[str, str, str]], chosen: str, choose: Callable[[str], Any]) -> ft.Control:
    """One of few: (value, word, what a screen reader says)."""
    palette = look.palette
    cells: list[ft.Control] = []
    for value, label, spoken in choices:
        own = value == chosen
        cells.append(
            tappable(
                look,
                text(label, "button" if own else "small", palette.ink if own else palette.muted, lines=1, label=spoken),
                lambda value=value: choose(value),
                colour=palette.thumb if own else "#00000000",
                side=ft.BorderSide(width=1, color=palette.thumb_line) if own else None,
                radius=9,
                padding=ft.Padding.symmetric(horizontal=4, vertical=14),
                align=ft.Alignment.CENTER,
                selected=own,
                expand=True,
                key=f"choice-{value}",
            )
        )
    return ft.Container(
        content=ft.Row(cells, spacing=2),
        bgcolor=palette.track,
        border_radius=12,
        padding=ft.Padding.all(2),
    )


def check(look: Look, label: str, on: bool, handler: Handler, *, sign: ft.Control | None = None, key: str | None = None) -> ft.Control:
    """One of many that may be on together: ticked and bordered, not only coloured."""
    palette = look.palette
    parts: list[ft.Control] = [sign] if sign is not None else []
    parts.append(text(label, "button" if on else "small", palette.ink))
    if on:
        parts.append(ft.Icon(ft.Icons.CHECK, size=16, color=palette.accent))
    return ft.MergeSemantics(
        content=ft.Semantics(
            checked=on,
            content=tappable(
                look,
                ft.Row(parts, spacing=8, tight=True),
                handler,
                colour=palette.accent_bg if on else palette.raised,
                side=ft.BorderSide(width=1.5, color=palette.accent) if on else ft.BorderSide(width=1, color=palette.line),
                radius=999,
                padding=ft.Padding.symmetric(horizontal=16, vertical=14),
                key=key,
            ),
        )
    )

"""Things to tap: 48 dp at least, named, with a visible focus."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import flet as ft

from phone.base.look import Look
from phone.base.theme import TARGET
from phone.kit.text import text

CLEAR: Final = "#00000000"
RING_OFF: Final = 2.6
"""Where a ring is drawn, in halves of its width: two dp of the page stay between it and a fill."""

Handler = Callable[[], Any]


def on(handler: Handler) -> Callable[[ft.Event[Any]], Any]:
    async def run(_: ft.Event[Any]) -> None:
        result = handler()
        if hasattr(result, "__await__"):
            await result

    return run


def _focus(look: Look, rest: ft.BorderSide) -> dict[ft.ControlState, ft.BorderSide]:
    ring = ft.BorderSide(width=2.5, color=look.palette.accent)
    return {ft.ControlState.FOCUSED: ring, ft.ControlState.DEFAULT: rest}


def _focus_around(look: Look, ground: str) -> dict[ft.ControlState, ft.BorderSide]:
    """A ring off the edge: no colour is seen on every fill, and on the page itself one is."""
    palette = look.palette
    colour = palette.on_alarm if ground == palette.alarm_button and ground != palette.critical_fill else palette.accent
    ring = ft.BorderSide(width=2.5, color=colour, stroke_align=RING_OFF)
    return {ft.ControlState.FOCUSED: ring, ft.ControlState.DEFAULT: ft.BorderSide(width=0, color=CLEAR)}


def _veil(look: Look, *, is_chosen: bool) -> dict[ft.ControlState, str]:
    """A pointer doesn't change what is chosen: it would look like the others, and so as if nothing were."""
    veil = look.palette.veil
    hovered = CLEAR if is_chosen else veil
    return {ft.ControlState.PRESSED: veil, ft.ControlState.HOVERED: hovered, ft.ControlState.FOCUSED: CLEAR}


def in_line(parts: list[ft.Control], *, alignment: ft.MainAxisAlignment = ft.MainAxisAlignment.START) -> ft.Row:
    """What stands on a button; large words go on in another line where the window is narrow."""
    middle = ft.CrossAxisAlignment.CENTER
    return ft.Row(
        parts, spacing=8, run_spacing=0, tight=True, wrap=True, alignment=alignment, vertical_alignment=middle
    )


def filled(
    look: Look,
    label: str,
    handler: Handler,
    *,
    colour: str | None = None,
    ink: str | None = None,
    height: float = 52,
    busy: bool = False,
    key: str | None = None,
) -> ft.FilledButton:
    """The one filled button of a screen."""
    palette = look.palette
    ground, front = colour or palette.accent, ink or palette.on_accent
    return ft.FilledButton(
        content=text(label, "strong", palette.muted if busy else front, align=ft.TextAlign.CENTER),
        disabled=busy,
        on_click=on(handler),
        key=key,
        style=ft.ButtonStyle(
            bgcolor={ft.ControlState.DISABLED: palette.fill, ft.ControlState.DEFAULT: ground},
            overlay_color={ft.ControlState.PRESSED: "#22000000", ft.ControlState.HOVERED: "#12000000"},
            elevation=0,
            shape=ft.RoundedRectangleBorder(radius=12),
            side=_focus_around(look, ground),
            padding=ft.Padding.symmetric(horizontal=20, vertical=(height - 21) / 2),
        ),
    )


def said_of(look: Look, label: str, of: str) -> str | None:
    """What a screen reader says of a control that others are called like: its words, and what it belongs to."""
    return look.words("of", button=label, what=of) if of else None


def quiet(
    look: Look,
    label: str,
    handler: Handler,
    *,
    icon: ft.IconData | None = None,
    colour: str | None = None,
    expand: bool = False,
    of: str = "",
    key: str | None = None,
) -> ft.OutlinedButton:
    """A button that does not ask for attention; `of` says what it belongs to, where others are called the same."""
    palette = look.palette
    front = colour or palette.ink
    parts: list[ft.Control] = [ft.Icon(icon, size=20, color=front)] if icon is not None else []
    words = text(label, "button", front, label=said_of(look, label, of))
    return ft.OutlinedButton(
        content=in_line([*parts, words], alignment=ft.MainAxisAlignment.CENTER),
        on_click=on(handler),
        expand=expand or None,
        key=key,
        style=ft.ButtonStyle(
            bgcolor=palette.raised,
            overlay_color=palette.veil,
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
    at_end: bool = False,
    of: str = "",
    key: str | None = None,
) -> ft.TextButton:
    """A tappable word; with `url` it opens another page, and `of` says what it belongs to, as at a button.

    It begins where its column does, or ends there `at_end`.
    """
    palette = look.palette
    ring = ft.BorderSide(width=2.5, color=palette.accent, stroke_align=ft.BorderSideStrokeAlign.OUTSIDE)
    inward = {"left": 8} if at_end else {"right": 8}
    return ft.TextButton(
        content=text(label, "button", colour or palette.accent, label=said_of(look, label, of)),
        on_click=on(handler) if handler is not None else None,
        url=ft.Url(url, target=ft.UrlTarget.BLANK) if url else None,
        key=key,
        style=ft.ButtonStyle(
            overlay_color=palette.veil,
            # A short word is narrower than what Flutter gives a button at least.
            alignment=ft.Alignment.CENTER_RIGHT if at_end else ft.Alignment.CENTER_LEFT,
            shape=ft.RoundedRectangleBorder(radius=10),
            side={ft.ControlState.FOCUSED: ring, ft.ControlState.DEFAULT: ft.BorderSide(width=0, color=CLEAR)},
            padding=ft.Padding.only(top=14, bottom=14, **inward),
        ),
    )


def icon(
    look: Look,
    sign: ft.IconData,
    label: str,
    handler: Handler,
    *,
    key: str | None = None,
    badge: int = 0,
    colour: str | None = None,
) -> ft.Control:
    """An icon to tap; its tooltip is merged into its name, which it would lack on the web."""
    palette = look.palette
    return ft.MergeSemantics(
        content=ft.IconButton(
            icon=ft.Icon(sign, color=colour or palette.ink, size=24, badge=ft.Badge(str(badge)) if badge else None),
            tooltip=label,
            key=key,
            on_click=on(handler),
            width=TARGET,
            height=TARGET,
            style=ft.ButtonStyle(
                overlay_color=palette.veil,
                shape=ft.CircleBorder(),
                side=_focus(look, ft.BorderSide(width=0, color=CLEAR)),
            ),
        )
    )


@dataclass(frozen=True, kw_only=True)
class Face:
    """How a tappable part looks at rest; a finger or a pointer on it only veils that."""

    colour: str = CLEAR
    padding: ft.Padding = field(default_factory=lambda: ft.Padding.all(0))
    radius: float = 0
    side: ft.BorderSide | None = None
    align: ft.Alignment = field(default_factory=lambda: ft.Alignment.CENTER_LEFT)


def tappable(  # noqa: PLR0913 one for each thing that a row or a tile has
    look: Look,
    content: ft.Control,
    handler: Handler | str,
    *,
    face: Face,
    selected: bool | None = None,
    checked: bool | None = None,
    key: str | None = None,
    expand: bool = False,
    hold: Handler | None = None,
) -> ft.Control:
    """A whole row, tile or choice to tap: a button underneath, so that keyboard and screen reader find it.

    Instead of what is done, an address opens another page.
    `selected` is what is open or chosen of several, `checked` one of many that may be on together.
    """
    button = ft.TextButton(
        content=content,
        on_click=on(handler) if not isinstance(handler, str) else None,
        url=ft.Url(handler, target=ft.UrlTarget.BLANK) if isinstance(handler, str) else None,
        on_long_press=on(hold) if hold is not None else None,
        key=key,
        style=ft.ButtonStyle(
            bgcolor=face.colour,
            overlay_color=_veil(look, is_chosen=selected is True or checked is True),
            alignment=face.align,
            shape=ft.RoundedRectangleBorder(radius=face.radius),
            side=_focus(look, face.side or ft.BorderSide(width=0, color=CLEAR)),
            padding=face.padding,
        ),
        expand=(expand and selected is None and checked is None) or None,
    )
    if selected is None and checked is None:
        return button
    told = ft.Semantics(content=button, selected=selected, checked=checked)
    return ft.MergeSemantics(content=told, expand=expand or None)

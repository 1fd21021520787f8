"""What single keys do where nothing is being written: one table, for the keyboard and for the list that `?` opens."""

from typing import Final

import flet as ft

from phone.base.look import Look
from phone.kit.controls import quiet
from phone.kit.sheet import sheet
from phone.kit.text import text
from phone.search.store import Door

SHORTCUTS: Final[dict[str, tuple[str, ...]]] = {
    "shortcuts.go": ("search", "next", "before", "ways", "refresh"),
    "shortcuts.incident": ("acknowledge", "escalate", "snooze", "comment", "select"),
    "shortcuts.help": ("list", "close"),
}
"""Under what each stands in the list; the catalogue's `keys.…` says which keys, `shortcut.…` what they do."""
KEYS: Final[dict[str, str]] = {
    "J": "next",
    "K": "before",
    "R": "refresh",
    "A": "acknowledge",
    "E": "escalate",
    "S": "snooze",
    "C": "comment",
    "X": "select",
    "?": "list",
    "/": "search",
}


def meant(key: str, *, shift: bool, command: bool) -> str | None:
    """What a key asks for; `command` is Ctrl or Cmd, with which all but the search belongs to the browser."""
    name = key.upper()
    if command:
        return "search" if name == "K" else None
    if name == "/" and shift:
        return "list"
    return KEYS.get(name) or (name if name.isdigit() and name != "0" else None)


@ft.component
def ShortcutList(door: Door, look: Look) -> ft.Control:
    """Draws nothing itself: its sheet lies over everything."""
    words = look.words

    def close() -> None:
        door.is_open = False

    parts: list[ft.Control] = [_group(look, title, names) for title, names in SHORTCUTS.items()]
    parts.append(quiet(look, words("close"), close, key="shortcuts-close"))
    ft.use_dialog(sheet(look, words("shortcuts.title"), parts, close) if door.is_open else None)
    return ft.Container(width=0, height=0)


def _group(look: Look, title: str, names: tuple[str, ...]) -> ft.Control:
    palette, words = look.palette, look.words
    rows = [
        ft.MergeSemantics(
            content=ft.Row(
                [
                    text(words(f"shortcut.{name}"), "body", palette.ink, expand=True),
                    ft.Container(
                        content=text(words(f"keys.{name}"), "label", palette.ink),
                        border=ft.Border.all(1, palette.faint),
                        border_radius=6,
                        padding=ft.Padding.symmetric(horizontal=8, vertical=3),
                    ),
                ],
                spacing=12,
            )
        )
        for name in names
    ]
    return ft.Column(
        [text(words(title), "label", palette.muted), *rows],
        spacing=8,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )

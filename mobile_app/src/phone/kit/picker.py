"""One of many: what is chosen in a box, all there is to choose in a sheet, searchable when long."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import flet as ft

from phone.base.look import Look
from phone.kit.controls import Face, tappable
from phone.kit.fields import Entry, field, problem_line
from phone.kit.form_field import Field, Option
from phone.kit.hooks import state
from phone.kit.sheet import sheet
from phone.kit.text import text

SEARCHED_FROM: Final = 9
MOST_SHOWN: Final = 60


@ft.component
def Picker(
    look: Look,
    each: Field,
    chosen: str | None,
    choose: Callable[[str | None], Any],
    error: str | None = None,
) -> ft.Control:
    """A box with a name; a tap opens the sheet."""
    palette, label, options = look.palette, each.label, each.options
    opened, open_it = state(False)

    def take(value: str | None) -> Any:
        open_it(False)
        return choose(value)

    ft.use_dialog(option_sheet(look, label, options, take, lambda: open_it(False), chosen=chosen) if opened else None)
    found = next((option.label for option in options if option.value == chosen), None)
    shown = found or look.words("pick.empty")
    head: list[ft.Control] = [text(label, "label", palette.ink)] if each.shows_label else []
    if each.help:
        head.append(text(each.help, "small", palette.muted))
    tail: list[ft.Control] = [problem_line(look, error)] if error else []
    side = ft.BorderSide(width=1, color=palette.critical if error else palette.line)
    value = text(
        shown, "body", palette.ink if found else palette.muted, lines=1, label=f"{label}, {shown}", expand=True
    )
    sign: list[ft.Control] = [] if each.fixed else [ft.Icon(ft.Icons.UNFOLD_MORE, size=20, color=palette.muted)]
    row = ft.Row([value, *sign], spacing=8)
    padding = ft.Padding.only(left=18, right=12, top=14, bottom=14)
    box: ft.Control = (
        ft.Container(
            content=row, bgcolor=palette.fill, border=ft.Border.all(1, palette.line), border_radius=10, padding=padding
        )
        if each.fixed
        else tappable(
            look,
            row,
            lambda: open_it(True),
            face=Face(colour=palette.raised, side=side, radius=10, padding=padding),
            key=f"field-{each.key}",
        )
    )
    return ft.Column([*head, box, *tail], spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def option_sheet(
    look: Look,
    title: str,
    options: Sequence[Option],
    take: Callable[[str | None], Any],
    close: Callable[[], Any],
    *,
    chosen: str | None = None,
) -> ft.BottomSheet:
    """All there is to choose."""
    return sheet(look, title, [Options(look, options, take, chosen)], close)


@ft.component
def Options(look: Look, options: Sequence[Option], take: Callable[[str | None], Any], chosen: str | None) -> ft.Control:
    """The rows of a sheet, with a search above when there are many."""
    wanted, want = state("")
    found = [option for option in options if wanted.casefold() in f"{option.label} {option.about}".casefold()]
    rows: list[ft.Control] = [
        _row(look, option, take, own=option.value == chosen) for option in _nearest(found, chosen)[:MOST_SHOWN]
    ]
    if len(found) > MOST_SHOWN:
        rows.append(text(look.words("pick.more", count=len(found) - MOST_SHOWN), "small", look.palette.muted))
    if not rows:
        rows = [text(look.words("pick.none"), "body", look.palette.muted)]
    parts: list[ft.Control] = []
    if len(options) >= SEARCHED_FROM:
        entry = Entry(hint=look.words("pick.search"))
        parts.append(field(look, "", wanted, want, entry=entry, key="pick-search"))
    return ft.Column(
        [*parts, ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)],
        spacing=12,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _nearest(options: Sequence[Option], chosen: str | None) -> Sequence[Option]:
    """Of many, what is chosen comes first: it may be far below what is shown."""
    if len(options) <= MOST_SHOWN:
        return options
    return sorted(options, key=lambda option: option.value != chosen)


def _row(look: Look, option: Option, take: Callable[[str | None], Any], *, own: bool) -> ft.Control:
    palette = look.palette
    lines: list[ft.Control] = [text(option.label, "strong" if own else "body", palette.ink)]
    if option.about:
        lines.append(text(option.about, "small", palette.muted))
    sign: list[ft.Control] = [ft.Icon(ft.Icons.CHECK, size=20, color=palette.accent)] if own else []
    return tappable(
        look,
        ft.Row([ft.Column(lines, spacing=2, tight=True, expand=True), *sign], spacing=12),
        lambda: take(option.value),
        face=Face(
            padding=ft.Padding.symmetric(horizontal=12, vertical=14),
            radius=10,
            colour=palette.accent_bg if own else "#00000000",
        ),
        selected=own,
        key=f"option-{option.value or 'none'}",
    )

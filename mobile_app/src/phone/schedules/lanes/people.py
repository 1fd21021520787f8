"""What each person of a team carries in what is shown: hours, nights, and who carries most."""

from collections.abc import Mapping, Sequence
from typing import Final

import flet as ft

from phone.base.hues import Hue
from phone.base.look import Look
from phone.kit.marks import initials
from phone.kit.text import heading, text
from shared.domain.on_call.burden import Burden
from shared.wire.lists import Ref

SIGN: Final = 32.0
BAR: Final = 6.0
CELL: Final = 76.0
MUCH: Final = 1.25
"""Of the average: from here on it is said who carries most."""


def people_column(
    look: Look, title: str, carried: Sequence[Burden], names: Mapping[str, str], hues: Mapping[str, Hue]
) -> ft.Control:
    """One below the other, with a bar each: beside the grid."""
    rows: list[ft.Control] = [heading(title, "strong", look.palette.ink)]
    most = max((each.hours for each in carried), default=0)
    rows += [_row(look, each, names, hues, most=most, is_most=_is_most(each, carried)) for each in carried]
    rows.append(_average(look, carried))
    return ft.Column(rows, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def people_row(
    look: Look, title: str, carried: Sequence[Burden], names: Mapping[str, str], hues: Mapping[str, Hue]
) -> ft.Control:
    """Side by side, below the grid of a phone."""
    cells = [_cell(look, each, names, hues, is_most=_is_most(each, carried)) for each in carried]
    parts: list[ft.Control] = [
        heading(title, "label", look.palette.muted),
        ft.Row(list(cells), wrap=True, spacing=4, run_spacing=12),
        _average(look, carried),
    ]
    return ft.Column(parts, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _is_most(each: Burden, carried: Sequence[Burden]) -> bool:
    average = sum(other.hours for other in carried) / len(carried)
    return len(carried) > 1 and each.hours == max(other.hours for other in carried) and each.hours > average * MUCH


def _name(look: Look, user_id: str, names: Mapping[str, str]) -> str:
    return look.reader.alone(Ref(user_id, names.get(user_id) or look.words("schedule.somebody")))


def _sign(look: Look, user_id: str, names: Mapping[str, str], hues: Mapping[str, Hue]) -> ft.Control:
    own, tint = user_id == look.person, hues.get(user_id)
    ground = look.palette.accent if own else tint.ground if tint else look.palette.fill
    ink = look.palette.on_accent if own else tint.ink if tint else look.palette.ink
    return ft.Container(
        content=text(initials(names.get(user_id, "")), "caption", ink, bold=True, label="", most=1),
        width=SIGN,
        height=SIGN,
        border_radius=SIGN,
        bgcolor=ground,
        alignment=ft.Alignment.CENTER,
    )


def _hours(look: Look, each: Burden) -> str:
    return look.words("lanes.hours", hours=round(each.hours))


def _nights(look: Look, each: Burden) -> str:
    return look.words("lanes.nights", count=each.nights)


def _row(
    look: Look,
    each: Burden,
    names: Mapping[str, str],
    hues: Mapping[str, Hue],
    *,
    most: float,
    is_most: bool,
) -> ft.Control:
    palette, tint = look.palette, hues.get(each.user_id)
    colour = palette.accent if each.user_id == look.person else tint.edge if tint else palette.muted
    share = each.hours / most if most else 0
    bar = ft.ProgressBar(
        value=share, bar_height=BAR, color=colour, bgcolor=palette.fill, border_radius=BAR, semantics_label=""
    )
    below: list[ft.Control] = [
        text(_nights(look, each), "small", palette.warning if is_most else palette.muted, expand=True)
    ]
    if is_most:
        below.append(ft.Row([_up(look), text(look.words("lanes.most"), "small", palette.warning)], spacing=0))
    lines: list[ft.Control] = [
        ft.Row(
            [
                text(_name(look, each.user_id, names), "strong", palette.ink, expand=True, lines=2),
                text(_hours(look, each), "strong", palette.ink),
            ],
            spacing=8,
        ),
        ft.Semantics(exclude_semantics=True, content=bar),
        ft.Row(below, spacing=8),
    ]
    row = ft.Row(
        [_sign(look, each.user_id, names, hues), ft.Column(lines, spacing=4, tight=True, expand=True)], spacing=10
    )
    return ft.MergeSemantics(content=row)


def _cell(look: Look, each: Burden, names: Mapping[str, str], hues: Mapping[str, Hue], *, is_most: bool) -> ft.Control:
    palette = look.palette
    colour = palette.warning if is_most else palette.muted
    first = _name(look, each.user_id, names).split(" ")[0]
    hours: list[ft.Control] = [text(_hours(look, each), "small", colour)]
    if is_most:
        hours.insert(0, _up(look))
    lines: list[ft.Control] = [
        _sign(look, each.user_id, names, hues),
        text(first, "label", palette.ink, lines=1, align=ft.TextAlign.CENTER),
        ft.Row(hours, spacing=0, tight=True, alignment=ft.MainAxisAlignment.CENTER),
        text(_nights(look, each), "small", palette.muted, align=ft.TextAlign.CENTER),
    ]
    column = ft.Column(lines, spacing=3, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER)
    return ft.Container(content=ft.MergeSemantics(content=column), width=CELL)


def _up(look: Look) -> ft.Control:
    """Beside who carries most: not by colour alone."""
    return ft.Icon(
        ft.Icons.ARROW_DROP_UP, size=18, color=look.palette.warning, semantics_label=look.words("lanes.most")
    )


def _average(look: Look, carried: Sequence[Burden]) -> ft.Control:
    count = max(len(carried), 1)
    told = look.words(
        "lanes.average",
        hours=round(sum(each.hours for each in carried) / count),
        nights=look.words("lanes.nights", count=round(sum(each.nights for each in carried) / count)),
    )
    return text(told, "small", look.palette.muted)

"""One bar of a calendar: mine filled, others in their colour, overrides striped, gaps red."""

from dataclasses import dataclass
from typing import Final

import flet as ft

from phone.base.hues import Hue
from phone.base.look import Look
from phone.base.theme import TextRole, enlargement
from phone.kit.controls import CLEAR
from phone.kit.marks import initials
from phone.kit.text import fits, text, width_of

ROW: Final = 48.0
THICK: Final = 36.0
"""How high a lane of a calendar is, and a bar in it."""
STRIPE: Final = 9.0
RADIUS: Final = 7.0
INSET: Final = 1.5
OPEN: Final = 10.0
ROOMY: Final = 44.0
FOOT: Final = 4.0
FULL_HEIGHT: Final = 26.0
"""From here on a bar has a foot, and type that is read and not only recognised."""
WIDE_LETTER: Final = 0.74
"""How wide capitals are, in sizes of the type."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Where it stands, who is on it, and how it looks; open ends go on beyond what is shown.

    `person` is whose initials stand before `name`, which is "You" for the reader; `indent` is where words may begin.
    """

    left: float
    width: float
    height: float
    name: str = ""
    person: str = ""
    hue: Hue | None = None
    is_mine: bool = False
    is_override: bool = False
    is_gap: bool = False
    is_partial_gap: bool = False
    is_away: bool = False
    is_faded: bool = False
    indent: float = 0
    starts_before: bool = False
    continues_after: bool = False


def bar(look: Look, each: Bar, *, top: float) -> ft.Container:
    """Drawn only: what it says stands on the cells above it. Open ends reach out of the week, which cuts them off."""
    ground, ink, line = _colours(look, each)
    before, after = OPEN if each.starts_before else -INSET, OPEN if each.continues_after else -INSET
    width = max(2.0, each.width + before + after)
    shown = each.width + min(before, 0) + min(after, 0)
    stripes = None
    if each.is_override:
        other = None if each.is_mine else _mixed(ground, each.hue.edge) if each.hue else look.palette.line
        stripes = _stripes(width, each.height, ground, other, look)
    margin = 7.0 if shown >= ROOMY else 2.0
    indent = max(each.indent - margin, 0) if shown - each.indent >= ROOMY else 0
    told = ft.Container(
        content=_content(look, each, ink, shown - indent),
        alignment=ft.Alignment.CENTER_LEFT,
        padding=ft.Padding.only(left=margin + indent + max(before, 0), right=margin + max(after, 0)),
        expand=True,
    )
    has_foot = each.hue is not None and not each.is_mine and each.height >= FULL_HEIGHT
    parts: list[ft.Control] = [told]
    if has_foot and each.hue is not None:
        parts.append(_foot(each.hue, width))
    return ft.Container(
        left=each.left - before,
        top=top,
        width=width,
        height=each.height,
        bgcolor=None if stripes else ground,
        gradient=stripes,
        border=ft.Border.all(1, line) if line != ground else None,
        border_radius=RADIUS,
        opacity=0.45 if each.is_faded else 1,
        content=ft.Column(parts, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        clip_behavior=ft.ClipBehavior.HARD_EDGE,
    )


def _colours(look: Look, each: Bar) -> tuple[str, str, str]:
    """Ground, ink, line."""
    palette = look.palette
    if each.is_gap:
        return palette.critical_fill, palette.on_critical, palette.critical_fill
    if each.is_partial_gap:
        return palette.critical_bg, palette.critical, palette.critical
    if each.is_mine:
        return palette.accent, palette.on_accent, palette.accent
    if each.hue is not None:
        return each.hue.ground, each.hue.ink, each.hue.edge if each.is_override else each.hue.ground
    return palette.raised, palette.ink, palette.muted if each.is_override else palette.faint


def _foot(hue: Hue, width: float) -> ft.Control:
    """Lines, dashes and dots that are one person's: told apart without colour."""
    if hue.foot == "solid":
        return ft.Container(height=FOOT, bgcolor=hue.edge)
    if hue.foot == "double":
        lines: list[ft.Control] = [ft.Container(height=1.5, bgcolor=hue.edge) for _ in range(2)]
        return ft.Container(
            content=ft.Column(lines, spacing=1, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
            height=FOOT,
        )
    period = sum(hue.foot)
    colours: list[str] = []
    stops: list[float] = []
    at = 0.0
    for number, long in enumerate(hue.foot):
        colours += [CLEAR if number % 2 else hue.edge] * 2
        stops += [at / period, (at + long) / period]
        at += long
    dashes = ft.LinearGradient(
        begin=ft.Alignment(-1, 0),
        end=ft.Alignment(-1 + period / (width / 2), 0),
        colors=colours,
        stops=stops,
        tile_mode=ft.GradientTileMode.REPEATED,
    )
    return ft.Container(height=FOOT, gradient=dashes)


def _stripes(width: float, height: float, ground: str, stripe: str | None, look: Look) -> ft.LinearGradient:
    """Slanted stripes of the same width whatever the bar's size: begin and end count in halves of it."""
    over = stripe or _over(ground, look)
    return ft.LinearGradient(
        begin=ft.Alignment(-1, -1),
        end=ft.Alignment(-1 + STRIPE / (width / 2), -1 + STRIPE / (height / 2)),
        colors=[ground, ground, over, over],
        stops=[0, 0.5, 0.5, 1],
        tile_mode=ft.GradientTileMode.REPEATED,
    )


def _over(ground: str, look: Look) -> str:
    """The accent, a little towards its ink: stripes on what is mine."""
    return _mixed(ground, look.palette.on_accent, 0.2)


def _mixed(colour: str, other: str, share: float = 0.4) -> str:
    pairs = [(int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(one + (two - one) * share):02X}" for one, two in pairs)


def _content(look: Look, each: Bar, ink: str, width: float) -> ft.Control | None:
    role: TextRole = "caption" if each.height < FULL_HEIGHT else "small"
    if each.is_gap or each.is_partial_gap:
        key = "schedule.gap" if each.is_gap else "schedule.gap_role"
        told = look.words(key, role=each.name)
        if fits(told, role, width - 14):
            return text(told, role, ink, lines=1, bold=True)
        sign = ft.Icon(ft.Icons.PERSON_OFF_OUTLINED, size=min(16, each.height - 4), color=ink)
        return ft.Container(content=sign, alignment=ft.Alignment.CENTER) if width >= 20 else None
    away = 18 if each.is_away and width >= 36 else 0
    room = width - 14 - away
    parts: list[ft.Control] = []
    signed = initials(each.person) if each.hue is not None or each.person else ""
    before = width_of(signed, "caption", letter=WIDE_LETTER) * enlargement() + 6 if signed else 0
    told = shortened(each.name, role, room - before) if before < room else ""
    if not told:
        told, before = shortened(each.name, role, room), 0
    # What is mine is filled: a single letter of "You" says nothing.
    if before and told:
        parts.append(text(signed, "caption", ink, lines=1, bold=True))
    elif not told and not each.is_mine and fits(initials(each.name), "caption", width - 5 - away, letter=WIDE_LETTER):
        told, role = initials(each.name), "caption"
    if told:
        parts.append(text(told, role, ink, lines=1, bold=each.is_mine))
    if away:
        tint = ink if each.is_mine or each.hue is not None else look.palette.warning
        parts.append(ft.Icon(ft.Icons.BEACH_ACCESS, size=14, color=tint))
    return ft.Row(parts, spacing=6, tight=True) if parts else None


def shortened(name: str, role: TextRole, room: float) -> str:
    """The whole name if there is room, else its first word, else nothing."""
    return next((each for each in (name, name.split(" ")[0]) if each and fits(each, role, room)), "")

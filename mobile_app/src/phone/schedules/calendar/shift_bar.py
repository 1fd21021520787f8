"""One bar of a calendar: mine filled, others outlined, overrides striped, gaps red."""

from dataclasses import dataclass
from typing import Final

import flet as ft

from phone.base.look import Look
from phone.base.theme import TextRole
from phone.kit.marks import initials
from phone.kit.text import fits, text

STRIPE: Final = 9.0
RADIUS: Final = 7.0
INSET: Final = 1.5
OPEN: Final = 10.0
ROOMY: Final = 44.0
WIDE_LETTER: Final = 0.74
"""How wide capitals are, in sizes of the type."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Where it stands, who is on it, and how it looks; open ends go on beyond what is shown."""

    left: float
    width: float
    height: float
    name: str = ""
    is_mine: bool = False
    is_override: bool = False
    is_gap: bool = False
    is_partial_gap: bool = False
    is_away: bool = False
    is_faded: bool = False
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
        stripes = _stripes(width, each.height, ground, None if each.is_mine else look.palette.line, look)
    margin = 7.0 if shown >= ROOMY else 2.0
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
        content=_content(look, each, ink, shown),
        alignment=ft.Alignment.CENTER_LEFT,
        clip_behavior=ft.ClipBehavior.HARD_EDGE,
        padding=ft.Padding.only(left=margin + max(before, 0), right=margin + max(after, 0)),
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
    return palette.raised, palette.ink, palette.muted if each.is_override else palette.faint


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
    other = look.palette.on_accent
    parts = [(int(ground[i : i + 2], 16) * 4 + int(other[i : i + 2], 16)) // 5 for i in (1, 3, 5)]
    return "#" + "".join(f"{part:02X}" for part in parts)


def _content(look: Look, each: Bar, ink: str, width: float) -> ft.Control | None:
    role: TextRole = "caption" if each.height < 26 else "small"
    if each.is_gap or each.is_partial_gap:
        key = "schedule.gap" if each.is_gap else "schedule.gap_role"
        told = look.words(key, role=each.name)
        if fits(told, role, width - 14):
            return text(told, role, ink, lines=1, bold=True)
        sign = ft.Icon(ft.Icons.PERSON_OFF_OUTLINED, size=min(16, each.height - 4), color=ink)
        return ft.Container(content=sign, alignment=ft.Alignment.CENTER) if width >= 20 else None
    away = 18 if each.is_away and width >= 36 else 0
    told = shortened(each.name, role, width - 14 - away)
    # What is mine is filled: a single letter of "You" says nothing.
    if not told and not each.is_mine and fits(initials(each.name), "caption", width - 5 - away, letter=WIDE_LETTER):
        told, role = initials(each.name), "caption"
    parts: list[ft.Control] = []
    if told:
        parts.append(text(told, role, ink, lines=1, bold=each.is_mine))
    if away:
        parts.append(ft.Icon(ft.Icons.BEACH_ACCESS, size=14, color=ink if each.is_mine else look.palette.warning))
    return ft.Row(parts, spacing=4, tight=True) if parts else None


def shortened(name: str, role: TextRole, room: float) -> str:
    """The whole name if there is room, else its first word, else nothing."""
    return next((each for each in (name, name.split(" ")[0]) if each and fits(each, role, room)), "")

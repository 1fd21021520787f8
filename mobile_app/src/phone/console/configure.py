"""Configure: five questions, and under each the kinds of object that answer it, with how they do."""

from dataclasses import dataclass
from typing import Final

import flet as ft

from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, RAIL, TABLET_MARGIN, TARGET, WIDE_AT, enlargement
from phone.base.window import Window
from phone.console.coverage.store import CoverageProof
from phone.console.directory import Directory
from phone.console.form.kind import Health, Known
from phone.console.health import colour_of, sign
from phone.console.kinds import kinds_for
from phone.console.tile_states import Danger, coverage_state, dangers, state_of
from phone.kit import placeholders
from phone.kit.controls import Face, icon, tappable
from phone.kit.pulling import PullList
from phone.kit.text import heading, sentence, text, whole_words

ICONS: Final[dict[str, ft.IconData]] = {
    "services": ft.Icons.DNS_OUTLINED,
    "integrations": ft.Icons.INPUT,
    "silences": ft.Icons.NOTIFICATIONS_OFF_OUTLINED,
    "policies": ft.Icons.TRENDING_UP,
    "schedules": ft.Icons.CALENDAR_TODAY_OUTLINED,
    "on-call-roles": ft.Icons.BADGE_OUTLINED,
    "service-calendars": ft.Icons.EVENT_AVAILABLE_OUTLINED,
    "coverage": ft.Icons.VERIFIED_USER_OUTLINED,
    "teams": ft.Icons.GROUPS_OUTLINED,
    "people": ft.Icons.PERSON_OUTLINE,
    "invitations": ft.Icons.MAIL_OUTLINED,
    "roles": ft.Icons.ADMIN_PANEL_SETTINGS_OUTLINED,
    "api-keys": ft.Icons.KEY_OUTLINED,
    "channels": ft.Icons.CAMPAIGN_OUTLINED,
    "dead-letters": ft.Icons.UNSUBSCRIBE_OUTLINED,
    "audit": ft.Icons.HISTORY,
}
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "in": ("services", "integrations", "silences"),
    "on_call": ("policies", "schedules", "on-call-roles", "service-calendars"),
    "people": ("teams", "people", "invitations", "roles", "api-keys"),
    "out": ("channels", "dead-letters"),
    "proof": ("coverage", "audit"),
}
"""The questions, each with its kinds and pages; what no group names is asked for by nobody."""
PAGES: Final = ("coverage", "dead-letters", "audit")
COLUMN: Final = 216
"""How wide a tile is at least, of text as it was designed."""
TILE_HEIGHT: Final = 96


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A kind or a page: how many there are, and how they do."""

    slug: str
    name: str
    state: Health
    count: str = ""


@ft.component
def ConfigureIndex(window: Window, directory: Directory, look: Look, proof: CoverageProof) -> ft.Control:
    """What endangers pages on top, then the groups: as tiles on a tablet, as rows on a phone."""
    known = directory.known(window)
    if known is None:
        return placeholders.skeleton(look)
    groups = _groups(known, proof)
    found = dangers(known, kinds_for(known.me), proof.report)
    # Its place is kept, so that no row becomes another one under a finger when it comes.
    warning = _strip(window, found) if found else ft.Container(height=0)
    if not look.is_split:
        rows = [
            part
            for name, tiles in groups.items()
            for part in (_group_title(look, name), *(_row(window, each) for each in tiles))
        ]
        return PullList([_phone_head(window), warning, *rows], window.retry)
    spaced = [
        ft.Container(
            content=each,
            padding=ft.Padding.only(
                left=TABLET_MARGIN, right=TABLET_MARGIN, top=0 if each is warning and not found else 16
            ),
        )
        for each in (_tablet_head(window), warning, *_tiles(window, groups))
    ]
    return PullList([*spaced, ft.Container(height=TABLET_MARGIN)], window.retry)


def _groups(known: Known, proof: CoverageProof) -> dict[str, list[Tile]]:
    words, kinds = known.words, {each.slug: each for each in kinds_for(known.me)}
    groups: dict[str, list[Tile]] = {}
    for name, slugs in GROUPS.items():
        for slug in slugs:
            title = words(f"kind.{slug}")
            if slug in kinds:
                items = known.lists.items(slug)
                count = str(len(items)) if items is not None else ""
                tile = Tile(slug=slug, name=title, count=count, state=state_of(known, kinds[slug], items))
            elif slug in PAGES:
                lead = Health("quiet", words(f"kind_lead.{slug}"))
                tile = Tile(
                    slug=slug, name=title, state=coverage_state(known, proof.report) if slug == "coverage" else lead
                )
            else:
                continue
            groups.setdefault(name, []).append(tile)
    return groups


def _strip(window: Window, found: list[Danger]) -> ft.Control:
    """How many things could keep a page from arriving, and the nearest of them."""
    look, palette = window.look, window.look.palette
    pieces = look.words.pieces("danger.strip", total=look.words("danger.count", count=len(found)), first=found[0].told)
    row = ft.Row(
        [
            sign(look, "warning", 18),
            ft.Container(content=sentence(pieces, "body", palette.ink, apart={"total": palette.warning}), expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.warning),
        ],
        spacing=12,
    )
    face = Face(colour=palette.warning_bg, radius=12, padding=ft.Padding.symmetric(horizontal=16, vertical=14))
    strip = tappable(look, row, lambda: window.go(found[0].address), face=face, key="danger")
    margin = 0 if look.is_split else PHONE_MARGIN
    stretched = ft.Column([strip], tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Container(content=stretched, padding=ft.Padding.symmetric(horizontal=margin))


# On a tablet


def _tablet_head(window: Window) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    title = ft.Column(
        [
            heading(words("console.title"), "display", palette.ink, level=1),
            text(words("console.pick_kind"), "body", palette.muted),
        ],
        spacing=2,
        tight=True,
        expand=True,
    )
    find = tappable(
        look,
        ft.Row(
            [
                ft.Icon(ft.Icons.SEARCH, size=20, color=palette.muted),
                text(words("console.find"), "body", palette.muted),
            ],
            spacing=10,
            tight=True,
        ),
        window.find,
        face=Face(
            colour=palette.raised,
            side=ft.BorderSide(width=1, color=palette.line),
            radius=10,
            padding=ft.Padding.symmetric(horizontal=16, vertical=14),
        ),
        key="find",
    )
    return ft.Row([title, find], spacing=16)


def _tiles(window: Window, groups: dict[str, list[Tile]]) -> list[ft.Control]:
    """A column for each question where five fit, else the tiles of each in rows."""
    look = window.look
    room = look.width - RAIL - 2 * TABLET_MARGIN
    abreast = max(1, int((room + 12) // (COLUMN * enlargement() + 12)))
    if abreast >= len(groups) or (look.width >= WIDE_AT and enlargement() == 1):
        columns = [
            ft.Column(
                [_group_title(look, name), *(_tile(window, each) for each in tiles)],
                spacing=10,
                tight=True,
                expand=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            )
            for name, tiles in groups.items()
        ]
        return [ft.Row(list(columns), spacing=12, vertical_alignment=ft.CrossAxisAlignment.START)]
    parts: list[ft.Control] = []
    for name, tiles in groups.items():
        rows: list[ft.Control] = [_group_title(look, name)]
        for at in range(0, len(tiles), abreast):
            cells = [ft.Container(content=_tile(window, each), expand=True) for each in tiles[at : at + abreast]]
            cells += [ft.Container(expand=True) for _ in range(abreast - len(cells))]
            rows.append(ft.Row(list(cells), spacing=12, vertical_alignment=ft.CrossAxisAlignment.START))
        parts.append(ft.Column(rows, spacing=10, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))
    return parts


def _group_title(look: Look, name: str) -> ft.Control:
    told = heading(look.words(f"console.group_{name}"), "strong" if look.is_split else "label", look.palette.ink)
    if look.is_split:
        return told
    return ft.Container(content=told, padding=ft.Padding.only(left=PHONE_MARGIN, right=PHONE_MARGIN, top=20, bottom=4))


def _tile(window: Window, each: Tile) -> ft.Control:
    look, palette = window.look, window.look.palette
    top: list[ft.Control] = [ft.Icon(ICONS[each.slug], size=20, color=palette.muted), ft.Container(expand=True)]
    if each.count:
        top.append(text(each.count, "small", palette.muted))
    lines = ft.Column(
        [ft.Row(top), text(each.name, "strong", palette.ink), _state(look, each.state)],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    face = Face(
        colour=palette.raised,
        side=ft.BorderSide(width=1, color=palette.line),
        radius=12,
        padding=ft.Padding.symmetric(horizontal=14, vertical=12),
    )
    return tappable(look, lines, lambda: window.go(f"/configure/{each.slug}"), face=face, key=f"kind-{each.slug}")


def _state(look: Look, state: Health) -> ft.Control:
    if state.tone == "quiet":
        return text(state.text, "small", look.palette.muted, lines=1 if enlargement() == 1 else None)
    told = text(state.text, "small", colour_of(look, state.tone), lines=2 if enlargement() == 1 else None, expand=True)
    mark = ft.Container(content=sign(look, state.tone, 14), padding=ft.Padding.only(top=2))
    return ft.Row([mark, told], spacing=6, vertical_alignment=ft.CrossAxisAlignment.START)


# On a phone


def _phone_head(window: Window) -> ft.Control:
    look, words = window.look, window.look.words
    name = words("console.title")
    title = heading(
        name, "display", look.palette.ink, level=1, most=whole_words(name, "display", look.width - 24 - 2 * TARGET)
    )
    back = icon(look, ft.Icons.ARROW_BACK, words("console.back_me"), lambda: window.go("/me"), key="back")
    search = icon(look, ft.Icons.SEARCH, words("search.open"), window.find, key="search")
    row = ft.Row([back, ft.Container(content=title, expand=True), search], spacing=4)
    return ft.Container(content=row, padding=ft.Padding.only(left=4, right=8, top=8, bottom=8))


def _row(window: Window, each: Tile) -> ft.Control:
    look, palette = window.look, window.look.palette
    most = whole_words(each.name, "strong", look.width - 160)
    about = ft.Column(
        [text(each.name, "strong", palette.ink, most=most), _state(look, each.state)],
        spacing=1,
        tight=True,
        expand=True,
    )
    parts: list[ft.Control] = [ft.Icon(ICONS[each.slug], size=22, color=palette.muted), about]
    if each.count:
        parts.append(text(each.count, "small", palette.muted))
    parts.append(ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted))
    face = Face(padding=ft.Padding.symmetric(horizontal=12, vertical=10), radius=10)
    row = tappable(
        look,
        ft.Row(parts, spacing=14),
        lambda: window.go(f"/configure/{each.slug}"),
        face=face,
        key=f"kind-{each.slug}",
    )
    return ft.Container(content=row, padding=ft.Padding.symmetric(horizontal=4, vertical=1))

"""Configure: every kind of object, with what it is for."""

from typing import Any, Final

import flet as ft

from phone.base.look import Look
from phone.base.theme import NARROW_LIST, TARGET, TextRole, enlargement
from phone.base.window import Window
from phone.console.directory import Directory
from phone.console.form.kind import Kind
from phone.console.kinds import kinds_for
from phone.kit.controls import Face, icon, tappable
from phone.kit.pulling import PullList
from phone.kit.text import MOST, heading, text, whole_words

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
PAGES: Final = ("coverage", "dead-letters", "audit")


@ft.component
def ConfigureIndex(window: Window, directory: Directory, look: Look, chosen: str | None) -> ft.Control:
    """The kinds, each with its number and its purpose; the trail of changes below."""
    words = look.words
    kinds = kinds_for(window.session.me) if window.session.me is not None else []
    rows: list[ft.Control] = [
        _kind(window, kind, directory.items(kind.slug), own=kind.slug == chosen) for kind in kinds
    ]
    pages = [
        _row(window, page, words(f"kind.{page}"), words(f"kind_lead.{page}"), own=chosen == page) for page in PAGES
    ]
    name = words("console.title")
    role: TextRole = "title" if look.is_split else "display"
    most = MOST if look.is_split else whole_words(name, role, look.width - 24 - 2 * TARGET)
    title = heading(name, role, look.palette.ink, level=1, most=most)
    tools = [] if look.is_split else [icon(look, ft.Icons.SEARCH, words("search.open"), window.find, key="search")]
    if not look.is_split:
        tools.insert(0, icon(look, ft.Icons.ARROW_BACK, words("console.back_me"), lambda: window.go("/me"), key="back"))
    head = ft.Container(
        content=ft.Row([*tools[:1], ft.Container(content=title, expand=True), *tools[1:]], spacing=4),
        padding=ft.Padding.only(left=16 if look.is_split else 4, right=8, top=16 if look.is_split else 8, bottom=8),
    )
    return PullList([head, *rows, *pages], window.retry)


def _kind(window: Window, kind: Kind[Any, Any], items: tuple[Any, ...] | None, *, own: bool) -> ft.Control:
    words = window.look.words
    count = str(len(items)) if items is not None else ""
    return _row(window, kind.slug, words(f"kind.{kind.slug}"), words(f"kind_lead.{kind.slug}"), count=count, own=own)


def _row(window: Window, slug: str, name: str, lead: str, *, own: bool, count: str = "") -> ft.Control:
    look, palette = window.look, window.look.palette
    sign = ft.Container(
        content=ft.Icon(ICONS[slug], size=20, color=palette.ink),
        width=40,
        height=40,
        border_radius=10,
        bgcolor=palette.fill,
        alignment=ft.Alignment.CENTER,
    )
    room = (NARROW_LIST if look.is_split else look.width) - 160
    about = ft.Column(
        [
            text(name, "strong", palette.ink, most=whole_words(name, "strong", room)),
            text(lead, "small", palette.muted, lines=None if enlargement() > 1 else 2),
        ],
        spacing=1,
        tight=True,
        expand=True,
    )
    parts: list[ft.Control] = [sign, about]
    if count:
        parts.append(text(count, "small", palette.muted))
    parts.append(ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted))
    return ft.Container(
        content=tappable(
            look,
            ft.Row(parts, spacing=12),
            lambda: window.go(f"/configure/{slug}"),
            face=Face(
                padding=ft.Padding.symmetric(horizontal=12, vertical=10),
                radius=10,
                colour=palette.accent_bg if own else "#00000000",
            ),
            selected=True if own else None,
            key=f"kind-{slug}",
        ),
        padding=ft.Padding.symmetric(horizontal=8 if look.is_split else 4, vertical=1),
    )

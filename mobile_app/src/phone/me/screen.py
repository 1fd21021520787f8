"""Me: how I am reached, language, theme, text size, security, the server, and the way out."""

from collections.abc import Callable
from typing import Any, Final

import flet as ft

from phone.base.draft import Draft
from phone.base.i18n import LANGUAGES
from phone.base.look import THEMES, Look
from phone.base.places import place
from phone.base.session import Session
from phone.base.theme import PHONE_MARGIN, TEXT_SIZES
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.choices import segments
from phone.kit.controls import Handler, filled, icon, quiet, word
from phone.kit.fields import Entry, field
from phone.kit.hooks import drafted_state, filled_in
from phone.kit.layout import column
from phone.kit.marks import avatar
from phone.kit.rows import way_row
from phone.kit.sheet import sheet
from phone.kit.text import heading, text
from phone.me import saying
from phone.me.account import Account
from phone.me.way_sheets import way_sheet
from phone.me.ways import Ways
from phone.me.ways_list import device_row, method_row, night_card, rule_rows, section
from shared.wire.incidents import Severity
from shared.wire.people import ContactMethod
from shared.wire.sessions import Me, MeChange

NAME: Final = place(MeChange, lambda change: change.name)
BOTH: Final = 1180
"""How wide a window has room for both halves."""


@ft.component
def MeScreen(
    window: Window,
    session: Session,
    ways: Ways,
    look: Look,
    *,
    account: Account,
    unsent: Callable[[], int],
) -> ft.Control:
    """The whole tab."""
    asking, ask = drafted_state(look.drafts, "me-asking", "")
    form = filled_in(look.drafts, "me-name", MeChange())
    me = session.me

    def edit_name() -> None:
        form.fill(MeChange(name=me.name if me else ""))
        ask("name")

    async def save() -> None:
        name = (form.whole.name or "").strip()
        if not name:
            ask("name again")
            return
        ask("")
        await account.rename(name)

    async def leave() -> None:
        ask("")
        await window.sign_out()

    dialog = None
    if asking.startswith("name"):
        dialog = _name_sheet(look, form, save, lambda: ask(""), is_missing=asking == "name again")
    elif asking == "leave":
        dialog = _leave_sheet(window, leave, lambda: ask(""), count=unsent())
    elif asking:
        dialog = way_sheet(window, asking, ask, ways=ways)
    ft.use_dialog(dialog)
    if me is None:
        return placeholders.skeleton(look)
    parts = [_who(look, me, edit_name), *_reached(window, ways, ask)]
    # How I am reached, and beside it, where there is room for both, everything else of mine.
    stands_beside = look.is_split and look.width >= BOTH
    reached = parts if stands_beside else []
    parts = [] if stands_beside else parts
    parts += [*_ways_on(window, ways=ways), *_choices(window)]
    parts += _facts(look, session, me, account.live_here)
    if not look.is_split:
        parts.append(_configure(window))
    parts.append(
        ft.Container(
            content=ft.Row(
                [
                    quiet(
                        look,
                        look.words("me.sign_out"),
                        lambda: ask("leave"),
                        icon=ft.Icons.LOGOUT,
                        key="sign-out",
                    )
                ]
            ),
            padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN, vertical=20),
        )
    )
    lists = [
        ft.Container(
            content=ft.ListView(controls=each, expand=True),
            width=560 if look.is_split else None,
            expand=not look.is_split,
            padding=ft.Padding.only(top=20) if each is not reached and reached else None,
        )
        for each in (reached, parts)
        if each
    ]
    return ft.Row(list(lists), vertical_alignment=ft.CrossAxisAlignment.STRETCH, spacing=24, expand=True)


def _who(look: Look, me: Me, edit: Handler) -> ft.Control:
    palette = look.palette
    teams = (
        look.words.names([team.name for team in me.teams], last="names.more") if me.teams else look.words("me.no_team")
    )
    about = ft.Column(
        [
            heading(me.name, "title", palette.ink, level=1),
            text(me.email, "small", palette.muted),
            text(f"{look.words(f'role.{me.role}')} · {teams}", "small", palette.muted),
        ],
        spacing=2,
        expand=True,
    )
    pencil = icon(
        look,
        ft.Icons.EDIT_OUTLINED,
        look.words("me.edit_name"),
        edit,
        key="edit-name",
    )
    return ft.Container(
        content=ft.Row([avatar(look, me.name, who=look.person, size=52), about, pencil], spacing=14),
        padding=ft.Padding.only(left=PHONE_MARGIN, right=4, top=20, bottom=12),
    )


def _reached(window: Window, ways: Ways, ask: Callable[[str], Any]) -> list[ft.Control]:
    """Rules, the night, devices and contact methods; what could not be read says why."""
    look, words = window.look, window.look.words
    if ways.rules is None:
        return [placeholders.failed(look, ways.error, ways.load) if ways.error else placeholders.skeleton(look, rows=3)]

    async def foresee(severity: Severity) -> None:
        now = window.clock.now()
        await ways.foresee(severity, at=saying.three_am(now, now.astimezone(look.zone)))

    pair = word(look, words("me.pair"), lambda: window.go("/me/pair"), at_end=True, key="pair")
    add = word(look, words("me.add_way"), lambda: ask("add"), at_end=True, key="add-way")
    devices = [device_row(window, each, lambda each=each: ask(f"device:{each.id}"), ways=ways) for each in ways.devices]
    if not devices:
        devices = [column([text(words("me.no_device"), "body", look.palette.warning)])]
    methods = [
        method_row(window, each, lambda each=each: ask(f"method:{each.id}"), ways=ways) for each in _others(ways)
    ]
    if not methods:
        methods = [column([text(words("me.no_way"), "body", look.palette.muted)])]
    return [
        section(look, words("me.rules")),
        *rule_rows(window, ways=ways),
        night_card(window, foresee, ways=ways),
        section(look, words("me.devices"), action=pair),
        *devices,
        section(look, words("me.ways"), action=add),
        *methods,
        ft.Container(height=12),
    ]


def _others(ways: Ways) -> list[ContactMethod]:
    phones = {each.id for each in ways.devices}
    return [each for each in ways.methods if each.id not in phones and each.channel != "push"]


def _ways_on(window: Window, *, ways: Ways) -> list[ft.Control]:
    look, words = window.look, window.look.words
    failed = len(ways.failed)
    rows = [
        way_row(
            look,
            ft.Icons.MARK_EMAIL_UNREAD_OUTLINED,
            words("me.messages"),
            lambda: window.go("/me/messages"),
            value=words("me.messages_failed", count=failed) if failed else words("me.messages_none"),
            warns=failed > 0,
            key="messages",
        ),
        way_row(
            look,
            ft.Icons.BEACH_ACCESS_OUTLINED,
            words("time_off.title"),
            lambda: window.go("/me/time-off"),
            value=words("time_off.lead"),
            key="time-off",
        ),
        way_row(
            look,
            ft.Icons.SHIELD_OUTLINED,
            words("security.title"),
            lambda: window.go("/me/security"),
            value=words("me.security"),
            key="security",
        ),
    ]
    if ways.lock_screen is not None:
        told = words(f"lock_screen.{ways.lock_screen}")
        rows.append(_fact(look, ft.Icons.SCREEN_LOCK_PORTRAIT_OUTLINED, words("lock_screen.title"), told))
    return rows


def _configure(window: Window) -> ft.Control:
    """On a phone the way to the Console, which a tablet has in its rail."""
    words = window.look.words
    title, lead = words("console.title"), words("console.lead")
    return way_row(window.look, ft.Icons.TUNE, title, lambda: window.go("/configure"), value=lead, key="configure")


def _choices(window: Window) -> list[ft.Control]:
    look, words = window.look, window.look.words
    languages = [(language, words(f"language.{language}"), words(f"language.{language}")) for language in LANGUAGES]
    themes = [(theme, words(f"theme.{theme}"), words(f"theme.{theme}")) for theme in THEMES]

    async def choose_language(value: str) -> None:
        await window.choose_language(next(language for language in LANGUAGES if language == value))

    async def choose_theme(value: str) -> None:
        await look.choose_theme(next(theme for theme in THEMES if theme == value))

    sizes = [(str(size), f"{size} %", words("me.size_label", percent=size)) for size in TEXT_SIZES]

    async def choose_size(value: str) -> None:
        await look.choose_text_size(int(value))

    size = text(words("me.text_size"), "label", look.palette.muted)
    label = text(words("me.language"), "label", look.palette.muted)
    other = text(words("me.theme"), "label", look.palette.muted)
    return [
        ft.Container(height=8),
        column([label, segments(look, list(languages), look.language, choose_language)], spacing=8),
        ft.Container(height=16),
        column([other, segments(look, list(themes), look.theme, choose_theme)], spacing=8),
        ft.Container(height=16),
        column([size, segments(look, sizes, str(look.text_size), choose_size)], spacing=8),
        ft.Container(height=16),
    ]


def _facts(look: Look, session: Session, me: Me, live_here: Handler) -> list[ft.Control]:
    words = look.words
    key = "me.server_demo" if me.server.demo else "me.server_value"
    facts = [
        (
            ft.Icons.DNS_OUTLINED,
            words("me.server"),
            words(key, name=me.server.name, version=me.server.version),
        ),
        (ft.Icons.LINK, words("me.address"), session.server),
        (ft.Icons.SCHEDULE, words("me.zone"), me.time_zone),
    ]
    rows: list[ft.Control] = [_fact(look, *fact) for fact in facts]
    home = look.habits.home
    if home is not None and home != me.time_zone:
        rows.append(
            ft.Container(
                content=word(look, words("me.zone_here", zone=home), live_here, key="zone-here"),
                padding=ft.Padding.only(left=58),
            )
        )
    if not session.remembers:
        rows.append(_fact(look, ft.Icons.LOCK_OPEN_OUTLINED, "", words("me.memory")))
    return rows


def _fact(look: Look, sign: ft.IconData, name: str, value: str) -> ft.Control:
    palette = look.palette
    lines: list[ft.Control] = [text(name, "small", palette.muted)] if name else []
    lines.append(text(value, "body", palette.ink))
    row = ft.Row([ft.Icon(sign, size=22, color=palette.muted), ft.Column(lines, spacing=1, expand=True)], spacing=16)
    return ft.MergeSemantics(
        content=ft.Column(
            [
                ft.Container(content=row, padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN + 4, vertical=11)),
                ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=58)),
            ],
            spacing=0,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    )


def _name_sheet(
    look: Look, form: Draft[MeChange], save: Handler, close: Handler, *, is_missing: bool
) -> ft.BottomSheet:
    words = look.words
    name = field(
        look,
        words("me.name"),
        form.whole.name or "",
        lambda value: form.type(NAME, value),
        submit=save,
        error=words("me.name_missing") if is_missing else None,
        entry=Entry(autofocus=True, keyboard=ft.KeyboardType.NAME),
        key="name",
    )
    return sheet(
        look,
        words("me.edit_name"),
        [name, filled(look, words("me.save"), save, key="save-name"), quiet(look, words("cancel"), close)],
        close,
    )


def _leave_sheet(window: Window, leave: Handler, close: Handler, *, count: int) -> ft.BottomSheet:
    look, words = window.look, window.look.words
    parts: list[ft.Control] = [text(words("me.sign_out_text"), "body", look.palette.ink)]
    if count:
        lost = words("me.sign_out_pending", count=count)
        parts.append(text(lost, "strong", look.palette.critical))
    parts += [filled(look, words("me.sign_out"), leave, key="leave"), quiet(look, words("cancel"), close)]
    return sheet(look, words("me.sign_out_title"), parts, close)

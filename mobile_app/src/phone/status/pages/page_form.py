"""A page itself: name and address, whose it is, who sees it, in which language and zone, where visitors find it."""

import re
from collections.abc import Callable
from typing import Any, Final

import flet as ft
import msgspec
from msgspec.structs import replace

from phone.base.look import Look
from phone.base.permissions import may
from phone.base.places import place
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.choices import segments, switch
from phone.kit.controls import filled, quiet
from phone.kit.fields import Entry, field
from phone.kit.form_field import Field, Option
from phone.kit.hooks import filled_in
from phone.kit.layout import column
from phone.kit.picker import Picker
from phone.kit.pulling import PullList
from phone.kit.question import AskedOnce, Question
from phone.kit.text import text
from phone.names.store import Names
from phone.status.events.fields import refused_lines
from phone.status.open_page import OpenPage
from phone.status.pages.closed import closed
from phone.status.rights import SET_UP, may_make, may_set_up
from phone.status.set_up import SettingUp
from shared.wire.sessions import Language
from shared.wire.status_pages import StatusPage, StatusPageInput

NAME: Final = place(StatusPageInput, lambda page: page.name)
SLUG: Final = place(StatusPageInput, lambda page: page.slug)
TEAM: Final = place(StatusPageInput, lambda page: page.team_id)
PUBLIC: Final = place(StatusPageInput, lambda page: page.is_public)
LANGUAGE: Final = place(StatusPageInput, lambda page: page.language)
ZONE: Final = place(StatusPageInput, lambda page: page.time_zone)
DOMAIN: Final = place(StatusPageInput, lambda page: page.domain)
SUBSCRIBED: Final = place(StatusPageInput, lambda page: page.takes_subscribers)
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
NOT_IN_SLUGS: Final = re.compile(r"[^a-z0-9]+")


@ft.component
def PageFormScreen(
    window: Window, opened: OpenPage, setting_up: SettingUp, names: Names, look: Look, page_id: str | None
) -> ft.Control:
    """A new page without an id."""
    words = look.words
    back = f"/status-pages/{page_id}" if page_id is not None else "/status-pages"
    title = words("page.settings") if page_id is not None else words("status.make")
    bar = archive_bar(window, title, back, [])
    page = opened.parts.page if opened.parts is not None and page_id == opened.parts.page.id else None
    if page_id is not None and page is None:
        wait = placeholders.failed(look, opened.error, window.retry) if opened.error else placeholders.skeleton(look)
        return ft.Column([bar, wait], spacing=0, expand=True)
    me = window.session.me
    may_enter = may_set_up(me, page) if page is not None else may_make(me)
    form = column([PageForm(window, setting_up, names, look, page)]) if may_enter else closed(look)
    return ft.Column(
        [bar, PullList([form], window.retry)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _blank(window: Window) -> StatusPageInput:
    me = window.session.me
    teams = [each.id for each in me.teams if may(me, SET_UP, each.id)] if me is not None else []
    zone = window.look.zone_name
    return StatusPageInput(
        name="", slug="", team_id=teams[0] if teams else "", time_zone=zone, language=window.look.language
    )


@ft.component
def PageForm(window: Window, setting_up: SettingUp, names: Names, look: Look, page: StatusPage | None) -> ft.Control:
    """Everything in one column."""
    words, me = look.words, window.session.me
    started = msgspec.convert(page, StatusPageInput, from_attributes=True) if page is not None else _blank(window)
    form = filled_in(look.drafts, f"status-page:{page.id if page else ''}", started)
    draft = form.whole

    async def send() -> None:
        wanted = form.whole
        slug = wanted.slug.strip() or NOT_IN_SLUGS.sub("-", wanted.name.lower()).strip("-")[:63]
        wanted = replace(wanted, slug=slug, name=wanted.name.strip(), domain=(wanted.domain or "").strip() or None)
        saved = await (setting_up.change(page, wanted) if page is not None else setting_up.make(wanted))
        if saved is not None:
            below = "" if page is not None else "/components"
            window.go(f"/status-pages/{saved.id}{below}")

    teams = tuple(
        Option(value=each.id, label=each.name)
        for each in names.of("teams") or ()
        if may(me, SET_UP, each.id) or each.id == draft.team_id
    )
    kinds = [(str(each), words(f"page_kind.{each}"), words(f"page_kind.{each}")) for each in ("public", "internal")]
    languages: list[tuple[Language, str, str]] = [
        (each, words(f"language.{each}"), words(f"language.{each}")) for each in LANGUAGES
    ]
    fields: list[ft.Control] = [
        field(look, words("page.name"), draft.name, lambda value: form.type(NAME, value), key="page-name"),
        field(
            look,
            words("page.slug"),
            draft.slug,
            lambda value: form.type(SLUG, value),
            entry=Entry(help=words("page.slug_help"), hint="nordwind"),
            key="page-slug",
        ),
        Picker(
            look,
            Field(key="page-team", label=words("page.team"), form="choice", options=teams),
            draft.team_id or None,
            lambda value: form.choose(TEAM, value or ""),
        ),
        text(words("page.kind"), "label", look.palette.ink),
        segments(
            look,
            kinds,
            "public" if draft.is_public else "internal",
            lambda value: form.choose(PUBLIC, value == "public"),
        ),
        text(words("page.public_help" if draft.is_public else "page.internal_help"), "small", look.palette.muted),
        text(words("page.language"), "label", look.palette.ink),
        segments(look, languages, draft.language, lambda value: form.choose(LANGUAGE, value)),
        field(
            look,
            words("page.zone"),
            draft.time_zone,
            lambda value: form.type(ZONE, value),
            entry=Entry(hint="Europe/Berlin"),
            key="page-zone",
        ),
    ]
    if draft.is_public:
        fields += [
            field(
                look,
                words("page.domain"),
                draft.domain or "",
                lambda value: form.type(DOMAIN, value or None),
                entry=Entry(hint="status.example.com", help=words("page.domain_help")),
                key="page-domain",
            ),
            switch(
                look,
                words("page.subscribers"),
                draft.takes_subscribers,
                lambda: form.choose(SUBSCRIBED, not form.whole.takes_subscribers),
                key="page-subscribed",
            ),
        ]
    fields += refused_lines(look, setting_up.refused)
    fields.append(filled(look, words("publish.save"), send, busy=setting_up.busy, key="page-send"))
    if page is not None:
        fields.append(_removal(window, setting_up, page))
    return ft.Column(fields, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _removal(window: Window, setting_up: SettingUp, page: StatusPage) -> ft.Control:
    look, words = window.look, window.look.words

    async def remove() -> None:
        if await setting_up.archive(page):
            window.go("/status-pages")

    return removal(look, words("page.remove"), words("page.remove_text"), remove, key="remove-page")


def removal(look: Look, label: str, about: str, remove: Callable[[], Any], *, key: str) -> ft.Control:
    """A quiet red button that asks once, in place."""
    sign = ft.Icons.DELETE_OUTLINE
    return AskedOnce(
        look,
        Question(about=about, yes=label, key=key),
        remove,
        lambda ask: ft.Row([quiet(look, label, ask, icon=sign, colour=look.palette.critical, key=key)], wrap=True),
    )

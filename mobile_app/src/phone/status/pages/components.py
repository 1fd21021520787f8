"""Components of a page in their groups and their order: named, moved, added, taken off."""

from collections.abc import Callable
from typing import Any

import flet as ft
from msgspec.structs import replace

from phone.base.draft import Draft
from phone.base.look import Look
from phone.base.places import place, swapped, without
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.cards import card
from phone.kit.controls import filled, icon, quiet
from phone.kit.hooks import filled_in
from phone.kit.layout import column
from phone.kit.pulling import PullList
from phone.kit.text import text
from phone.status.events.fields import InBothLanguages, refused_lines
from phone.status.open_page import OpenPage, PageParts
from phone.status.pages.closed import closed
from phone.status.rights import may_set_up
from phone.status.set_up import SettingUp
from shared.wire.status_pages import ComponentInput, ComponentsInput, GroupInput, Phrase

GROUPS = place(ComponentsInput, lambda page: page.groups)
Form = Draft[ComponentsInput]


def as_input(parts: PageParts) -> ComponentsInput:
    """What stands, to be changed."""
    return ComponentsInput(
        groups=tuple(
            GroupInput(
                id=group.id,
                name=group.name,
                is_uptime_hidden=group.is_uptime_hidden,
                components=tuple(
                    ComponentInput(
                        id=each.id,
                        name=each.name,
                        description=each.description,
                        available_since=each.available_since,
                        is_uptime_hidden=each.is_uptime_hidden,
                    )
                    for each in group.components
                ),
            )
            for group in parts.groups
        )
    )


def moved(groups: tuple[GroupInput, ...], at: int, place_in: int, by: int) -> tuple[GroupInput, ...]:
    """A component one place up or down, from the edge of its group into the next one."""
    group = groups[at]
    to = place_in + by
    if 0 <= to < len(group.components):
        return _with(groups, at, replace(group, components=swapped(group.components, place_in, to)))
    other = at + by
    if not 0 <= other < len(groups):
        return groups
    each, target = group.components[place_in], groups[other]
    joined = (*target.components, each) if by < 0 else (each, *target.components)
    left = _with(groups, at, replace(group, components=without(group.components, place_in)))
    return _with(left, other, replace(target, components=joined))


def _with(groups: tuple[GroupInput, ...], at: int, group: GroupInput) -> tuple[GroupInput, ...]:
    return (*groups[:at], group, *groups[at + 1 :])


@ft.component
def ComponentsScreen(window: Window, opened: OpenPage, setting_up: SettingUp, look: Look, page_id: str) -> ft.Control:
    """The whole screen."""
    bar = archive_bar(window, look.words("components.title"), f"/status-pages/{page_id}", [])
    parts = opened.parts
    if parts is None or parts.page.id != page_id:
        wait = placeholders.failed(look, opened.error, window.retry) if opened.error else placeholders.skeleton(look)
        return ft.Column([bar, wait], spacing=0, expand=True)
    may_enter = may_set_up(window.session.me, parts.page)
    form = column([ComponentsForm(window, setting_up, look, parts)]) if may_enter else closed(look)
    return ft.Column(
        [bar, PullList([form], window.retry)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def ComponentsForm(window: Window, setting_up: SettingUp, look: Look, parts: PageParts) -> ft.Control:
    """Kept while the reader looks elsewhere; saved as a whole."""
    words, page = look.words, parts.page
    form = filled_in(look.drafts, f"status-components:{page.id}:{page.rev}", as_input(parts))
    groups = form.whole.groups

    async def send() -> None:
        if await setting_up.arrange(page, form.whole) is not None:
            window.go(f"/status-pages/{page.id}")

    def add() -> None:
        form.choose(
            GROUPS, (*form.whole.groups, GroupInput(name=Phrase(), components=(ComponentInput(name=Phrase()),)))
        )

    shown: list[ft.Control] = [text(words("components.help"), "small", look.palette.muted)]
    shown += [_group(look, form, parts, at, group) for at, group in enumerate(groups)]
    shown.append(
        ft.Row([quiet(look, words("components.add_group"), add, icon=ft.Icons.ADD, key="add-group")], wrap=True)
    )
    shown += refused_lines(look, setting_up.refused)
    shown.append(filled(look, words("publish.save"), send, busy=setting_up.busy, key="components-send"))
    return ft.Column(shown, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _group(look: Look, form: Form, parts: PageParts, at: int, group: GroupInput) -> ft.Control:
    words = look.words
    whole = GROUPS.then(lambda groups: groups[at])

    def add() -> None:
        now = whole.read(form.whole)
        form.choose(whole, replace(now, components=(*now.components, ComponentInput(name=Phrase()))))

    def drop() -> None:
        form.choose(GROUPS, without(form.whole.groups, at))

    def move(by: int) -> None:
        if 0 <= at + by < len(form.whole.groups):
            form.choose(GROUPS, swapped(form.whole.groups, at, at + by))

    name = group.name or Phrase()
    called = name.said(look.language, parts.page.language) or f"{words('components.group')} {at + 1}"
    head = ft.Row(
        [
            ft.Container(
                content=InBothLanguages(
                    look,
                    words("components.group"),
                    name,
                    parts.page.language,
                    lambda language, value: form.type(
                        whole,
                        replace(
                            whole.read(form.whole),
                            name=replace(whole.read(form.whole).name or Phrase(), **{language: value}),
                        ),
                    ),
                    name=f"group-{at}",
                ),
                expand=True,
            ),
            *_arrows(look, move, drop, called, key=f"group-{at}"),
        ],
        spacing=0,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    rows = [_component(look, form, parts, at, n, each) for n, each in enumerate(group.components)]
    more = quiet(look, words("components.add"), add, icon=ft.Icons.ADD, of=called, key=f"add-component-{at}")
    return card(look, [head, *rows, ft.Row([more], wrap=True)], spacing=12)


def _component(look: Look, form: Form, parts: PageParts, at: int, n: int, each: ComponentInput) -> ft.Control:
    words = look.words
    name = GROUPS.then(lambda groups: groups[at].components[n].name)

    def drop() -> None:
        group = form.whole.groups[at]
        form.choose(GROUPS, _with(form.whole.groups, at, replace(group, components=without(group.components, n))))

    return ft.Row(
        [
            ft.Container(
                content=InBothLanguages(
                    look,
                    words("components.name"),
                    each.name,
                    parts.page.language,
                    lambda language, value: form.type(name, replace(name.read(form.whole), **{language: value})),
                    name=f"component-{at}-{n}",
                ),
                expand=True,
            ),
            *_arrows(
                look,
                lambda by: form.choose(GROUPS, moved(form.whole.groups, at, n, by)),
                drop,
                each.name.said(look.language, parts.page.language),
                key=f"component-{at}-{n}",
            ),
        ],
        spacing=0,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _arrows(
    look: Look, move: Callable[[int], Any], drop: Callable[[], Any], name: str, *, key: str
) -> list[ft.Control]:
    words = look.words
    return [
        ft.Container(content=each, padding=ft.Padding.only(top=26))
        for each in (
            icon(look, ft.Icons.ARROW_UPWARD, words("components.up", name=name), lambda: move(-1), key=f"{key}-up"),
            icon(
                look, ft.Icons.ARROW_DOWNWARD, words("components.down", name=name), lambda: move(1), key=f"{key}-down"
            ),
            icon(look, ft.Icons.CLOSE, words("words.remove", word=name), drop, key=f"{key}-drop"),
        )
    ]

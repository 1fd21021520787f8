"""Choosing who takes turns, and what holds for one of them: on-call role, from when, until when."""

from collections.abc import Callable
from typing import Any, Final

import flet as ft

from phone.base.look import Look
from phone.base.places import Place
from phone.base.window import Window
from phone.console.form.editor import Editor
from phone.console.form.kind import Known
from phone.console.layers.drafts import ScheduleDraft
from phone.kit.choices import check
from phone.kit.controls import Face, filled, tappable, word
from phone.kit.fields import Entry, field
from phone.kit.form_field import Field, Option
from phone.kit.hooks import state
from phone.kit.marks import avatar
from phone.kit.moment_field import MomentField
from phone.kit.text import text
from shared.wire.schedules import MemberInput

SEARCHED_FROM: Final = 8
NOBODY: tuple[str, ...] = ()


@ft.component
def PeopleChoice(look: Look, options: list[Option], add: Callable[[tuple[str, ...]], Any], team: str) -> ft.Control:
    """Several in one go, in the order in which they are tapped."""
    chosen, choose = state(NOBODY)
    wanted, want = state("")
    words, palette = look.words, look.palette
    if not options:
        return text(words("turn.no_people", team=team), "body", palette.muted)

    def turn(ident: str) -> None:
        choose(tuple(each for each in chosen if each != ident) if ident in chosen else (*chosen, ident))

    parts: list[ft.Control] = [text(words("turn.choose_about", team=team), "small", palette.muted)]
    if len(options) >= SEARCHED_FROM:
        parts.append(
            field(look, "", wanted, want, entry=Entry(hint=words("choose.search_people")), key="search-people")
        )
    found = [each for each in options if wanted.casefold() in f"{each.label} {each.about}".casefold()]
    rows = [_choice(look, each, chosen, turn) for each in found]
    parts.append(ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))
    label = words("turn.add_count", count=len(chosen))
    parts.append(filled(look, label, lambda: add(chosen) if chosen else None, busy=not chosen, key="people-add"))
    return ft.Column(parts, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _choice(look: Look, option: Option, chosen: tuple[str, ...], turn: Callable[[str], Any]) -> ft.Control:
    palette, ident = look.palette, str(option.value)
    own = ident in chosen
    tail: list[ft.Control] = []
    if own:
        tail.append(
            ft.Container(
                content=text(str(chosen.index(ident) + 1), "label", palette.on_accent),
                width=24,
                height=24,
                border_radius=24,
                bgcolor=palette.accent,
                alignment=ft.Alignment.CENTER,
            )
        )
    lines: list[ft.Control] = [text(option.label, "strong", palette.ink)]
    if option.about:
        lines.append(text(option.about, "small", palette.muted, lines=1))
    return tappable(
        look,
        ft.Row(
            [
                avatar(look, option.label, who=ident),
                ft.Column(lines, spacing=0, tight=True, expand=True),
                *tail,
            ],
            spacing=12,
        ),
        lambda: turn(ident),
        face=Face(
            padding=ft.Padding.symmetric(horizontal=10, vertical=8),
            radius=10,
            colour=palette.accent_bg if own else "#00000000",
        ),
        selected=own,
        key=f"pick-{ident}",
    )


@ft.component
def MemberForm(
    window: Window,
    editor: Editor,
    known: Known,
    at: Place[ScheduleDraft, MemberInput],
    roles: tuple[Option, ...],
    remove: Callable[[], Any],
    close: Callable[[], Any],
) -> ft.Control:
    """What holds for one person of a turn; each change stands in the form at once."""
    look, words = window.look, known.words
    stay = editor.value(at)
    if stay is None:
        return ft.Container(height=0)
    role_at = at.then(lambda stay: stay.role_id)
    today = known.now.astimezone(known.reader.zone).date()

    def moment(name: str, hint: str, path: Place[ScheduleDraft, str | None], value: str | None) -> ft.Control:
        each = Field(key=path.key, label=words(f"member.{name}"), hint=words(hint))
        return MomentField(
            look,
            each,
            _wall(value),
            lambda value: editor.choose(path, value),
            lambda value: editor.type(path, value),
            None,
            today,
            inside=True,
        )

    role = stay.role_id
    chips = [
        check(
            look,
            option.label,
            option.value == role,
            lambda option=option: editor.choose(role_at, option.value),
            key=f"role-{option.value or 'none'}",
        )
        for option in roles
    ]
    return ft.Column(
        [
            text(words("field.on_call_role"), "label", look.palette.ink),
            ft.Row(list(chips), wrap=True, spacing=8, run_spacing=8),
            moment("from", "member.from_now", at.then(lambda stay: stay.since), stay.since),
            moment("until", "member.until_removed", at.then(lambda stay: stay.until), stay.until),
            text(words("member.dates_about"), "small", look.palette.muted),
            filled(look, words("member.done"), close, key="member-done"),
            ft.Row(
                [word(look, words("member.remove"), remove, colour=look.palette.critical, key="member-remove")],
                alignment=ft.MainAxisAlignment.CENTER,
            ),
        ],
        spacing=14,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _wall(given: str | None) -> str | None:
    """A wall time; a date means its midnight."""
    return given if not given or "T" in given else f"{given}T00:00"

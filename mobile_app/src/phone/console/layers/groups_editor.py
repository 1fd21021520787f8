"""Who takes turns: groups in their order, people with their on-call role, and from and until when they take part."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import flet as ft

from phone.base.look import Look
from phone.base.places import swapped, without
from phone.base.window import Window
from phone.console.form.changes import belongs_to, key_of, refusal
from phone.console.form.editor import Editor
from phone.console.form.kind import Known
from phone.console.layers.drafts import LAYERS, TEAM, ZONE, LayerDraft, layer_at
from phone.console.layers.layer_sentence import role_name, stay_notes
from phone.console.layers.layers import (
    has_left,
    has_mixed_roles,
    role_of,
    shifted_groups,
    turns,
    with_role,
)
from phone.console.layers.member_sheet import MemberForm, PeopleChoice
from phone.kit.controls import Face, icon, quiet, tappable, word
from phone.kit.fields import problem_line
from phone.kit.form_field import Field, Option
from phone.kit.hooks import state
from phone.kit.marks import avatar
from phone.kit.picker import Picker
from phone.kit.rows import deed_row
from phone.kit.sheet import sheet
from phone.kit.text import text
from shared.wire.schedules import GroupInput, MemberInput

MOST_GROUPS: Final = 50
NEW_TURNS: Final = -1
Groups = tuple[GroupInput, ...]
Change = Callable[[Groups], Groups]


@dataclass(frozen=True)
class _Asked:
    """What a sheet is open for: people to add, what to do with a turn, or one member of it."""

    what: str
    group: int = NEW_TURNS
    member: int = 0


NOT_ASKED: _Asked | None = None


@ft.component
def GroupsEditor(window: Window, editor: Editor, known: Known, place: int, fixed: bool) -> ft.Control:
    """One line per turn; a tap on a person opens what holds for them. Nothing once the form is gone."""
    look, words, at = window.look, known.words, layer_at(place)
    groups_at = at.then(lambda layer: layer.groups)
    layer = editor.value(at)
    asked, ask = state(NOT_ASKED)
    zone = (layer.time_zone if layer is not None else None) or editor.value(ZONE) or ""

    def keep(change: Change) -> None:
        ask(None)
        editor.edit(groups_at, lambda now: tuple(group for group in change(now) if group.nobody or group.members))

    ft.use_dialog(_dialog(window, editor, known, place, layer, asked, ask, keep) if asked and layer else None)
    if layer is None:
        return ft.Container(height=0)
    parts: list[ft.Control] = [text(words("help.groups"), "small", look.palette.muted)]
    parts.append(_role(window, editor, known, place, layer, fixed=fixed))
    number = 0
    for index, group in enumerate(layer.groups):
        stays = [i for i, stay in enumerate(group.members) if not has_left(stay, zone, known.now)]
        if not stays and not group.nobody:
            continue
        number += 1
        parts.append(_turn(look, known, layer, index, number, stays, None if fixed else ask))
        parts += _errors(look, editor, known, f"{groups_at.key}.{index}")
    parts += [
        problem_line(look, refusal(known, each))
        for each in (*editor.refused, *editor.doubted)
        if key_of(each) == groups_at.key
    ]
    if not fixed:
        parts.append(_adding(window, editor, known, place, layer, ask, keep))
    return ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _errors(look: Look, editor: Editor, known: Known, key: str) -> list[ft.Control]:
    problems = [each for each in (*editor.refused, *editor.doubted) if belongs_to(each, key)]
    return [problem_line(look, told) for told in dict.fromkeys(refusal(known, each) for each in problems)]


def _members(groups: Groups, index: int, members: tuple[MemberInput, ...]) -> Groups:
    """Others in the turn at this number."""
    return (*groups[:index], GroupInput(members=members), *groups[index + 1 :])


def _role(window: Window, editor: Editor, known: Known, place: int, layer: LayerDraft, *, fixed: bool) -> ft.Control:
    words, at, mixed = known.words, layer_at(place), has_mixed_roles(layer)
    field = Field(
        key=at.then(lambda layer: layer.role_id).key,
        label=words("field.on_call_role"),
        help=words("on_call_role.mixed") if mixed else "",
        options=role_options(known),
        fixed=fixed,
    )

    def choose(role_id: str | None) -> None:
        editor.edit(at, lambda now: with_role(now, role_id))

    return Picker(window.look, field, "" if mixed else role_of(layer), choose)


def role_options(known: Known) -> tuple[Option, ...]:
    """The on-call roles, built-in ones in the reader's language; at last none."""
    roles = tuple(
        Option(value=each.id, label=role_name(known, each.id)) for each in known.lists.items("on-call-roles") or ()
    )
    none = Option(value=None, label=known.words("on_call_role.none"), about=known.words("on_call_role.none_about"))
    return (*roles, none)


def _turn(
    look: Look,
    known: Known,
    layer: LayerDraft,
    index: int,
    number: int,
    stays: list[int],
    ask: Callable[[_Asked | None], None] | None,
) -> ft.Control:
    palette, words = look.palette, known.words
    group = layer.groups[index]
    chips: list[ft.Control] = []
    if group.nobody:
        chips.append(_plain(look, words("layer.nobody")))
    for i in stays:
        open_it = None if ask is None else (lambda i=i: ask(_Asked("member", index, i)))
        chips.append(_person(look, known, layer, group.members[i], open_it, key=f"member-{index}-{i}"))
    mark = ft.Container(content=text(str(number), "label", palette.muted), width=20, padding=ft.Padding.only(top=14))
    row: list[ft.Control] = [
        mark,
        ft.Container(content=ft.Row(chips, wrap=True, spacing=6, run_spacing=6), expand=True),
    ]
    if ask is not None:
        label = words("turn.more", number=number)
        row.append(
            icon(
                look,
                ft.Icons.MORE_HORIZ,
                label,
                lambda: ask(_Asked("turn", index)),
                key=f"turn-{index}",
                colour=palette.muted,
            )
        )
    return ft.Row(row, spacing=8, vertical_alignment=ft.CrossAxisAlignment.START)


def _plain(look: Look, name: str) -> ft.Control:
    palette = look.palette
    return ft.Container(
        content=ft.Row(
            [ft.Icon(ft.Icons.PERSON_OFF_OUTLINED, size=18, color=palette.muted), text(name, "button", palette.muted)],
            spacing=8,
            tight=True,
        ),
        border=ft.Border.all(1, palette.line),
        border_radius=999,
        padding=ft.Padding.symmetric(horizontal=14, vertical=13),
    )


def _person(
    look: Look, known: Known, layer: LayerDraft, stay: MemberInput, open_it: Callable[[], Any] | None, *, key: str
) -> ft.Control:
    palette = look.palette
    shown = known.person(stay.user_id).said(known.words, begins=True)
    notes = [role_name(known, stay.role_id)] if has_mixed_roles(layer) else []
    notes += stay_notes(known, stay)
    lines: list[ft.Control] = [text(shown, "button", palette.ink)]
    if notes:
        lines.append(text(known.words("layer.comma").join(notes), "caption", palette.muted))
    row = ft.Row(
        [
            avatar(look, known.name("people", stay.user_id), who=stay.user_id, size=28),
            ft.Column(lines, spacing=0, tight=True),
        ],
        spacing=8,
        tight=True,
    )
    padding = ft.Padding.only(left=6, right=14, top=10 if not notes else 5, bottom=10 if not notes else 5)
    if open_it is None:
        return ft.Container(content=row, padding=padding)
    face = Face(colour=palette.surface, side=ft.BorderSide(width=1, color=palette.line), radius=999, padding=padding)
    return tappable(look, row, open_it, face=face, key=key)


def _adding(
    window: Window,
    editor: Editor,
    known: Known,
    place: int,
    layer: LayerDraft,
    ask: Callable[[_Asked | None], None],
    keep: Callable[[Change], None],
) -> ft.Control:
    look, words = window.look, known.words
    if len(layer.groups) >= MOST_GROUPS:
        return ft.Container(height=0)
    found: list[ft.Control] = [
        quiet(look, words("turn.add"), lambda: ask(_Asked("people")), icon=ft.Icons.ADD, key=f"add-people-{place}")
    ]
    if layer.groups and layer.rotation.order != "least_recent":
        nobody = GroupInput(nobody=True)
        label = words("turn.add_nobody")
        found.append(word(look, label, lambda: keep(lambda now: (*now, nobody)), key=f"add-nobody-{place}"))
    layers = editor.value(LAYERS) or ()
    other = next((one for i, one in enumerate(layers) if i != place and one.groups and not one.end), None)
    if not layer.groups and other is not None:
        label = words("turn.same_people", layer=other.name or words("layer.unnamed"))
        same = shifted_groups(other, layer.role_id)
        found.append(word(look, label, lambda: keep(lambda _: same), key=f"same-people-{place}"))
    return ft.Row(found, wrap=True, spacing=8, run_spacing=4)


def _dialog(
    window: Window,
    editor: Editor,
    known: Known,
    place: int,
    layer: LayerDraft,
    asked: _Asked,
    ask: Callable[[_Asked | None], None],
    keep: Callable[[Change], None],
) -> ft.BottomSheet | None:
    look, words, at, groups = window.look, known.words, asked.group, layer.groups

    def close() -> None:
        ask(None)

    def add(people: tuple[str, ...]) -> None:
        new = turns(people, role_of(layer))
        if at == NEW_TURNS:
            keep(lambda now: (*now, *new))
        else:
            keep(lambda now: _members(now, at, (*now[at].members, *(one for turn in new for one in turn.members))))

    if asked.what == "people":
        team = editor.value(TEAM)
        together = groups[at].members if at != NEW_TURNS else ()
        taken = {stay.user_id for stay in together}
        options = [each for each in people_options(known, team) if each.value not in taken]
        choice = PeopleChoice(look, options, add, known.name("teams", team))
        return sheet(look, words("turn.add"), [choice], close)
    if at >= len(groups):
        return None
    if asked.what == "member" and asked.member < len(groups[at].members):
        number = asked.member
        form = MemberForm(
            window,
            editor,
            known,
            layer_at(place).then(lambda layer: layer.groups[at].members[number]),
            role_options(known),
            lambda: keep(lambda now: _members(now, at, without(now[at].members, number))),
            close,
        )
        return sheet(look, known.name("people", groups[at].members[number].user_id), [form], close)
    return sheet(look, words("turn.title"), _deeds(look, groups, asked, ask, keep), close)


def people_options(known: Known, team_id: str | None) -> list[Option]:
    """Members of the owning team, who alone can be on call for it."""
    return [
        Option(value=each.id, label=each.name, about=each.email)
        for each in known.lists.items("people") or ()
        if each.deactivated_at is None and any(team.id == team_id for team in each.teams)
    ]


def _deeds(
    look: Look,
    groups: Groups,
    asked: _Asked,
    ask: Callable[[_Asked | None], None],
    keep: Callable[[Change], None],
) -> list[ft.Control]:
    words, index = look.words, asked.group

    def move(by: int) -> None:
        keep(lambda now: swapped(now, index, index + by))

    rows: list[ft.Control] = []
    if not groups[index].nobody:
        together = replace(asked, what="people")
        rows.append(
            deed_row(
                look,
                ft.Icons.PERSON_ADD_ALT,
                words("turn.add_to"),
                lambda: ask(together),
                about=words("turn.add_to_about"),
                key="turn-add",
            )
        )
    if index > 0:
        rows.append(deed_row(look, ft.Icons.ARROW_UPWARD, words("turn.up"), lambda: move(-1), key="turn-up"))
    if index < len(groups) - 1:
        rows.append(deed_row(look, ft.Icons.ARROW_DOWNWARD, words("turn.down"), lambda: move(1), key="turn-down"))
    rows.append(
        deed_row(
            look,
            ft.Icons.DELETE_OUTLINE,
            words("turn.remove"),
            lambda: keep(lambda now: without(now, index)),
            key="turn-remove",
        )
    )
    return [ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)]

"""Who is in a team; each is added and removed at once."""

import flet as ft

from phone.base import problems
from phone.base.window import Window
from phone.console.beside import Beside
from phone.console.form.kind import Known
from phone.kit.cards import card, titled
from phone.kit.controls import icon, quiet
from phone.kit.fields import problem_line
from phone.kit.hooks import state
from phone.kit.marks import avatar
from phone.kit.picker import option_sheet
from phone.kit.question import AskedOnce, Question
from phone.kit.text import text
from shared.wire.lists import Ref
from shared.wire.people import Member, Team


@ft.component
def TeamPanel(window: Window, beside: Beside, known: Known, item: Team) -> ft.Control:
    """Members, and a way to more of them."""
    look, words, can_change = window.look, known.words, item.may_edit_members
    adding, add = state(False)

    async def take(user_id: str | None) -> None:
        add(False)
        if user_id is not None:
            await beside.add_member(user_id)

    members = beside.members if beside.ident == item.id else None
    inside = {member.user_id for member in members or ()}
    others = [option for option in known.options("people") if option.value not in inside]
    ft.use_dialog(option_sheet(look, words("team.add"), others, take, lambda: add(False)) if adding else None)
    parts: list[ft.Control] = [_member(window, beside, known, member, can_change) for member in members or ()]
    if members is None:
        parts.append(text(words("loading"), "body", look.palette.muted))
    elif not members:
        parts.append(text(words("team.empty"), "body", look.palette.muted))
    if beside.error is not None:
        parts.append(problem_line(look, problems.problem(words, beside.error)))
    if can_change and others:
        button = quiet(look, words("team.add"), lambda: add(True), icon=ft.Icons.ADD, key="add-member")
        parts.append(ft.Row([button], wrap=True))
    return titled(look, words("team.members"), [card(look, parts)], help=words("team.help"))


def _member(window: Window, beside: Beside, known: Known, member: Member, can_change: bool) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    ref = Ref(member.user_id, member.name)
    who = known.reader.person(ref)
    lines: list[ft.Control] = [text(known.reader.alone(ref), "strong", palette.ink)]
    told = [words("team.manager")] if member.is_manager else []
    if member.deactivated_at is not None:
        told.append(words("health.deactivated"))
    if told:
        lines.append(text(" · ".join(told), "small", palette.muted))
    row: list[ft.Control] = [
        avatar(look, member.name, who=member.user_id),
        ft.Column(lines, spacing=1, tight=True, expand=True),
    ]
    if can_change and member.deactivated_at is None:
        key = "team.unmark" if member.is_manager else "team.mark"
        sign = ft.Icons.STAR if member.is_manager else ft.Icons.STAR_OUTLINE
        row.append(
            icon(
                look,
                sign,
                words(key, who=who),
                lambda: beside.mark_manager(member.user_id, not member.is_manager),
                key=f"manager-{member.user_id}",
                colour=palette.accent if member.is_manager else palette.muted,
            )
        )
    if not can_change:
        return ft.Row(row, spacing=12)
    label, key = words("team.remove", who=who), f"remove-{member.user_id}"
    return AskedOnce(
        look,
        Question(about=words("team.remove_text", who=who), yes=words("team.take"), key=key),
        lambda: beside.remove_member(member.user_id),
        lambda ask: ft.Row([*row, icon(look, ft.Icons.PERSON_REMOVE_OUTLINED, label, ask, key=key)], spacing=12),
    )

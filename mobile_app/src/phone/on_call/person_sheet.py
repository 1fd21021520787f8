"""A colleague who is on call: on what and until when, what time it is for them, and how to reach them."""

import asyncio

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.moments import zone_of
from phone.base.window import Window
from phone.kit.controls import filled, word
from phone.kit.hooks import state
from phone.kit.marks import avatar
from phone.kit.text import heading, text
from phone.names.store import Names
from phone.on_call.next_in_line import NextInLine, next_in_line
from phone.rotas.on_call import OnCall
from shared.wire.lists import Ref


@ft.component
def PersonSheet(window: Window, names: Names, on_call: OnCall, line: NextInLine, look: Look, person: Ref) -> ft.Control:
    """Paging asks first what is broken: it leads to an incident by hand with this person chosen."""
    _, drawn = state(False)
    words, palette = look.words, look.palette
    now = window.clock.minutes.at

    async def read() -> None:
        await asyncio.gather(names.need("people", "teams"), line.load())
        drawn(True)

    ft.use_effect(read, [person.id])
    known = next((each for each in names.of("people") or () if each.id == person.id), None)
    watches = [
        (entry.schedule.name, each.until)
        for entry in on_call.now or ()
        for each in entry.people
        if each.user.id == person.id
    ]
    lines: list[ft.Control] = []
    for schedule, until in watches:
        when = moments.moment(words, until, now=now, zone=look.zone) if until else ""
        about = words("on_call.until", schedule=schedule, until=when) if when else schedule
        lines.append(text(about, "small", palette.muted))
    parts: list[ft.Control] = [
        ft.Row([avatar(look, person.name, size=56), ft.Column(lines, spacing=2, tight=True, expand=True)], spacing=16)
    ]
    if known is not None and known.time_zone:
        clock = moments.day_clock(words, now, zone_of(known.time_zone))
        place = known.time_zone.rpartition("/")[2].replace("_", " ")
        parts.append(_line(look, ft.Icons.SCHEDULE, words("person.clock", when=clock, place=place)))
    parts += _unanswered(look, names, on_call, line, person)
    if window.may_act:
        page = words("person.page", who=look.reader.person(person))
        parts.append(filled(look, page, lambda: window.go(f"/incidents/new?to={person.id}"), key="page-person"))
    if known is not None and known.email:
        parts.append(ft.Row([word(look, known.email, url=f"mailto:{known.email}", key="mail-person")]))
    return ft.Column(parts, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _unanswered(look: Look, names: Names, on_call: OnCall, line: NextInLine, person: Ref) -> list[ft.Control]:
    """Who is paged after them, for each policy that pages them now; nothing while that isn't known."""
    words, palette = look.words, look.palette
    people = {each.id: each.name for each in names.of("people") or ()}
    found = next_in_line(person.id, line.policies or (), on_call.now or (), people)
    if not found:
        return []
    rows: list[ft.Control] = []
    for each in found:
        teams = [Ref(ident, words("level.team", team=names.name("teams", ident))) for ident in each.teams]
        who = look.reader.people([*(Ref(one.user_id, one.name) for one in each.people), *teams])
        span = moments.span(words, each.after)
        if each.people or teams:
            told = words("person.next" if each.after else "person.next_now", who=who, span=span)
        else:
            told = words("person.next_fallback" if each.after else "person.next_fallback_now", span=span)
        by = words("person.next_by", policies=words.names(each.policies))
        rows.append(
            ft.Column([text(told, "body", palette.ink), text(by, "small", palette.muted)], spacing=1, tight=True)
        )
    title = heading(words("person.unanswered", who=look.reader.person(person)), "label", palette.muted)
    return [ft.Column([title, *rows], spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)]


def _line(look: Look, sign: ft.IconData, told: str) -> ft.Control:
    palette = look.palette
    return ft.Row(
        [ft.Icon(sign, size=20, color=palette.muted), text(told, "body", palette.ink, expand=True)], spacing=12
    )

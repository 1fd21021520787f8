"""A colleague who is on call: on what and until when, what time it is for them, and how to reach them."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.moments import zone_of
from phone.base.window import Window
from phone.hand_over.store import HandOver
from phone.kit.cards import tile, tiles_in
from phone.kit.hooks import state
from phone.kit.marks import avatar
from phone.kit.rows import deed_row
from phone.kit.text import heading, text
from phone.names.store import Named, Names
from phone.on_call.next_in_line import NextInLine, next_in_line
from phone.on_call.team_list import may_take, page_path
from phone.rotas.on_call import OnCall
from shared.wire.lists import Ref
from shared.wire.on_call import OnCallNow


@ft.component
def PersonSheet(
    window: Window,
    hand_over: HandOver,
    on_call: OnCall,
    line: NextInLine,
    look: Look,
    person: Ref,
    *,
    close: Callable[[], Any],
) -> ft.Control:
    """Paging, mailing, taking their pager; what time it is for them, and who is paged if they don't answer."""
    _, drawn = state(False)
    words, palette, names = look.words, look.palette, hand_over.names
    now = window.clock.minutes.at

    async def read() -> None:
        await asyncio.gather(names.need("people", "teams"), line.load())
        drawn(True)

    ft.use_effect(read, [person.id])
    known = next((each for each in names.of("people") or () if each.id == person.id), None)
    watches = [(entry, each.until) for entry in on_call.now or () for each in entry.people if each.user.id == person.id]
    lines: list[ft.Control] = []
    for entry, until in watches:
        schedule = entry.schedule.name
        when = moments.moment(words, until, now=now, zone=look.zone) if until else ""
        about = words("on_call.until", schedule=schedule, until=when) if when else schedule
        lines.append(text(about, "small", palette.muted))
    parts: list[ft.Control] = [
        ft.Row(
            [
                avatar(look, person.name, who=person.id, size=44),
                ft.Column(lines, spacing=2, tight=True, expand=True),
            ],
            spacing=16,
        )
    ]
    tiles = _deeds(window, hand_over, [entry for entry, _ in watches], person, known, close=close)
    if tiles is not None:
        parts.append(tiles)
    if known is not None and known.time_zone:
        clock = moments.day_clock(words, now, zone_of(known.time_zone))
        place = known.time_zone.rpartition("/")[2].replace("_", " ")
        parts.append(_line(look, ft.Icons.SCHEDULE, words("person.clock", when=clock, place=place)))
    parts += _unanswered(look, names, on_call, line, person)
    return ft.Column(parts, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _deeds(
    window: Window,
    hand_over: HandOver,
    entries: list[OnCallNow],
    person: Ref,
    known: Named | None,
    *,
    close: Callable[[], Any],
) -> ft.Control | None:
    look, words = window.look, window.look.words
    deeds: list[tuple[ft.IconData, str, Callable[[], Any] | str, str]] = []
    if window.may_act:
        page = partial(window.go, page_path(person))
        deeds.append((ft.Icons.NOTIFICATIONS_ACTIVE_OUTLINED, words("person.page_short"), page, "page-person"))
    if known is not None and known.email:
        deeds.append((ft.Icons.MAIL_OUTLINE, words("person.mail"), f"mailto:{known.email}", "mail-person"))
    rows: list[ft.Control] = []
    for entry in entries:
        if may_take(window, entry):
            take = partial(_take, hand_over, entry.schedule.id, person, close)
            key = f"take-{entry.schedule.id}-{person.id}"
            rows.append(
                deed_row(look, ft.Icons.SWAP_HORIZ, words("take.of", schedule=entry.schedule.name), take, key=key)
            )
    tiles = [tile(look, sign, label, act, key=key) for sign, label, act, key in deeds]
    if tiles:
        rows.insert(0, tiles_in(tiles, [label for _, label, _, _ in deeds], room=min(look.width, 560) - 40))
    return ft.Column(rows, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH) if rows else None


def _take(hand_over: HandOver, schedule_id: str, holder: Ref, close: Callable[[], Any]) -> None:
    close()
    hand_over.take(schedule_id, holder)


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

"""Schedules: mine first, who is on call on each of them now, and where nobody is."""

import flet as ft

from phone.base import moments, problems
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.controls import Face, icon, tappable
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import state
from phone.kit.layout import column
from phone.kit.marks import avatar
from phone.kit.pulling import PullList
from phone.kit.rows import way_row
from phone.kit.text import heading, text
from phone.rotas import rota_wording
from phone.rotas.on_call import OnCall
from phone.rotas.store import Rotas
from phone.rotas.watches import concerns
from phone.schedules.slot_sheet import nobody_sign
from shared.wire.schedules import ScheduleRota

SEARCHED_FROM = 8


@ft.component
def ScheduleList(window: Window, rotas: Rotas, on_call: OnCall, look: Look, beside: str | None) -> ft.Control:
    """Every schedule; `beside` is what is open next to it: a schedule, or my own shifts."""
    wanted, want = state("")
    words = look.words
    refresh = icon(look, ft.Icons.REFRESH, words("refresh"), window.retry, key="refresh")
    parts: list[ft.Control] = [archive_bar(window, words("lanes.all"), "/schedules", [refresh])]
    if rotas.items is None or on_call.now is None:
        wait = placeholders.failed(look, rotas.error, window.retry) if rotas.error else placeholders.skeleton(look)
        return PullList([*parts, wait], window.retry)
    parts.append(_mine(window, on_call, own=beside == "mine"))
    if rotas.error is not None and window.link.online:
        parts.append(column([problem_line(look, problems.problem(words, rotas.error))]))
    if not rotas.items and not rotas.unanswered:
        parts.append(placeholders.empty(look, words("on_call.empty"), words("schedules.empty_text")))
        return PullList(parts, window.retry)
    if len(rotas.items) >= SEARCHED_FROM:
        entry = Entry(hint=words("schedules.search"))
        parts.append(column([field(look, "", wanted, want, entry=entry, key="schedule-search")]))
    found = [each for each in rotas.items if wanted.casefold() in _searched(each)]
    found.sort(key=lambda each: each.schedule.name.casefold())
    if not found and wanted:
        parts.append(column([text(words("choose.none"), "body", look.palette.muted)]))
    mine = [each for each in found if concerns(each.rota, look.person)]
    others = [each for each in found if each not in mine]
    parts += _group(window, words("schedules.mine") if others else "", mine, beside, on_call=on_call)
    parts += _group(window, words("schedules.others") if mine else "", others, beside, on_call=on_call)
    if rotas.unanswered:
        told = words.names([each.schedule.name for each in rotas.unanswered])
        parts.append(column([text(words("schedules.unanswered", names=told), "small", look.palette.warning)]))
    return PullList(parts, window.retry)


def _searched(each: ScheduleRota) -> str:
    return f"{each.schedule.name} {each.team.name if each.team else ''}".casefold()


def _mine(window: Window, on_call: OnCall, *, own: bool) -> ft.Control:
    """The way to my own shifts, with the next of them."""
    look, words, mine = window.look, window.look.words, on_call.mine
    told = words("card.no_next")
    if mine is not None and mine.watches:
        told = words("mine.now", schedules=words.names([watch.schedule.name for watch in mine.watches]))
    elif mine is not None and mine.next is not None:
        when = moments.moment(words, mine.next.start, now=window.clock.now(), zone=look.zone)
        told = words("card.next", schedule=mine.next.schedule.name, when=when)
    row = way_row(
        look,
        ft.Icons.EVENT_AVAILABLE_OUTLINED,
        words("mine.title"),
        lambda: window.go("/schedules/mine"),
        value=told,
        key="my-shifts",
    )
    return ft.Container(content=row, bgcolor=look.palette.accent_bg if own else None)


def _group(
    window: Window, title: str, items: list[ScheduleRota], beside: str | None, *, on_call: OnCall
) -> list[ft.Control]:
    if not items:
        return []
    look = window.look
    parts: list[ft.Control] = []
    if title:
        parts.append(
            ft.Container(
                content=heading(title, "label", look.palette.muted),
                padding=ft.Padding.only(left=PHONE_MARGIN, right=PHONE_MARGIN, top=20, bottom=4),
            )
        )
    return [*parts, *(_row(window, each, own=each.schedule.id == beside, on_call=on_call) for each in items)]


def _row(window: Window, each: ScheduleRota, *, own: bool, on_call: OnCall) -> ft.Control:
    look, palette = window.look, window.look.palette
    entry = on_call.find(each.schedule.id)
    holder = entry.people[0].user if entry is not None and entry.people else None
    sign = avatar(look, holder.name, who=holder.id) if holder is not None else nobody_sign(look)
    told = ""
    if entry is not None:
        there = each.rota.schedule.time_zone
        told = rota_wording.now_line(look.reader, entry, now=window.clock.now(), zone=look.zone, there=there)
    lines: list[ft.Control] = [text(each.schedule.name, "strong", palette.ink)]
    lines.append(text(told, "small", palette.ink if holder is not None else palette.critical, bold=holder is None))
    if each.team is not None:
        lines.append(text(each.team.name, "small", palette.muted))
    row = ft.Row(
        [
            sign,
            ft.Column(lines, spacing=1, tight=True, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted),
        ],
        spacing=12,
    )
    face = Face(
        padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN, vertical=10),
        colour=palette.accent_bg if own else "#00000000",
    )
    ident = each.schedule.id
    return ft.Column(
        [
            tappable(
                look, row, lambda: window.go(f"/schedules/{ident}"), face=face, selected=own, key=f"schedule-{ident}"
            ),
            ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=64)),
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )

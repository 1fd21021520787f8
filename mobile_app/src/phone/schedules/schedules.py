"""Schedules: mine first, who is on call on each of them now, and where nobody is."""

import flet as ft

from phone.app import App
from phone.base import moments, problems
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.kit import placeholders
from phone.kit.bars import title_bar
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
def ScheduleList(app: App, rotas: Rotas, on_call: OnCall, look: Look, beside: str | None) -> ft.Control:
    """The whole tab; `beside` is what is open next to it: a schedule, or my own shifts."""
    wanted, want = state("")
    words = look.words
    refresh = icon(look, ft.Icons.REFRESH, words("refresh"), app.retry, key="refresh")
    parts: list[ft.Control] = [title_bar(app, words("schedules.title"), [refresh])]
    if rotas.items is None or on_call.now is None:
        wait = placeholders.failed(look, rotas.error, app.retry) if rotas.error else placeholders.skeleton(look)
        return PullList([*parts, wait], app.retry)
    parts.append(_mine(app, on_call, own=beside == "mine"))
    if rotas.error is not None and app.link.online:
        parts.append(column([problem_line(look, problems.problem(words, rotas.error))]))
    if not rotas.items and not rotas.unanswered:
        parts.append(placeholders.empty(look, words("on_call.empty"), words("schedules.empty_text")))
        return PullList(parts, app.retry)
    if len(rotas.items) >= SEARCHED_FROM:
        entry = Entry(hint=words("schedules.search"))
        parts.append(column([field(look, "", wanted, want, entry=entry, key="schedule-search")]))
    found = [each for each in rotas.items if wanted.casefold() in _searched(each)]
    found.sort(key=lambda each: each.schedule.name.casefold())
    if not found and wanted:
        parts.append(column([text(words("choose.none"), "body", look.palette.muted)]))
    mine = [each for each in found if concerns(each.rota, look.person)]
    others = [each for each in found if each not in mine]
    parts += _group(app, words("schedules.mine") if others else "", mine, beside)
    parts += _group(app, words("schedules.others") if mine else "", others, beside)
    if rotas.unanswered:
        told = words.names([each.schedule.name for each in rotas.unanswered])
        parts.append(column([text(words("schedules.unanswered", names=told), "small", look.palette.warning)]))
    return PullList(parts, app.retry)


def _searched(each: ScheduleRota) -> str:
    return f"{each.schedule.name} {each.team.name if each.team else ''}".casefold()


def _mine(app: App, on_call: OnCall, *, own: bool) -> ft.Control:
    """The way to my own shifts, with the next of them."""
    look, words, mine = app.look, app.look.words, on_call.mine
    told = words("card.no_next")
    if mine is not None and mine.watches:
        told = words("mine.now", schedules=words.names([watch.schedule.name for watch in mine.watches]))
    elif mine is not None and mine.next is not None:
        when = moments.moment(words, mine.next.start, now=app.clock.now(), zone=look.zone)
        told = words("card.next", schedule=mine.next.schedule.name, when=when)
    row = way_row(
        look,
        ft.Icons.EVENT_AVAILABLE_OUTLINED,
        words("mine.title"),
        lambda: app.go("/schedules/mine"),
        value=told,
        key="my-shifts",
    )
    return ft.Container(content=row, bgcolor=look.palette.accent_bg if own else None)


def _group(app: App, title: str, items: list[ScheduleRota], beside: str | None) -> list[ft.Control]:
    if not items:
        return []
    look = app.look
    parts: list[ft.Control] = []
    if title:
        parts.append(
            ft.Container(
                content=heading(title, "label", look.palette.muted),
                padding=ft.Padding.only(left=PHONE_MARGIN, right=PHONE_MARGIN, top=20, bottom=4),
            )
        )
    return [*parts, *(_row(app, each, own=each.schedule.id == beside) for each in items)]


def _row(app: App, each: ScheduleRota, *, own: bool) -> ft.Control:
    look, palette = app.look, app.look.palette
    entry = app.on_call.find(each.schedule.id)
    holder = entry.people[0].user if entry is not None and entry.people else None
    sign = avatar(look, holder.name, mine=holder.id == look.person) if holder is not None else nobody_sign(look)
    told = ""
    if entry is not None:
        there = each.rota.schedule.time_zone
        told = rota_wording.now_line(look.reader, entry, now=app.clock.now(), zone=look.zone, there=there)
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
                look, row, lambda: app.go(f"/schedules/{ident}"), face=face, selected=own, key=f"schedule-{ident}"
            ),
            ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=64)),
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )

"""On call: my watch and what is left of it, then who is on call now, team by team."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import flet as ft

from phone.base import moments
from phone.base.link import Link
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.covers.cover_cards import PartSheet, waiting_cards
from phone.covers.store import Covers
from phone.hand_over.cover_wording import condition
from phone.hand_over.hand_over_sheet import HandOverSheet, hand_over_tiles
from phone.hand_over.store import HandOver
from phone.kit import placeholders
from phone.kit.bars import title_bar
from phone.kit.controls import Face, icon, quiet, tappable, word
from phone.kit.hooks import state
from phone.kit.layout import column
from phone.kit.marks import avatar
from phone.kit.pulling import PullList
from phone.kit.sheet import sheet
from phone.kit.text import heading, text
from phone.on_call.next_in_line import NextInLine
from phone.on_call.person_sheet import PersonSheet
from phone.on_call.watch import off_duty_card, watch_progress
from phone.rotas.on_call import OnCall
from phone.rotas.rota_wording import role_beside
from phone.rotas.store import Rotas
from shared.wire.lists import Ref
from shared.wire.on_call import NextWatch, OnCallNow, OnCallPerson

WAITING_SHOWN = 2

Show = Callable[[Ref | None], None]


@ft.component
def OnCallScreen(
    window: Window,
    on_call: OnCall,
    rotas: Rotas,
    covers: Covers,
    link: Link,
    look: Look,
    *,
    hand_over: HandOver,
    line: NextInLine,
) -> ft.Control:
    """The whole tab."""
    words = look.words
    shown, show = state(cast(Ref | None, None))
    ft.use_dialog(_sheet(window, hand_over, on_call, line, shown, lambda: show(None)))
    actions = [
        icon(
            look,
            ft.Icons.EVENT_AVAILABLE_OUTLINED,
            words("mine.title"),
            lambda: window.go("/schedules/mine"),
            key="my-shifts",
        ),
        icon(look, ft.Icons.REFRESH, words("refresh"), window.retry, key="refresh"),
    ]
    parts: list[ft.Control] = [title_bar(window, words("on_call.title"), actions)]
    if on_call.now is None:
        if rotas.error is not None:
            parts.append(placeholders.failed(look, rotas.error, window.retry))
        else:
            parts.append(placeholders.skeleton(look))
    else:
        parts += _content(window, covers=covers, hand_over=hand_over, on_call=on_call, rotas=rotas, show=show)
    del link
    doors: list[ft.Control] = [
        HandOverSheet(window, hand_over, look),
        PartSheet(window, covers, look),
    ]
    return ft.Column(
        [PullList(parts, window.retry), *doors],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _content(
    window: Window, *, covers: Covers, hand_over: HandOver, on_call: OnCall, rotas: Rotas, show: Show
) -> list[ft.Control]:
    cards, lists = (
        _mine(window, covers=covers, hand_over=hand_over, on_call=on_call),
        _everybody(window, hand_over=hand_over, on_call=on_call, rotas=rotas, show=show),
    )
    if not window.look.is_split:
        return [*([column(cards, spacing=12)] if cards else []), *lists]
    # Mine beside everybody's: a tablet has room for both.
    left = ft.Container(content=column(cards, spacing=12), width=420)
    right = ft.Container(
        content=ft.Column(lists, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        width=560,
        margin=ft.Margin.only(top=-20),
    )
    return [ft.Row([left, right], spacing=8, vertical_alignment=ft.CrossAxisAlignment.START)]


def _mine(window: Window, *, covers: Covers, hand_over: HandOver, on_call: OnCall) -> list[ft.Control]:
    mine = on_call.mine
    cards: list[ft.Control] = waiting_cards(window, most=WAITING_SHOWN, covers=covers)
    given = {each.schedule.id for each in hand_over.watches} if window.may_act else set[str]()
    for watch in mine.watches if mine else []:
        is_given = watch.schedule.id in given
        tiles = (hand_over_tiles(window, schedule_id=watch.schedule.id, door=hand_over),) if is_given else ()
        cards.append(watch_progress(window, watch, tiles))
    if mine is not None and not mine.watches:
        # Whoever has no shift ahead has nothing to hand over.
        tiles = (
            (hand_over_tiles(window, gives=False, door=hand_over),) if window.may_act and mine.next is not None else ()
        )
        cards.append(off_duty_card(window, mine, tiles))
    if mine is not None and mine.next is not None:
        cards.append(_next(window, mine.next))
    cards += _requests(window, covers=covers)
    return cards


def _requests(window: Window, *, covers: Covers) -> list[ft.Control]:
    """The way to every request, with how many of mine are still open."""
    look, words, now = window.look, window.look.words, window.clock.now()
    if not covers.items:
        return []
    still = sum(condition(each, now) in ("open", "waiting") for each in covers.mine)
    label = words("covers.all_open", count=still) if still else words("covers.all")
    return [ft.Row([word(look, label, lambda: window.go("/covers"), key="all-covers")])]


def _everybody(window: Window, *, hand_over: HandOver, on_call: OnCall, rotas: Rotas, show: Show) -> list[ft.Control]:
    look = window.look
    if not on_call.now:
        return [placeholders.empty(look, look.words("on_call.empty"), look.words("schedules.empty_text"))]
    title = heading(look.words("on_call.now"), "label", look.palette.muted)
    parts: list[ft.Control] = [
        ft.Container(content=title, padding=ft.Padding.only(left=PHONE_MARGIN, top=24, bottom=4))
    ]
    for team, entries in on_call.by_team:
        parts += _team(window, team, entries, hand_over=hand_over, rotas=rotas, show=show)
    return parts


def _next(window: Window, watch: NextWatch) -> ft.Control:
    look, palette = window.look, window.look.palette
    now = window.clock.minutes.at
    start, end = moments.ends(look.words, watch.start, watch.end, now=now, zone=look.zone)
    local = watch.start.astimezone(look.zone)
    day = ft.Column(
        [
            text(look.words(f"day.{local.weekday()}"), "small", palette.muted, lines=1),
            text(str(local.day), "lead", palette.ink, bold=True, lines=1),
        ],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    about = ft.Column(
        [
            text(look.words("on_call.next"), "small", palette.muted),
            text(watch.schedule.name, "strong", palette.ink),
            text(look.words("on_call.next_when", start=start, end=end), "small", palette.muted),
        ],
        spacing=2,
        expand=True,
    )
    return ft.Container(
        content=ft.Row([day, about], spacing=16),
        border=ft.Border.all(1, palette.line),
        border_radius=12,
        bgcolor=palette.raised,
        padding=ft.Padding.all(16),
    )


def _team(
    window: Window, team: str | None, entries: list[OnCallNow], *, hand_over: HandOver, rotas: Rotas, show: Show
) -> list[ft.Control]:
    look, palette = window.look, window.look.palette
    name = text(team or look.words("on_call.no_team"), "small", palette.muted)
    parts: list[ft.Control] = [
        ft.Container(content=name, padding=ft.Padding.only(left=PHONE_MARGIN, right=PHONE_MARGIN, top=10, bottom=2))
    ]
    for entry in entries:
        parts += [
            _person(window, entry, person, hand_over=hand_over, rotas=rotas, show=show) for person in entry.people
        ] or [_gap(window, entry, hand_over=hand_over)]
    parts.append(ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=68, top=6)))
    return parts


def _sheet(
    window: Window,
    hand_over: HandOver,
    on_call: OnCall,
    line: NextInLine,
    shown: Ref | None,
    close: Callable[[], Any],
) -> ft.BottomSheet | None:
    if shown is None:
        return None
    look = window.look
    return sheet(look, shown.name, [PersonSheet(window, hand_over.names, on_call, line, look, shown)], close)


@dataclass(frozen=True)
class Opened:
    """What a tap on a row opens."""

    look: Look
    key: str
    open: Callable[[], Any]


def _row(
    sign: ft.Control, first: ft.Control, second: ft.Control, deed: ft.Control | None, *, opened: Opened | None = None
) -> ft.Control:
    content = ft.Row([sign, ft.Column([first, second], spacing=1, expand=True)], spacing=12)
    if opened is None:
        about: ft.Control = ft.MergeSemantics(content=content, expand=True)
    else:
        face = Face(padding=ft.Padding.symmetric(vertical=4), radius=10)
        about = tappable(opened.look, content, opened.open, face=face, key=opened.key, expand=True)
    return ft.Container(
        content=ft.Row([about, deed] if deed is not None else [about], spacing=12),
        padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN, vertical=8 if deed is None else 4),
    )


def _take(window: Window, entry: OnCallNow, holder: Ref | None, *, hand_over: HandOver) -> ft.Control | None:
    """For those of the team, on what somebody else has or nobody."""
    look, me = window.look, window.session.me
    mine = {each.id for each in me.teams} if me is not None else set[str]()
    is_held = any(each.user.id == look.person for each in entry.people)
    if not window.may_act or entry.team is None or entry.team.id not in mine or is_held:
        return None
    schedule_id = entry.schedule.id
    ident = holder.id if holder is not None else "gap"
    spoken = look.words("take.of", schedule=entry.schedule.name)
    return ft.Semantics(
        content=quiet(
            look,
            look.words("take.take"),
            lambda: hand_over.take(schedule_id, holder),
            key=f"take-{schedule_id}-{ident}",
        ),
        label=spoken,
    )


def _person(
    window: Window, entry: OnCallNow, person: OnCallPerson, *, hand_over: HandOver, rotas: Rotas, show: Show
) -> ft.Control:
    look, palette = window.look, window.look.palette
    mine = person.user.id == look.person
    about = _about(window, entry, person, rotas=rotas)
    return _row(
        avatar(look, person.user.name, mine=mine),
        text(look.reader.alone(person.user), "strong", palette.ink),
        text(about, "small", palette.muted),
        None if mine else _take(window, entry, person.user, hand_over=hand_over),
        opened=None
        if mine
        else Opened(look, f"person-{entry.schedule.id}-{person.user.id}", lambda: show(person.user)),
    )


def _about(window: Window, entry: OnCallNow, person: OnCallPerson, *, rotas: Rotas) -> str:
    look, schedule = window.look, entry.schedule.name
    until = (
        moments.moment(look.words, person.until, now=window.clock.minutes.at, zone=look.zone) if person.until else ""
    )
    role = role_beside(look.words, rotas.find(entry.schedule.id), person.role, schedule)
    if role and until:
        return look.words("on_call.role_until", schedule=schedule, role=role, until=until)
    if until:
        return look.words("on_call.until", schedule=schedule, until=until)
    return look.words("on_call.role", schedule=schedule, role=role) if role else schedule


def _gap(window: Window, entry: OnCallNow, *, hand_over: HandOver) -> ft.Control:
    look, palette = window.look, window.look.palette
    sign = ft.Container(
        content=ft.Icon(ft.Icons.PERSON_OFF_OUTLINED, size=20, color=palette.critical),
        width=36,
        height=36,
        border_radius=36,
        bgcolor=palette.critical_bg,
        alignment=ft.Alignment.CENTER,
    )
    if entry.gap_until is not None:
        until = moments.moment(look.words, entry.gap_until, now=window.clock.minutes.at, zone=look.zone)
        about = look.words("on_call.gap_until", schedule=entry.schedule.name, until=until)
    else:
        about = look.words("on_call.gap_open", schedule=entry.schedule.name)
    title = text(look.words("on_call.gap"), "strong", palette.critical)
    return _row(sign, title, text(about, "small", palette.muted), _take(window, entry, None, hand_over=hand_over))

"""Who is on call now, team by team: the reader's own first; a tap on a person opens them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.moments import zone_of
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.hand_over.store import HandOver
from phone.kit import placeholders
from phone.kit.controls import Face, icon, quiet, tappable
from phone.kit.marks import avatar
from phone.kit.text import heading, text
from phone.rotas.on_call import OnCall
from phone.rotas.order import NO_TEAM
from phone.rotas.rota_wording import role_beside
from phone.rotas.store import Rotas
from shared.wire.lists import Ref
from shared.wire.on_call import OnCallNow, OnCallPerson
from shared.wire.schedules import ScheduleRota

Show = Callable[[Ref], None]


def everybody(window: Window, *, hand_over: HandOver, on_call: OnCall, rotas: Rotas, show: Show) -> list[ft.Control]:
    """Teams with who is on call in them."""
    look = window.look
    if not on_call.now:
        return [placeholders.empty(look, look.words("on_call.empty"), look.words("schedules.empty_text"))]
    parts: list[ft.Control] = []
    for team, entries in on_call.by_team:
        if parts:
            parts.append(ft.Container(height=1, bgcolor=look.palette.line, margin=ft.Margin.only(left=64, top=6)))
        parts.append(_team_name(look, team, is_own=on_call.is_own(team)))
        for entry in entries:
            item = rotas.find(entry.schedule.id)
            parts += [_Row(window, entry, item).person(person, show) for person in entry.people] or [
                _Row(window, entry, item).gap(hand_over)
            ]
    return parts


def _team_name(look: Look, team: Ref, *, is_own: bool) -> ft.Control:
    palette, words = look.palette, look.words
    name = heading(words("on_call.no_team") if team == NO_TEAM else team.name, "lead", palette.ink, bold=True)
    own = ft.Container(
        content=text(words("on_call.your_team"), "small", palette.muted), padding=ft.Padding.only(bottom=2)
    )
    told: list[ft.Control] = [own] if is_own else []
    return ft.Container(
        content=ft.Row([name, *told], spacing=8, wrap=True, vertical_alignment=ft.CrossAxisAlignment.END),
        padding=ft.Padding.only(left=PHONE_MARGIN, right=PHONE_MARGIN, top=20, bottom=4),
    )


def may_take(window: Window, entry: OnCallNow) -> bool:
    """Whether the reader, of the team, may take what somebody else has or nobody."""
    me = window.session.me
    mine = {each.id for each in me.teams} if me is not None else set[str]()
    is_held = any(each.user.id == window.look.person for each in entry.people)
    return window.may_act and entry.team is not None and entry.team.id in mine and not is_held


@dataclass(frozen=True)
class _Row:
    """One person of a schedule, or that there is none."""

    window: Window
    entry: OnCallNow
    item: ScheduleRota | None

    def person(self, person: OnCallPerson, show: Show) -> ft.Control:
        window, user = self.window, person.user
        look, words, palette = window.look, window.look.words, window.look.palette
        is_mine = user.id == look.person
        first: list[ft.Control] = [text(look.reader.alone(user), "strong", palette.ink)]
        if not is_mine and (there := self._there(user)):
            first.append(text(words("on_call.there", clock=there), "small", palette.muted))
        lines = ft.Column(
            [
                ft.Row(first, spacing=8, run_spacing=0, wrap=True, vertical_alignment=ft.CrossAxisAlignment.CENTER),
                text(self._about(person), "small", palette.muted),
            ],
            spacing=1,
            expand=True,
        )
        content = ft.Row([avatar(look, user.name, who=user.id), lines], spacing=12)
        if is_mine:
            return _line(ft.MergeSemantics(content=content, expand=True))
        ident, face = f"{self.entry.schedule.id}-{user.id}", Face(padding=ft.Padding.symmetric(vertical=4), radius=10)
        opened = tappable(look, content, lambda: show(user), face=face, key=f"person-{ident}", expand=True)
        if not window.may_act:
            return _line(opened)
        page = icon(
            look,
            ft.Icons.NOTIFICATIONS_ACTIVE_OUTLINED,
            words("person.page", who=look.reader.person(user)),
            lambda: window.go(page_path(user)),
            key=f"page-{ident}",
            colour=palette.accent,
        )
        return _line(opened, page)

    def gap(self, hand_over: HandOver) -> ft.Control:
        window, entry = self.window, self.entry
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
            about = look.words("on_call.gap_until", schedule=self.name, until=until)
        else:
            about = look.words("on_call.gap_open", schedule=self.name)
        lines: list[ft.Control] = [
            text(look.words("on_call.gap"), "strong", palette.critical),
            text(about, "small", palette.muted),
        ]
        content = ft.MergeSemantics(
            content=ft.Row([sign, ft.Column(lines, spacing=1, expand=True)], spacing=12), expand=True
        )
        return _line(content, self._take(hand_over)) if may_take(window, entry) else _line(content)

    def _take(self, hand_over: HandOver) -> ft.Control:
        look, schedule = self.window.look, self.entry.schedule
        take = partial(hand_over.take, schedule.id, None)
        button = quiet(look, look.words("take.take"), take, key=f"take-{schedule.id}-gap")
        return ft.Semantics(content=button, label=look.words("take.of", schedule=schedule.name))

    def _there(self, user: Ref) -> str:
        """What their clock says, where it differs from the reader's."""
        look, now = self.window.look, self.window.clock.minutes.at
        zone = zone_of(self.item.zones.get(user.id, look.zone_name)) if self.item is not None else look.zone
        is_same = now.astimezone(zone).utcoffset() == now.astimezone(look.zone).utcoffset()
        return "" if is_same else moments.clock(now, zone)

    @property
    def name(self) -> str:
        """The schedule's name without its team's, under which it stands: "Primary" of "Payments primary"."""
        team, name = self.entry.team.name if self.entry.team is not None else "", self.entry.schedule.name
        rest = name[len(team) + 1 :].strip()
        if not rest or not team or not name.casefold().startswith(f"{team} ".casefold()):
            return name
        return rest[:1].upper() + rest[1:]

    def _about(self, person: OnCallPerson) -> str:
        look, schedule = self.window.look, self.name
        until = ""
        if person.until is not None:
            until = moments.moment(look.words, person.until, now=self.window.clock.minutes.at, zone=look.zone)
        role = role_beside(look.words, self.item, person.role, schedule)
        team = self.entry.team
        if role and team is not None and team.name.casefold() == schedule.casefold():
            schedule, role = role, ""
        if role and until:
            return look.words("on_call.role_until", schedule=schedule, role=role, until=until)
        if until:
            return look.words("on_call.until", schedule=schedule, until=until)
        return look.words("on_call.role", schedule=schedule, role=role) if role else schedule


def page_path(user: Ref) -> str:
    """Paging asks first what is broken: an incident by hand with this person chosen."""
    return f"/incidents/new?to={user.id}"


def _line(about: ft.Control, *deeds: ft.Control) -> ft.Control:
    return ft.Container(
        content=ft.Row([about, *deeds], spacing=4),
        padding=ft.Padding.only(left=PHONE_MARGIN, right=8 if deeds else PHONE_MARGIN, top=4, bottom=4),
    )

"""The card on top: am I on call, until when; red when something waits for me, amber when I may miss it."""

from datetime import datetime
from typing import Final

import flet as ft
from msgspec import structs

from phone.app import App
from phone.base import moments, wording
from phone.base.look import Look
from phone.kit.controls import filled, quiet
from phone.kit.text import heading, sentence, text
from phone.kit.ticking import Ticking
from shared.wire.incidents import IncidentItem
from shared.wire.on_call import MyOnCall, MyWatch

PUSH: Final = "/configure/channels/push"


def watch_card(app: App, *, beside: str | None) -> ft.Control:
    """`beside` is the incident that is open next to the list: its button is there, so the card has none."""
    waiting, mine = app.incidents.waiting, _mine(app)
    free = tuple(item for item in waiting if app.outbox.verb_of(item.id) is None)
    if free:
        return _alarm(app, free, mine, with_button=beside not in {item.id for item in free})
    if mine is None:
        return ft.Container(height=0)
    if mine.unreachable is not None:
        return _amber(app, mine)
    return _calm(app, mine)


def _mine(app: App) -> MyOnCall | None:
    """What the server said last; without it, what is worked out here, for the watch may have ended since."""
    said, worked_out = app.incidents.mine, app.on_call.mine
    if app.link.online or worked_out is None:
        return said
    return structs.replace(worked_out, unreachable=said.unreachable if said is not None else None)


def _ground(parts: list[ft.Control], colour: str, line: str) -> ft.Control:
    return ft.Container(
        content=ft.Column(parts, spacing=6, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=colour,
        border=ft.Border.all(1, line),
        border_radius=14,
        padding=ft.Padding.all(16),
    )


def _ends(left: ft.Control, right: ft.Control | None) -> ft.Control:
    parts = [left] if right is None else [left, right]
    return ft.Row(parts, wrap=True, alignment=ft.MainAxisAlignment.SPACE_BETWEEN, spacing=12, run_spacing=2)


def _duty(app: App, mine: MyOnCall | None, colour: str) -> ft.Control:
    look = app.look
    if mine is None or not mine.watches:
        return text(look.words("card.waits"), "label", colour)
    watch = mine.watches[0]
    until = wording.watch_until(look.reader, watch, now=app.clock.minutes.at)
    left = text(look.words("card.on_call", schedule=watch.schedule.name), "label", colour)
    return _ends(left, text(until, "small", colour) if until else None)


def _alarm(app: App, waiting: tuple[IncidentItem, ...], mine: MyOnCall | None, *, with_button: bool) -> ft.Control:
    look, palette, count = app.look, app.look.palette, len(waiting)
    first = min(waiting, key=lambda item: (item.severity != "critical", item.triggered_at))
    title = first.title if count == 1 else look.words("card.many", count=count)

    def draw(now: datetime) -> ft.Control:
        pieces = wording.waiting_line(look.reader, first, now=now)
        return sentence(pieces, "body", palette.on_alarm, apart={"countdown": palette.on_alarm})

    parts: list[ft.Control] = [
        _duty(app, mine, palette.alarm_muted),
        heading(title, "title", palette.on_alarm, lines=3),
    ]
    parts.append(
        Ticking(app.clock.seconds, draw) if count == 1 else text(first.title, "body", palette.on_alarm, lines=1)
    )
    if with_button:
        label = look.words("verb.acknowledge") if count == 1 else look.words("card.acknowledge_all", count=count)
        button = filled(
            look,
            label,
            lambda: app.verbs.acknowledge_all(waiting) if count > 1 else app.verbs.acknowledge(first),
            colour=palette.alarm_button,
            ink=palette.on_alarm_button,
            key="card-acknowledge",
        )
        parts.append(ft.Container(content=button, padding=ft.Padding.only(top=8)))
    card = _ground(parts, palette.alarm, palette.alarm_line)
    return ft.Semantics(live_region=True, content=card)


def _amber(app: App, mine: MyOnCall) -> ft.Control:
    """Leads to where it is mended."""
    look, palette = app.look, app.look.palette
    title = ft.Row(
        [
            ft.Icon(ft.Icons.NOTIFICATIONS_OFF_OUTLINED, size=22, color=palette.warning),
            ft.Container(content=heading(look.words("card.unreachable"), "lead", palette.ink), expand=True),
        ],
        spacing=10,
    )
    reason = text(wording.unreachable_text(look.words, mine), "body", palette.ink)
    place = _where_mended(app, mine.unreachable)
    labels = {"/me/pair": "me.pair", PUSH: "card.mend_push"}
    label = look.words(labels.get(place, "card.mend"))
    mend = quiet(look, label, lambda: app.go(place), colour=palette.warning, key="card-mend")
    return _ground([title, reason, ft.Row([mend], tight=True)], palette.warning_bg, palette.warning)


def _where_mended(app: App, why: str | None) -> str:
    me = app.session.me
    if why == "no_push" and me is not None and "configuration:edit" in me.permissions:
        return PUSH
    return "/me/pair" if why == "no_phone" else "/me"


def _calm(app: App, mine: MyOnCall) -> ft.Control:
    look, palette = app.look, app.look.palette
    if not mine.watches:
        return off_duty_card(app, mine)
    sign, colour, key = (
        (ft.Icons.CHECK, palette.ok, "card.calm")
        if app.link.online
        else (ft.Icons.CLOUD_OFF_OUTLINED, palette.warning, "card.unknown")
    )
    parts: list[ft.Control] = [
        _duty(app, mine, palette.muted),
        ft.Row(
            [
                ft.Icon(sign, size=18, color=colour),
                text(look.words(key), "strong", palette.ink, expand=True),
            ],
            spacing=8,
        ),
    ]
    if len(mine.watches) > 1:
        parts.append(text(look.words("card.also", count=len(mine.watches) - 1), "small", palette.muted))
    return _ground(parts, palette.raised, palette.line)


def off_duty_card(app: App, mine: MyOnCall, below: tuple[ft.Control, ...] = ()) -> ft.Control:
    """Not on call, and when the next watch begins."""
    look, palette = app.look, app.look.palette
    if mine.next is None:
        coming = look.words("card.no_next")
    else:
        when = moments.moment(look.words, mine.next.start, now=app.clock.minutes.at, zone=look.zone)
        coming = look.words("card.next", schedule=mine.next.schedule.name, when=when)
    lines: list[ft.Control] = [
        text(look.words("card.not_on_call"), "strong", palette.ink),
        text(coming, "small", palette.muted),
        *below,
    ]
    return _ground(lines, palette.raised, palette.line)


def watch_progress(app: App, watch: MyWatch, below: tuple[ft.Control, ...] = ()) -> ft.Control:
    """A watch of the reader with what is left of it."""
    look, palette = app.look, app.look.palette

    def draw(now: datetime) -> ft.Control:
        left = look.words("time.left", span=moments.long_span(look.words, watch.until - now)) if watch.until else ""
        title = heading(look.words("on_call.you", schedule=watch.schedule.name), "lead", palette.ink, bold=True)
        parts: list[ft.Control] = [
            _ends(title, text(left, "strong", palette.ink) if left else None),
            text(wording.watch_span(look.reader, watch, now=now), "small", palette.muted),
        ]
        if watch.until is not None and watch.until > watch.since:
            share = min(1.0, max(0.0, (now - watch.since) / (watch.until - watch.since)))
            parts.append(_progress(look, share))
        return ft.Column(parts, spacing=6, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)

    return _ground([Ticking(app.clock.minutes, draw), *below], palette.raised, palette.line)


def _progress(look: Look, share: float) -> ft.Control:
    palette = look.palette
    bar = ft.ProgressBar(
        value=share,
        bar_height=6,
        border_radius=3,
        color=palette.accent,
        bgcolor=palette.fill,
        year_2023=True,
        semantics_label=look.words("on_call.progress", done=f"{share:.0%}"),
    )
    return ft.Container(content=bar, padding=ft.Padding.only(top=6))

"""Events: every request that a monitoring system sent, as it came, and what was made of it."""

import json
from datetime import timedelta
from typing import Final

import flet as ft
from msgspec.structs import replace

from phone.alerts.outcomes import event_pill, halves
from phone.alerts.severity import severity_colour, shape
from phone.alerts.store import Archive, WantedEvents
from phone.base import moments
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.choices import check
from phone.kit.controls import Face, tappable, word
from phone.kit.copy_box import copy_box
from phone.kit.layout import column, facts, padded, scrolled, title
from phone.kit.pulling import PullList
from phone.kit.text import heading, text
from shared.wire.events import EventDetail, EventPart, EventState, ReceivedEvent

STATES: Final[tuple[EventState, ...]] = ("failed", "dropped", "done", "waiting")
DAY: Final = timedelta(days=1)
SHOWN_BYTES: Final = 20_000

Events = Archive[ReceivedEvent, EventDetail]


@ft.component
def EventList(window: Window, events: Events, look: Look, beside: str | None) -> ft.Control:
    """Newest first."""
    words, wanted = look.words, events.wanted
    since = window.clock.minutes.at.replace(second=0, microsecond=0) - DAY
    chips: list[ft.Control] = []
    for each in STATES:
        on = tuple(one for one in STATES if (one in wanted.states) != (one == each))
        chips.append(
            check(
                look,
                words(f"event_state.{each}"),
                each in wanted.states,
                lambda on=on: events.narrow(replace(wanted, states=on)),
                key=f"event-{each}",
            )
        )
    chips.append(
        check(
            look,
            words("filter.last_day"),
            wanted.since is not None,
            lambda: events.narrow(replace(wanted, since=None if wanted.since else since)),
            key="since-day",
        )
    )
    parts: list[ft.Control] = [
        archive_bar(window, words("archive.title"), "/incidents", []),
        column([halves(window, "events"), scrolled(chips)], spacing=12),
        ft.Container(height=8),
        *_rows(window, events, beside),
    ]
    return PullList(parts, events.load, events.more)


def _rows(window: Window, events: Events, beside: str | None) -> list[ft.Control]:
    look, words = window.look, window.look.words
    if events.items is None:
        if events.error is not None:
            return [placeholders.failed(look, events.error, events.load)]
        return [placeholders.skeleton(look)]
    if not events.items:
        if events.wanted == WantedEvents():
            return [placeholders.empty(look, words("archive.empty"), words("archive.empty_text"))]
        clear = word(look, words("filter.clear"), lambda: events.narrow(WantedEvents()), key="clear-filter")
        return [placeholders.empty(look, words("archive.none"), words("archive.none_text"), action=clear)]
    rows = [_row(window, event, own=event.id == beside) for event in events.items]
    if events.cursor is not None:
        more = word(look, words("row.more"), events.more, key="more")
        rows.append(ft.Row([more], alignment=ft.MainAxisAlignment.CENTER))
    return rows


def _row(window: Window, event: ReceivedEvent, *, own: bool) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    lines: list[ft.Control] = [
        ft.Row(
            [
                text(event.integration.name, "strong", palette.ink, lines=1, expand=True),
                text(moments.ago(words, event.received_at, now=window.clock.minutes.at), "small", palette.muted),
            ],
            spacing=12,
        ),
        ft.Row(
            [event_pill(look, event.state), text(_contents(look, event), "small", palette.muted)],
            wrap=True,
            spacing=8,
            run_spacing=4,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
    ]
    if event.error:
        lines.append(text(event.error, "small", palette.warning, lines=2))
    face = Face(
        colour=palette.accent_bg if own else palette.surface,
        padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN, vertical=12),
    )
    return ft.Column(
        [
            tappable(
                look,
                ft.Column(lines, spacing=6),
                lambda: window.go(f"/events/{event.id}"),
                face=face,
                selected=True if own else None,
                key=f"received-{event.id}",
            ),
            ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=PHONE_MARGIN)),
        ],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _contents(look: Look, event: ReceivedEvent) -> str:
    words = look.words
    told = [words("row.alerts", count=event.alerts)]
    if event.dropped:
        told.append(words("event.dropped", count=event.dropped))
    return " · ".join([*told, words("event.bytes", count=event.bytes)])


@ft.component
def EventScreen(window: Window, events: Events, look: Look) -> ft.Control:
    """One request: its news, its headers, its body."""
    event, words = events.opened, look.words
    bar: list[ft.Control] = [] if look.is_split else [archive_bar(window, words("event.title"), "/events", [])]
    if event is None:
        error = events.detail_error
        again = lambda: events.show(events.open_id or "")  # noqa: E731 - one call, with what is open by then
        waits = placeholders.failed(look, error, again) if error is not None else placeholders.skeleton(look)
        return ft.Column([*bar, waits], spacing=0, expand=True)
    return ft.Column(
        [*bar, PullList([ft.Container(height=8), *padded(_parts(window, event))], lambda: events.show(event.id))],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _parts(window: Window, event: EventDetail) -> list[ft.Control]:
    look, palette, words = window.look, window.look.palette, window.look.words
    when = moments.moment(words, event.received_at, now=window.clock.minutes.at, zone=look.zone)
    parts: list[ft.Control] = [
        ft.Row([event_pill(look, event.state)]),
        heading(event.integration.name, "title", palette.ink, level=1),
        text(f"{when} · {event.source} · {_contents(look, event)}", "body", palette.muted),
    ]
    if event.error:
        parts.append(
            ft.Container(
                content=text(event.error, "body", palette.ink),
                bgcolor=palette.warning_bg,
                border_radius=12,
                padding=ft.Padding.all(16),
            )
        )
    if event.news:
        parts += [title(look, words("event.news")), *(_news(window, each) for each in event.news)]
    body = event.body if event.body is not None else event.body_base64 or ""
    parts.append(copy_box(window, words("event.body"), pretty(body), key="copy-body"))
    parts += [title(look, words("event.headers")), facts(look, sorted(event.headers.items()))]
    return parts


def _news(window: Window, news: EventPart) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    about = words(f"event_action.{news.action}")
    if news.rule is not None:
        about = words("alert.by_rule", name=news.rule.name)
    elif news.dropped is not None:
        reason = words.first(f"dropped.{news.dropped}", "dropped.other", reason=news.dropped.replace("_", " "))
        about = words("event.was_dropped", reason=reason)
    row = ft.Row(
        [
            ft.Container(content=shape(news.severity, severity_colour(look, news.severity)), width=22),
            ft.Column(
                [text(news.title, "strong", palette.ink, lines=2), text(about, "small", palette.muted)],
                spacing=1,
                expand=True,
            ),
        ],
        spacing=8,
    )
    if news.alert_id is None:
        return ft.Container(content=row, padding=ft.Padding.symmetric(vertical=6))
    ident = news.alert_id
    row.controls.append(ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted))
    face = Face(padding=ft.Padding.symmetric(vertical=12), radius=10)
    return tappable(look, row, lambda: window.go(f"/alerts/{ident}"), face=face, key=f"news-{ident}")


def pretty(body: str) -> str:
    """JSON with its lines indented; anything else as it came, cut where nobody reads on."""
    try:
        shown = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        shown = body
    return shown if len(shown) <= SHOWN_BYTES else f"{shown[:SHOWN_BYTES]}\n…"

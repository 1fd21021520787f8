"""One alert: what became of it and why, its incident, the rules that touched it, what was received."""

import json
from typing import Any, Final, cast

import flet as ft

from phone.alerts.label_chip import label_chip
from phone.alerts.outcomes import outcome_pill
from phone.alerts.severity import severity_pill
from phone.alerts.store import Archive
from phone.base import moments
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.controls import Face, tappable, word
from phone.kit.layout import facts, padded, title
from phone.kit.pulling import PullList
from phone.kit.rows import way_row
from phone.kit.text import heading, sentence, text
from shared.domain.pipeline.alert_changes import Change
from shared.wire.alerts import AlertDetail, FoundAlert

OPENABLE = ("https://", "http://")
APART: Final = ("more_links", "not_understood")
"""What the server adds to the sender's own details."""
MOST_DETAILS: Final = 40
LONGEST_DETAIL: Final = 1000


@ft.component
def AlertScreen(window: Window, alerts: Archive[FoundAlert, AlertDetail], look: Look) -> ft.Control:
    """The whole screen on a phone, the right side of a tablet."""
    alert = alerts.opened
    back = window.place.came_from("/incidents/") or "/alerts"
    bar: list[ft.Control] = [] if look.is_split else [archive_bar(window, look.words("alert.title"), back, [])]
    if alert is None:
        error = alerts.detail_error
        again = lambda: alerts.show(alerts.open_id or "")  # noqa: E731 - one call, with what is open by then
        waits = placeholders.failed(look, error, again) if error is not None else placeholders.skeleton(look)
        return ft.Column([*bar, waits], spacing=0, expand=True)
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    own = [*_head(window, alert), _outcome(window, alert), *_body(window, alert)]
    parts = [
        ft.Container(height=16 if look.is_split else 8),
        *padded(own, margin=margin),
        title_padded(look, look.words("alert.received")),
        *_received(window, alert),
    ]
    return ft.Column(
        [*bar, PullList(parts, lambda: alerts.show(alert.id))],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def title_padded(look: Look, words: str) -> ft.Control:
    """A heading between the margins, over rows that reach the edge."""
    return padded([title(look, words)], spacing=0, margin=TABLET_MARGIN if look.is_split else PHONE_MARGIN)[0]


def _head(window: Window, alert: AlertDetail) -> list[ft.Control]:
    look, palette = window.look, window.look.palette
    pills = ft.Row(
        list[ft.Control]([severity_pill(look, alert.severity), outcome_pill(look, alert)]),
        spacing=8,
        wrap=True,
        run_spacing=8,
    )
    parts: list[ft.Control] = [pills, heading(alert.title, "title", palette.ink, level=1)]
    if alert.description and alert.description != alert.title:
        parts.append(text(alert.description, "body", palette.ink))
    return parts


def _outcome(window: Window, alert: AlertDetail) -> ft.Control:
    """Why somebody was paged, or nobody."""
    look, palette, words = window.look, window.look.palette, window.look.words
    if alert.incident is not None:
        ident = alert.incident.id
        row = ft.Row(
            [
                text(words("alert.in_incident", number=alert.incident.number), "lead", palette.ink, expand=True),
                ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted),
            ]
        )
        return tappable(
            look,
            row,
            lambda: window.go(f"/incidents/{ident}"),
            face=Face(
                colour=palette.raised,
                side=ft.BorderSide(width=1, color=palette.line),
                radius=12,
                padding=ft.Padding.all(16),
            ),
            key="open-incident",
        )
    if alert.silence is not None:
        told = words("alert.by_silence", name=alert.silence.name)
    elif alert.dropped_by is not None:
        told = words("alert.by_rule", name=alert.dropped_by.name)
    else:
        told = words(f"alert.why_{alert.outcome}")
    return ft.Container(
        content=text(told, "lead", palette.ink),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
        padding=ft.Padding.all(16),
    )


def _body(window: Window, alert: AlertDetail) -> list[ft.Control]:
    look, words, now, zone = window.look, window.look.words, window.clock.minutes.at, window.look.zone
    ended = moments.moment(words, alert.closed_at, now=now, zone=zone) if alert.closed_at else words("alert.still_open")
    pairs = [
        (words("alert.service"), alert.service.name),
        (words("alert.integration"), alert.integration.name),
        (words("alert.check"), alert.check),
        (words("alert.origin"), alert.origin),
        (words("alert.seen"), words("alert.times", count=alert.count)),
        (words("alert.first"), moments.moment(words, alert.received_at, now=now, zone=zone)),
        (words("alert.last"), moments.moment(words, alert.last_at, now=now, zone=zone)),
        (words("alert.ended"), ended),
        (words("alert.dedup_key"), alert.dedup_key),
    ]
    parts: list[ft.Control] = []
    links = [
        word(look, link.text or words("alert.link"), url=link.href)
        for link in alert.links
        if link.href.startswith(OPENABLE)
    ]
    if links:
        parts.append(ft.Row(list(links), wrap=True, spacing=8))
    if alert.labels:
        chips = [label_chip(look, name, value) for name, value in alert.labels.items()]
        parts += [title(look, words("alert.labels")), ft.Row(list(chips), wrap=True, spacing=8, run_spacing=8)]
    parts += [title(look, words("alert.facts")), facts(look, pairs)]
    if alert.changes:
        parts += [
            title(look, words("alert.changed")),
            facts(look, [_change(window, each) for each in alert.changes[::-1]]),
        ]
    parts += _details(look, alert)
    told: ft.Control = text(words("alert.no_rules"), "body", look.palette.ink)
    if alert.rules:
        names = words.names([rule.name for rule in alert.rules])
        pieces = words.pieces("alert.rules_touched", names=names, count=len(alert.rules))
        told = sentence(pieces, "body", look.palette.ink, apart={"names": look.palette.ink})
    parts += [title(look, words("alert.rules")), told]
    return parts


def _details(look: Look, alert: AlertDetail) -> list[ft.Control]:
    """What else the sender said, and what of it could not be taken for what it should be."""
    words = look.words
    own = [
        (name, _said(value))
        for whole, said in alert.details.items()
        if whole not in APART
        for name, value in _apart(whole, said)
    ][:MOST_DETAILS]
    links, odd = (alert.details.get(name) for name in APART)
    parts: list[ft.Control] = []
    if own:
        parts += [title(look, words("alert.details")), facts(look, own)]
    if isinstance(odd, dict):
        fields = [(name, _said(value)) for name, value in cast(dict[str, object], odd).items()]
        parts += [
            title(look, words("alert.not_understood")),
            text(words("alert.not_understood_help"), "small", look.palette.muted),
            facts(look, fields),
        ]
    if isinstance(links, list):
        parts.append(title(look, words("alert.more_links")))
        parts += [text(_said(each), "body", look.palette.ink) for each in cast(list[object], links)]
    return parts


def _apart(name: str, value: Any) -> list[tuple[str, Any]]:
    """What has parts, a line for each; nothing of what is empty."""
    if isinstance(value, dict):
        return [(f"{name}.{part}", each) for part, each in cast(dict[str, Any], value).items()]
    return [(name, value)]


def _said(value: Any) -> str:
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return told if len(told) <= LONGEST_DETAIL else told[: LONGEST_DETAIL - 1] + "…"


def _change(window: Window, change: Change) -> tuple[str, str]:
    """The field, and what it says since when; what links and details said is not kept."""
    words, now, zone = window.look.words, window.clock.minutes.at, window.look.zone
    when = moments.moment(words, change.at, now=now, zone=zone)
    name = words.first(f"alert.field_{change.field}", "alert.field_label", name=change.field.removeprefix("labels."))
    if not change.was and not change.now:
        return name, words("alert.changed_unsaid", when=when)
    said = [words.first(f"severity.{each}", "alert.said", said=each or "–") for each in (change.was, change.now)]
    return name, words("alert.changed_from", was=said[0], now=said[1], when=when)


def _received(window: Window, alert: AlertDetail) -> list[ft.Control]:
    look, words = window.look, window.look.words
    rows = [
        way_row(
            look,
            ft.Icons.INPUT,
            words("alert.first_event"),
            lambda: window.go(f"/events/{alert.first_event_id}"),
            key="first-event",
        )
    ]
    if alert.last_event_id != alert.first_event_id:
        rows.append(
            way_row(
                look,
                ft.Icons.INPUT,
                words("alert.last_event"),
                lambda: window.go(f"/events/{alert.last_event_id}"),
                key="last-event",
            )
        )
    return rows

"""Alerts: every one that ever came in, searchable, with what became of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import flet as ft
from msgspec.structs import replace

from phone.alerts.outcomes import halves, outcome_pill
from phone.alerts.severity import severity_colour, shape
from phone.alerts.store import Archive, Wanted
from phone.base import moments
from phone.base.look import Look
from phone.base.places import place
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.choices import check
from phone.kit.controls import Face, filled, icon, tappable, word
from phone.kit.fields import Entry, field
from phone.kit.hooks import draft_of, state
from phone.kit.layout import column, scrolled
from phone.kit.pulling import PullList
from phone.kit.sheet import sheet
from phone.kit.text import text
from phone.names.name_picker import NamePicker, toggled
from phone.names.store import Names
from shared.wire.alerts import AlertDetail, FoundAlert, Outcome
from shared.wire.incidents import Severity

OUTCOMES: Final[tuple[Outcome, ...]] = ("incident", "silenced", "dropped")
SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "warning", "info")
SPANS: Final = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
SINCE: Final = place(Wanted, lambda wanted: wanted.since)
ONLY_OPEN: Final = place(Wanted, lambda wanted: wanted.only_open)
LABELS: Final = place(Wanted, lambda wanted: wanted.labels)
SOURCES: Final = place(Wanted, lambda wanted: wanted.sources)
SERVICES: Final = place(Wanted, lambda wanted: wanted.service_ids)


@ft.component
def AlertList(
    window: Window, alerts: Archive[FoundAlert, AlertDetail], look: Look, beside: str | None, *, names: Names
) -> ft.Control:
    """The search, and what it found."""
    asking, ask = state(False)
    words = look.words

    def close() -> None:
        ask(False)

    form = sheet(look, words("filter.title"), [AlertFilter(window, alerts, names, look, close)], close)
    ft.use_dialog(form if asking else None)
    count = alerts.wanted.count
    name = words("archive.filter_on", count=count) if count else words("archive.filter")
    search = field(
        look,
        "",
        alerts.wanted.text,
        lambda value: alerts.type(replace(alerts.wanted, text=value.strip())),
        submit=alerts.load,
        entry=Entry(hint=words("archive.search")),
        key="alert-search",
    )
    parts: list[ft.Control] = [
        archive_bar(
            window,
            words("archive.title"),
            "/incidents",
            [icon(look, ft.Icons.TUNE, name, lambda: ask(True), key="filter", badge=count)],
        ),
        column([halves(window, "alerts"), search, scrolled(_chips(look, alerts))], spacing=12),
        ft.Container(height=8),
        *_rows(window, alerts, beside),
    ]
    return PullList(parts, alerts.load, alerts.more)


def _chips(look: Look, alerts: Archive[FoundAlert, AlertDetail]) -> list[ft.Control]:
    wanted = alerts.wanted
    chips: list[ft.Control] = []
    for outcome in OUTCOMES:
        on = tuple(each for each in OUTCOMES if (each in wanted.outcomes) != (each == outcome))
        chips.append(
            check(
                look,
                look.words(f"outcome.{outcome}"),
                outcome in wanted.outcomes,
                lambda on=on: alerts.narrow(replace(wanted, outcomes=on)),
                key=f"outcome-{outcome}",
            )
        )
    for severity in SEVERITIES:
        graves = tuple(each for each in SEVERITIES if (each in wanted.severities) != (each == severity))
        chips.append(
            check(
                look,
                look.words(f"severity.{severity}"),
                severity in wanted.severities,
                lambda graves=graves: alerts.narrow(replace(wanted, severities=graves)),
                sign=shape(severity, severity_colour(look, severity), 12),
                key=f"severity-{severity}",
            )
        )
    return chips


def _rows(window: Window, alerts: Archive[FoundAlert, AlertDetail], beside: str | None) -> list[ft.Control]:
    look = window.look
    if alerts.items is None:
        if alerts.error is not None:
            return [placeholders.failed(look, alerts.error, alerts.load)]
        return [placeholders.skeleton(look)]
    if not alerts.items:
        if alerts.wanted == Wanted():
            return [placeholders.empty(look, look.words("archive.empty"), look.words("archive.empty_text"))]
        clear = word(look, look.words("filter.clear"), lambda: alerts.narrow(Wanted()), key="clear-filter")
        return [placeholders.empty(look, look.words("archive.none"), look.words("archive.none_text"), action=clear)]
    rows = [_row(window, alert, own=alert.id == beside) for alert in alerts.items]
    if alerts.cursor is not None:
        more = word(look, look.words("row.more"), alerts.more, key="more")
        rows.append(ft.Row([more], alignment=ft.MainAxisAlignment.CENTER))
    return rows


def _row(window: Window, alert: FoundAlert, *, own: bool) -> ft.Control:
    look, palette, words, now = window.look, window.look.palette, window.look.words, window.clock.minutes.at
    colour = severity_colour(look, alert.severity) if alert.closed_at is None else palette.faint
    about = f"{alert.service.name} · {alert.integration.name}"
    seen = [words(f"severity.{alert.severity}"), words("alert.count", count=alert.count)]
    if alert.closed_at is not None:
        seen.append(words("alert.recovered", when=moments.ago(words, alert.closed_at, now=now)))
    content = ft.Row(
        [
            ft.Container(content=shape(alert.severity, colour), width=22, padding=ft.Padding.only(top=4)),
            ft.Column(
                [
                    ft.Row(
                        [
                            text(alert.title, "strong", palette.ink, lines=2, expand=True),
                            text(moments.span(words, now - alert.received_at), "small", palette.muted),
                        ],
                        spacing=12,
                        vertical_alignment=ft.CrossAxisAlignment.START,
                    ),
                    text(about, "small", palette.muted, lines=1),
                    ft.Row(
                        [outcome_pill(look, alert), text(" · ".join(seen), "small", palette.muted)],
                        wrap=True,
                        spacing=8,
                        run_spacing=4,
                        vertical_alignment=ft.CrossAxisAlignment.CENTER,
                    ),
                ],
                spacing=4,
                expand=True,
            ),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    face = Face(
        colour=palette.accent_bg if own else palette.surface,
        padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN, vertical=12),
    )
    return ft.Column(
        [
            tappable(
                look,
                content,
                lambda: window.go(f"/alerts/{alert.id}"),
                face=face,
                selected=True if own else None,
                key=f"alert-{alert.id}",
            ),
            ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=46)),
        ],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def AlertFilter(
    window: Window, alerts: Archive[FoundAlert, AlertDetail], names: Names, look: Look, close: Callable[[], Any]
) -> ft.Control:
    """Time, service, source, label, and only what is still open."""
    form = draft_of(alerts.wanted)
    words, palette, chosen = look.words, look.palette, form.whole
    now = window.clock.minutes.at.replace(second=0, microsecond=0)

    async def apply() -> None:
        close()
        wanted = form.whole
        await alerts.narrow(replace(wanted, labels=tuple(each for each in wanted.labels if "=" in each)))

    async def clear() -> None:
        close()
        await alerts.narrow(Wanted(text=chosen.text))

    spans = [
        check(
            look,
            words(f"filter.last_{name}"),
            chosen.since == now - span,
            lambda span=span: form.choose(SINCE, None if chosen.since == now - span else now - span),
            key=f"since-{name}",
        )
        for name, span in SPANS.items()
    ]
    only_open = check(
        look,
        words("archive.only_open"),
        chosen.only_open,
        lambda: form.choose(ONLY_OPEN, not chosen.only_open),
        key="only-open",
    )
    return ft.Column(
        [
            text(words("filter.since"), "label", palette.ink),
            ft.Row([*spans, only_open], wrap=True, spacing=8, run_spacing=8),
            field(
                look,
                words("archive.label"),
                ", ".join(chosen.labels),
                lambda value: form.type(LABELS, _listed(value)),
                entry=Entry(hint="region=eu-west-1, env=prod"),
                key="label",
            ),
            field(
                look,
                words("archive.source"),
                ", ".join(chosen.sources),
                lambda value: form.type(SOURCES, _listed(value)),
                entry=Entry(hint="alertmanager, grafana"),
                key="source",
            ),
            text(words("filter.services"), "label", palette.ink),
            NamePicker(
                look,
                names,
                "services",
                chosen.service_ids,
                lambda ident: form.choose(SERVICES, toggled(chosen.service_ids, ident)),
            ),
            filled(look, words("archive.apply"), apply, key="filter-apply"),
            word(look, words("filter.clear"), clear, key="filter-clear"),
        ],
        spacing=10,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _listed(given: str) -> tuple[str, ...]:
    return tuple(part for part in (each.strip() for each in given.replace("，", ",").split(",")) if part)

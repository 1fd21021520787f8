"""Coverage: for every service the proof that somebody is reachable, or the exact hours in which nobody is."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN, enlargement
from phone.base.window import Window
from phone.console.coverage.line import alone_of
from phone.console.coverage.picture import bar, below, legend, months, verdict
from phone.console.coverage.sentences import (
    ServiceCoverage,
    by_service,
    joined,
    proven_text,
    sentence,
    total_text,
    unreached,
    where,
)
from phone.console.coverage.store import CoverageProof
from phone.console.directory import Directory
from phone.console.form.kind import Known, Tone
from phone.console.head import console_back
from phone.console.health import sign
from phone.kit import placeholders
from phone.kit.cards import card
from phone.kit.choices import segments
from phone.kit.controls import icon, quiet, word
from phone.kit.hooks import state
from phone.kit.pulling import PullList
from phone.kit.text import heading, text
from shared.wire.coverage import Coverage, CoverageReport

NAME: Final = 176
VERDICT: Final = 168
MOST_RISKS: Final = 3
RANGES: Final = (30, 90)


@ft.component
def CoverageScreen(window: Window, proof: CoverageProof, look: Look, *, directory: Directory) -> ft.Control:
    """What is next at risk, then a line for each service: holes first, each with its reason and the way to mend it."""
    days, choose = state(RANGES[1] if look.is_split else RANGES[0])
    known, words = directory.known(window), look.words
    if known is None:
        return placeholders.skeleton(look)
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    report = proof.report
    head = _head(window, look, margin, days, choose, has_lines=report is not None and bool(report.items))
    if report is None:
        wait = placeholders.failed(look, proof.error, proof.load) if proof.error else placeholders.skeleton(look)
        return PullList([head, wait], window.retry)
    if not report.items:
        nothing = placeholders.empty(look, words("coverage.empty"), words("coverage.empty_text"))
        return PullList([head, nothing], window.retry)
    services = by_service(report)
    parts: list[ft.Control] = [_total(known, look, report), *_risks(window, known, report, services, days)]
    if look.is_split:
        parts.append(_months(look, report, days))
    parts += [_service(window, known, report, each, days) for each in services]
    parts.append(legend(look))
    rows = [ft.Container(content=part, padding=ft.Padding.only(left=margin, right=margin, top=12)) for part in parts]
    return PullList([head, *rows, ft.Container(height=margin)], window.retry)


def _months(look: Look, report: CoverageReport, days: int) -> ft.Control:
    end = min(report.end, report.start + timedelta(days=days))
    line = ft.Container(content=months(look, report.start, end), expand=True)
    # As wide as the lines below, which stand in cards with 16 on each side.
    beside = [ft.Container(width=NAME + 16), line, ft.Container(width=VERDICT + 16)]
    return ft.Row(list(beside), spacing=16)


def _risks(
    window: Window, known: Known, report: CoverageReport, services: list[ServiceCoverage], days: int
) -> list[ft.Control]:
    """The three that come soonest: first where nobody is, then where one stands alone."""
    look, palette, words = window.look, window.look.palette, window.look.words
    end = report.start + timedelta(days=days)
    cells = [_hole_at_risk(window, known, each) for each in services if each.holes and _first(each) < end]
    for each in services:
        lonely = next((one for one in alone_of(each) if one.start < end), None) if not each.holes else None
        if lonely is not None:
            when = words("coverage.from_now") if lonely.start <= known.now else _when(known, lonely.start)
            who = known.reader.person(lonely.user)
            told = words("coverage.risk_alone", service=each.service.name, who=who)
            act = quiet(
                look,
                words("coverage.see_schedules"),
                lambda: window.go("/schedules"),
                key=f"risk-{each.service.id}",
            )
            cells.append(_risk(look, "warning", when, told, act))
    if not cells:
        return []
    shown = cells[:MOST_RISKS]
    body: ft.Control
    if look.is_split and enlargement() == 1:
        parts = [ft.Container(content=each, expand=True) for each in shown]
        body = ft.Row(list(parts), spacing=24, vertical_alignment=ft.CrossAxisAlignment.START)
    else:
        body = ft.Column(shown, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return [card(look, [heading(words("coverage.next"), "strong", palette.ink), body], spacing=12)]


def _first(each: ServiceCoverage) -> datetime:
    return min(one.hole.start for one in each.holes if one.hole is not None)


def _hole_at_risk(window: Window, known: Known, each: ServiceCoverage) -> ft.Control:
    look, words = window.look, window.look.words
    first = each.holes[0]
    hole = first.hole
    if hole is None:
        return ft.Container(height=0)
    if hole.cause == "no_policy":
        what, address = words("coverage.risk_no_policy"), f"/configure/services/{each.service.id}"
    else:
        what = words("coverage.risk_level", level=first.level)
        address = f"/schedules/{hole.schedules[0].id}" if hole.schedules else f"/configure/services/{each.service.id}"
    is_now = hole.start <= known.now
    when = words("coverage.from_now") if is_now else _when(known, hole.start)
    label = words("coverage.choose_policy" if hole.cause == "no_policy" else "coverage.fill")
    act = quiet(look, label, lambda: window.go(address), of=each.service.name, key=f"risk-{each.service.id}")
    return _risk(look, "critical", when, words("coverage.risk_hole", service=each.service.name, what=what), act)


def _when(known: Known, at: datetime) -> str:
    return moments.exact(known.words, at, known.reader.zone)


def _risk(look: Look, tone: Tone, when: str, told: str, act: ft.Control) -> ft.Control:
    palette = look.palette
    lines = ft.Column(
        [text(when, "strong", palette.ink), text(told, "small", palette.muted), ft.Row([act], wrap=True)],
        spacing=4,
        tight=True,
        expand=True,
    )
    mark = ft.Container(content=sign(look, tone, 18), padding=ft.Padding.only(top=2))
    return ft.Row([mark, lines], spacing=12, vertical_alignment=ft.CrossAxisAlignment.START)


def _head(
    window: Window, look: Look, margin: float, days: int, choose: Callable[[int], Any], *, has_lines: bool
) -> ft.Control:
    words = look.words
    told: list[ft.Control] = [
        heading(words("kind.coverage"), "title", look.palette.ink, level=1),
        text(words("coverage.lead"), "body", look.palette.muted),
    ]
    choices = [(str(each), words("coverage.days", count=each), words("coverage.days", count=each)) for each in RANGES]
    ranges = [segments(look, choices, str(days), lambda value: choose(int(value)))] if has_lines else []
    if look.is_split:
        lines = ft.Column(told, spacing=4, tight=True, expand=True)
        row = ft.Row([lines, *(ft.Container(content=each, width=220) for each in ranges)], spacing=16)
        body = ft.Column([console_back(window), row], spacing=0)
        return ft.Container(content=body, padding=ft.Padding.only(left=margin, right=margin, top=4))
    back = icon(look, ft.Icons.ARROW_BACK, words("console.back"), lambda: window.go("/configure"), key="back")
    row = ft.Row([back, ft.Container(content=told[0], expand=True)], spacing=4)
    below_bar = ft.Column(
        [told[1], *ranges], spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )
    return ft.Column(
        [
            ft.Container(content=row, padding=ft.Padding.only(left=4, right=margin, top=4)),
            ft.Container(content=below_bar, padding=ft.Padding.symmetric(horizontal=margin)),
        ],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _total(known: Known, look: Look, report: CoverageReport) -> ft.Control:
    is_whole = report.proven == len(report.items)
    palette = look.palette
    row = ft.Row(
        [
            sign(look, "ok" if is_whole else "critical", 20),
            text(proven_text(known, report), "lead", palette.ink, expand=True),
        ],
        spacing=12,
    )
    return ft.Container(
        content=row,
        bgcolor=palette.ok_bg if is_whole else palette.fill,
        border_radius=12,
        padding=ft.Padding.all(16),
    )


def _service(window: Window, known: Known, report: CoverageReport, each: ServiceCoverage, days: int) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    name = ft.Column(
        [
            heading(each.service.name, "strong", palette.ink),
            *([text(each.team.name, "small", palette.muted)] if each.team is not None else []),
        ],
        spacing=0,
        tight=True,
    )
    line, told = bar(look, report, each, days), verdict(known, look, report, each, days)
    more: list[ft.Control] = [_hole(window, known, report, several, look.zone) for several in joined(each.holes)]
    if not each.holes:
        more.append(text(below(known, report, each, days), "small", palette.muted))
    elif each.proven:
        more.append(text(words("coverage.rest_proven", count=len(each.proven)), "small", palette.muted))
    if look.is_split and enlargement() == 1:
        row = [
            ft.Container(content=name, width=NAME),
            ft.Container(content=line, expand=True),
            ft.Container(content=told, width=VERDICT, alignment=ft.Alignment.CENTER_RIGHT),
        ]
        under = [ft.Container(content=one, padding=ft.Padding.only(left=NAME + 16)) for one in more]
        return card(look, [ft.Row(list(row), spacing=16), *under], spacing=4)
    parts = [ft.Row([ft.Container(content=name, expand=True), told], spacing=12), line, *more]
    return card(look, parts, spacing=8)


def _hole(
    window: Window, known: Known, report: CoverageReport, several: tuple[Coverage, ...], zone: tzinfo
) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    first, hole = several[0], several[0].hole
    if hole is None:
        return ft.Container(height=0)
    lines: list[ft.Control] = [
        text(where(known, several), "label", palette.ink),
        text(sentence(known, report, hole, zone), "body", palette.ink),
    ]
    lines += [text(told, "small", palette.muted) for told in unreached(known, hole)]
    if total := total_text(known, hole):
        lines.append(text(total, "small", palette.muted))
    links: list[ft.Control] = [
        word(
            look, each.name, lambda ident=each.id: window.go(f"/configure/schedules/{ident}"), key=f"schedule-{each.id}"
        )
        for each in hole.schedules
    ]
    if first.policy is not None and not hole.schedules:
        policy = first.policy
        links.append(
            word(look, policy.name, lambda: window.go(f"/configure/policies/{policy.id}"), key=f"policy-{policy.id}")
        )
    if first.policy is None:
        service = first.service
        label = words("coverage.choose_policy")
        links.append(
            word(
                look,
                label,
                lambda: window.go(f"/configure/services/{service.id}"),
                of=service.name,
                key=f"service-{service.id}",
            )
        )
    if links:
        lines.append(ft.Row(links, wrap=True, spacing=4, run_spacing=0))
    return ft.Container(
        content=ft.Column(lines, spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        border=ft.Border.only(left=ft.BorderSide(width=3, color=palette.critical)),
        padding=ft.Padding.only(left=14),
    )

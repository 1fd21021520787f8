"""Coverage: for every service the proof that somebody is reachable, or the exact hours in which nobody is."""

from datetime import tzinfo

import flet as ft

from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN
from phone.base.window import Window
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
from phone.console.form.kind import Known
from phone.console.health import sign
from phone.kit import placeholders
from phone.kit.cards import card
from phone.kit.controls import icon, word
from phone.kit.pulling import PullList
from phone.kit.text import heading, text
from shared.wire.coverage import Coverage, CoverageReport

WIDEST = 760


@ft.component
def CoverageScreen(window: Window, proof: CoverageProof, look: Look, *, directory: Directory) -> ft.Control:
    """Holes first, each with its reason and the way to the schedule."""
    known, words = directory.known(window), look.words
    if known is None:
        return placeholders.skeleton(look)
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    head = _head(window, look, margin)
    report = proof.report
    if report is None:
        wait = placeholders.failed(look, proof.error, proof.load) if proof.error else placeholders.skeleton(look)
        return PullList([head, wait], window.retry)
    if not report.items:
        nothing = placeholders.empty(look, words("coverage.empty"), words("coverage.empty_text"))
        return PullList([head, nothing], window.retry)
    parts: list[ft.Control] = [_total(known, look, report)]
    parts += [_service(window, known, report, each, look.zone) for each in by_service(report)]
    rows = [
        ft.Container(
            content=ft.Row([ft.Container(content=part, width=WIDEST)], tight=True) if look.is_wide else part,
            padding=ft.Padding.only(left=margin, right=margin, top=12),
        )
        for part in parts
    ]
    return PullList([head, *rows], window.retry)


def _head(window: Window, look: Look, margin: float) -> ft.Control:
    words = look.words
    back = (
        []
        if look.is_split
        else [icon(look, ft.Icons.ARROW_BACK, words("console.back"), lambda: window.go("/configure"), key="back")]
    )
    title = ft.Column(
        [
            heading(words("kind.coverage"), "title", look.palette.ink, level=1),
            *([text(words("coverage.lead"), "body", look.palette.muted)] if look.is_split else []),
        ],
        spacing=4,
        tight=True,
        expand=True,
    )
    row = ft.Container(
        content=ft.Row([*back, title], spacing=4),
        padding=ft.Padding.only(left=margin if look.is_split else 4, right=margin, top=16 if look.is_split else 4),
    )
    if look.is_split:
        return row
    lead = ft.Container(
        content=text(words("coverage.lead"), "body", look.palette.muted),
        padding=ft.Padding.symmetric(horizontal=margin),
    )
    return ft.Column([row, lead], spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


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
        bgcolor=palette.ok_bg if is_whole else palette.critical_bg,
        border_radius=12,
        padding=ft.Padding.all(16),
    )


def _service(window: Window, known: Known, report: CoverageReport, each: ServiceCoverage, zone: tzinfo) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    name = ft.Row(
        [
            sign(look, "critical" if each.holes else "ok", 16),
            ft.Container(content=heading(each.service.name, "strong", palette.ink), expand=True),
            *([text(each.team.name, "small", palette.muted)] if each.team is not None else []),
        ],
        spacing=10,
    )
    parts: list[ft.Control] = [name]
    parts += [_hole(window, known, report, several, zone) for several in joined(each.holes)]
    if each.proven:
        key = "coverage.rest_proven" if each.holes else "coverage.all_proven"
        parts.append(text(words(key, count=len(each.proven)), "small", palette.muted))
    return card(look, parts, spacing=12)


def _hole(
    window: Window, known: Known, report: CoverageReport, several: tuple[Coverage, ...], zone: tzinfo
) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    first, hole = several[0], several[0].hole
    if hole is None:
        return ft.Container(height=0)
    lines: list[ft.Control] = [
        text(where(known, several), "label", palette.critical),
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
            word(look, label, lambda: window.go(f"/configure/services/{service.id}"), key=f"service-{service.id}")
        )
    if links:
        lines.append(ft.Row(links, wrap=True, spacing=4, run_spacing=0))
    return ft.Container(
        content=ft.Column(lines, spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        border=ft.Border.only(left=ft.BorderSide(width=3, color=palette.critical)),
        padding=ft.Padding.only(left=14),
    )

"""The lines of coverage: a bar of days for each service, with a gap taller than the rest, and what the bar says."""

from datetime import datetime
from typing import Final

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.console.coverage.line import Part, Segment, alone_of, segments
from phone.console.coverage.sentences import ServiceCoverage
from phone.console.form.kind import Known, Tone
from phone.console.health import colour_of, sign
from phone.kit.text import text
from shared.wire.coverage import CoverageReport

HEIGHT: Final = 30
BAR: Final = 16
SHARES: Final = 10_000
NEAR_TODAY: Final = 0.08
"""The share of a line within which no other name stands beside today's."""
LEAST: Final = 60
"""The smallest share of the line that is still seen."""
GREEN: Final = {"light": "#A6CBB3", "dark": "#2F5B40"}
LEGEND: Final[tuple[Part, ...]] = ("covered", "thin", "hole", "unplanned")


def bar(look: Look, report: CoverageReport, each: ServiceCoverage, days: int) -> ft.Control:
    """The line itself: shape, height and edge tell what colour tells."""
    parts = segments(report, each, days)
    whole = parts[-1].end - parts[0].start
    cells = [
        ft.Container(
            content=swatch(look, one.part),
            expand=max(LEAST, round(SHARES * ((one.end - one.start) / whole))),
            height=HEIGHT,
            alignment=ft.Alignment.CENTER,
        )
        for one in parts
    ]
    return ft.Semantics(
        label=spoken(look, each, parts), exclude_semantics=True, content=ft.Row(list(cells), spacing=1.5)
    )


def swatch(look: Look, part: Part) -> ft.Control:
    """One part of a line."""
    palette = look.palette
    match part:
        case "covered":
            return ft.Container(bgcolor=GREEN[look.brightness], height=BAR, border_radius=4)
        case "thin":
            edge = ft.BorderSide(width=2, color=palette.warning)
            inner = ft.Container(bgcolor=palette.warning, height=2)
            return ft.Container(
                content=inner,
                bgcolor=palette.warning_bg,
                border=ft.Border(top=edge, bottom=edge),
                height=BAR,
                alignment=ft.Alignment.CENTER,
            )
        case "hole":
            return ft.Container(bgcolor=palette.critical_fill, height=HEIGHT, border_radius=4)
        case "unplanned":
            return ft.Container(border=ft.Border.all(1.5, palette.muted), height=BAR, border_radius=4)


def spoken(look: Look, each: ServiceCoverage, parts: list[Segment]) -> str:
    """What the line says, for who doesn't see it."""
    words = look.words
    told = [
        words(f"coverage.part_{one.part}", when=moments.stretch(words, one.start, one.end, look.zone)) for one in parts
    ]
    return words("coverage.line", service=each.service.name, parts=words("list.comma").join(told[:12]))


def months(look: Look, start: datetime, end: datetime) -> ft.Control:
    """Today and the months above the lines."""
    palette, words = look.palette, look.words
    opens, closes = start.astimezone(look.zone), end.astimezone(look.zone)
    marks = [(opens, words("coverage.today"), palette.ink)]
    first = opens.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while True:
        first = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
        if first >= closes:
            break
        if first - opens > NEAR_TODAY * (closes - opens):
            marks.append((first, words(f"month.{first.month}"), palette.muted))
    edges = [at for at, _, _ in marks] + [closes]
    return ft.Row(
        [
            ft.Container(
                content=text(name, "caption", colour, lines=1),
                expand=max(1, round(SHARES * ((after - at) / (closes - opens)))),
                border=ft.Border.only(left=ft.BorderSide(width=1, color=palette.faint)) if at != opens else None,
                padding=ft.Padding.only(left=6 if at != opens else 0),
            )
            for (at, name, colour), after in zip(marks, edges[1:], strict=True)
        ],
        spacing=0,
    )


def verdict(known: Known, look: Look, report: CoverageReport, each: ServiceCoverage, days: int) -> ft.Control:
    """The line in two words, with a sign."""
    tone, told = verdict_of(known, report, each, days)
    row = [sign(look, tone, 14), text(told, "label", colour_of(look, tone))]
    return ft.Row(list(row), spacing=6, tight=True)


def verdict_of(known: Known, report: CoverageReport, each: ServiceCoverage, days: int) -> tuple[Tone, str]:
    """The worst that the line says, and when that begins."""
    words, parts = known.words, segments(report, each, days)
    hole = next((one for one in parts if one.part == "hole"), None)
    if hole is not None and hole.start <= max(report.start, known.now):
        return "critical", words("coverage.gap_now")
    if hole is not None:
        return "critical", words("coverage.gap_in", span=moments.span(words, hole.start - known.now))
    end = next((one for one in parts if one.part == "unplanned"), None)
    if end is not None:
        return "quiet", words("coverage.planned_to", date=moments.date(words, end.start, known.reader.zone))
    thin = [one for one in parts if one.part == "thin"]
    if thin:
        if thin[0].end - thin[0].start >= parts[-1].end - parts[0].start:
            return "warning", words("coverage.thin_always")
        return "warning", words("coverage.thin_spells", count=len(thin))
    return "ok", words("coverage.covered")


def below(known: Known, report: CoverageReport, each: ServiceCoverage, days: int) -> str:
    """What a service without a hole has to say under its line."""
    parts = segments(report, each, days)
    thin = next((one for one in alone_of(each) if one.start < parts[-1].end), None)
    if thin is None:
        return known.words("coverage.all_proven")
    who = known.reader.person(thin.user)
    if thin.end - thin.start >= parts[-1].end - parts[0].start:
        return known.words("coverage.alone_always", who=who)
    when = moments.stretch(known.words, max(thin.start, report.start), thin.end, known.reader.zone)
    return known.words("coverage.alone", who=who, when=when)


def legend(look: Look) -> ft.Control:
    """What each part of a line means."""
    pairs = [
        ft.Row(
            [
                ft.Container(content=swatch(look, part), width=24, height=BAR, alignment=ft.Alignment.CENTER),
                text(look.words(f"coverage.means_{part}"), "small", look.palette.muted),
            ],
            spacing=8,
            tight=True,
        )
        for part in LEGEND
    ]
    return ft.Row(list(pairs), spacing=20, run_spacing=8, wrap=True)

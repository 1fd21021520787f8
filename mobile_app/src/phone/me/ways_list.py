"""How I am reached, on Me: rules as sentences, the night as a line, devices and methods with their tests."""

from collections.abc import Callable
from typing import Any, Final

import flet as ft

from phone.alerts.severity import severity_colour, severity_pill, shape
from phone.base import moments, problems
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, enlargement
from phone.base.window import Window
from phone.kit.controls import Face, quiet, tappable
from phone.kit.text import heading, sentence, text, whole_words, width_of
from phone.me import saying
from phone.me.ways import Ways
from shared.wire.devices import Device
from shared.wire.incidents import Severity
from shared.wire.notifications import RulePreviewLine
from shared.wire.people import ContactMethod

SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "warning", "info")
BESIDE_NIGHT: Final = 4 * PHONE_MARGIN + 56
"""What the title of the night shares its line with, but for the severity's word."""
SIGNS: Final = {
    "push": ft.Icons.PHONE_ANDROID,
    "email": ft.Icons.MAIL_OUTLINE,
    "webhook": ft.Icons.WEBHOOK,
}


def rule_rows(window: Window, *, ways: Ways) -> list[ft.Control]:
    """One sentence per severity; a tap changes it."""
    look, rules = window.look, ways.rules
    if rules is None:
        return []
    rows: list[ft.Control] = []
    for severity in SEVERITIES:
        told = saying.rule(look.words, getattr(rules, severity), ways.methods)
        flaw = next((each for each in rules.warnings if each.severity == severity), None)
        code = "" if flaw is None else flaw.code if ways.can_be_paged else "nothing_works"
        warning = look.words(f"flaw.{code}") if code else ""
        rows.append(_rule_row(window, severity, told, warning))
    return rows


def _rule_row(window: Window, severity: Severity, told: str, warning: str) -> ft.Control:
    look, palette = window.look, window.look.palette
    colour = severity_colour(look, severity)
    pieces = look.words.pieces("rule.row", severity=look.words(f"severity.{severity}"), rule=told)
    lines: list[ft.Control] = [sentence(pieces, "body", palette.ink, apart={"severity": colour})]
    if warning:
        lines.append(text(warning, "small", palette.warning))
    row = ft.Row(
        [
            ft.Container(content=shape(severity, colour), width=22, padding=ft.Padding.only(top=4)),
            ft.Column(lines, spacing=2, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Column(
        [
            tappable(
                look,
                row,
                lambda: window.go(f"/me/rules/{severity}"),
                face=Face(padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN, vertical=14)),
                key=f"rule-{severity}",
            ),
            ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=46)),
        ],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def night_card(window: Window, choose: Callable[[Severity], Any], *, ways: Ways) -> ft.Control:
    """What happens at 3 am, line by line; the pill goes on to the next severity."""
    look, palette, preview = window.look, window.look.palette, ways.preview
    following = SEVERITIES[(SEVERITIES.index(ways.preview_of) + 1) % 3]
    pill = tappable(
        look,
        severity_pill(look, ways.preview_of),
        lambda: choose(following),
        face=Face(padding=ft.Padding.symmetric(vertical=10), radius=999),
        key="night-severity",
    )
    title = heading(look.words("night.title"), "strong", palette.ink)
    room = look.width - BESIDE_NIGHT - width_of(look.words(f"severity.{ways.preview_of}"), "label") * enlargement()
    is_abreast = whole_words(look.words("night.title"), "strong", room) >= enlargement()
    head: list[ft.Control] = [ft.Container(content=title, expand=True), pill] if is_abreast else [pill]
    parts: list[ft.Control] = [*([] if is_abreast else [title]), ft.Row(head)]
    lines = preview.lines if preview else []
    if preview is not None and preview.is_last_resort and lines:
        parts.append(text(look.words("night.last_resort"), "small", palette.warning))
    parts += [_night_line(window, line, first=i == 0, last=i == len(lines) - 1) for i, line in enumerate(lines)]
    if preview is not None and not lines:
        parts.append(text(look.words("night.nothing"), "body", palette.warning))
    if lines:
        parts.append(text(look.words("night.foot"), "small", palette.muted))
    return ft.Container(
        content=ft.Column(parts, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
        padding=ft.Padding.only(left=16, right=16, top=8, bottom=14),
        margin=ft.Margin.symmetric(horizontal=PHONE_MARGIN, vertical=12),
    )


def _night_line(window: Window, line: RulePreviewLine, *, first: bool, last: bool) -> ft.Control:
    look, palette = window.look, window.look.palette
    stroke = ft.Container(width=2, bgcolor=palette.faint, left=8, top=14 if first else 0, height=14 if last else 30)
    dot = ft.Container(
        width=12,
        height=12,
        border_radius=12,
        left=3,
        top=9,
        bgcolor=palette.accent if first else palette.raised,
        border=None if first else ft.Border.all(2, palette.muted),
    )
    told = look.words.first(f"night.{line.channel}", "night.other", name=line.name, label=line.label)
    strokes: list[ft.Control] = [] if first and last else [stroke]
    at = text(moments.clock(line.at, look.zone), "label" if first else "small", palette.ink if first else palette.muted)
    return ft.MergeSemantics(
        content=ft.Row(
            [
                ft.Container(content=at, width=40 * enlargement()),
                ft.Stack([*strokes, dot], width=18, height=30),
                text(told, "body", palette.ink, expand=True, bold=first),
            ],
            spacing=14,
        )
    )


def device_row(
    window: Window, device: Device, open_it: Callable[[], Any], *, margin: float = PHONE_MARGIN, ways: Ways
) -> ft.Control:
    """A phone: when a page last arrived there, what it is not allowed to do, and a test."""
    look, palette, words = window.look, window.look.palette, window.look.words
    denied = [name for name in PERMISSIONS if getattr(device.permissions, name) == "denied"]
    if device.dead_at is not None:
        told, warns = words("device.dead", reason=problems.reason(words, device.dead_reason)), True
    elif not device.can_leave:
        told, warns = words("way.cannot_leave_push"), True
    elif denied:
        told, warns = words("device.denied", count=len(denied)), True
    elif device.last_receipt_at is None:
        told, warns = words("device.no_receipt"), True
    else:
        when = moments.ago(words, device.last_receipt_at, now=window.clock.minutes.at)
        told, warns = words("device.receipt", when=when), False
    sign = ft.Icons.PHONE_IPHONE if device.platform == "ios" else ft.Icons.PHONE_ANDROID
    if "ipad" in device.name.casefold() or "tablet" in device.name.casefold():
        sign = ft.Icons.TABLET_MAC
    name = words("device.this", name=device.name) if device.is_current else device.name
    trial = _trial(window, device.id, device.name, ways=ways)
    return _reach_row(
        look,
        sign,
        name,
        told,
        palette.warning if warns else palette.ok,
        warns,
        trial,
        open_it,
        device.id,
        margin,
        ways=ways,
    )


PERMISSIONS: Final = ("notifications", "critical_alerts", "full_screen", "dnd_access", "battery_unrestricted")


def method_row(
    window: Window, method: ContactMethod, open_it: Callable[[], Any], *, margin: float = PHONE_MARGIN, ways: Ways
) -> ft.Control:
    """A mail address or a webhook."""
    look, palette, words = window.look, window.look.palette, window.look.words
    warns = True
    if method.dead_at is not None:
        told = words("device.dead", reason=problems.reason(words, method.dead_reason))
    elif not method.can_leave:
        told = words.first(f"way.cannot_leave_{method.channel}", "way.cannot_leave_other")
    elif method.channel == "email" and method.verified_at is None:
        told = words("method.unverified")
    else:
        told, warns = method.value or method.label, False
    sign = SIGNS.get(method.channel, ft.Icons.NOTIFICATIONS_NONE)
    trial = _trial(window, method.id, method.name, ways=ways)
    return _reach_row(
        look,
        sign,
        method.name,
        told,
        palette.warning if warns else palette.muted,
        warns,
        trial,
        open_it,
        method.id,
        margin,
        ways=ways,
    )


def _trial(window: Window, ident: str, name: str, *, ways: Ways) -> tuple[str, str] | None:
    look, tried = window.look, ways.trials.get(ident)
    if tried is None:
        return None
    if tried.error is not None:
        return problems.problem(look.words, tried.error), look.palette.warning
    good = tried.item is not None and tried.item.state in ("received", "displayed", "opened", "acted")
    bad = tried.item is not None and tried.item.state == "failed"
    colour = look.palette.ok if good else look.palette.warning if bad else look.palette.muted
    return saying.trial(look.words, tried, name), colour


def _reach_row(  # noqa: PLR0913 one for each thing the row shows
    look: Look,
    sign: ft.IconData,
    name: str,
    told: str,
    colour: str,
    warns: bool,
    trial: tuple[str, str] | None,
    open_it: Callable[[], Any],
    ident: str,
    margin: float,
    *,
    ways: Ways,
) -> ft.Control:
    palette = look.palette
    mark = ft.Icons.WARNING_AMBER_ROUNDED if warns else ft.Icons.CHECK
    signs: list[ft.Control] = [ft.Icon(mark, size=15, color=colour)] if colour != palette.muted else []
    lines: list[ft.Control] = [
        text(name, "strong", palette.ink),
        ft.Row([*signs, text(told, "small", colour, expand=True)], spacing=6),
    ]
    if trial is not None:
        lines.append(ft.Semantics(live_region=True, content=text(trial[0], "small", trial[1])))
    tile = ft.Container(
        content=ft.Icon(sign, size=20, color=palette.ink),
        width=40,
        height=40,
        bgcolor=palette.fill,
        border_radius=10,
        alignment=ft.Alignment.CENTER,
    )
    row = ft.Row([tile, ft.Column(lines, spacing=2, expand=True)], spacing=14)
    face = Face(padding=ft.Padding.symmetric(horizontal=margin, vertical=10))
    return ft.Row(
        [
            ft.Container(content=tappable(look, row, open_it, face=face, key=f"way-{ident}"), expand=True),
            ft.Container(
                content=quiet(look, look.words("trial.test"), lambda: ways.test(ident), of=name, key=f"test-{ident}"),
                padding=ft.Padding.only(right=margin),
            ),
        ],
        spacing=0,
    )


def section(look: Look, title: str, *, action: ft.Control | None = None) -> ft.Control:
    """A heading with what can be added."""
    parts: list[ft.Control] = [ft.Container(content=heading(title, "label", look.palette.muted), expand=True)]
    if action is not None:
        parts.append(action)
    return ft.Container(
        content=ft.Row(parts),
        padding=ft.Padding.only(left=PHONE_MARGIN, right=PHONE_MARGIN, top=16 if action is None else 8, bottom=4),
    )

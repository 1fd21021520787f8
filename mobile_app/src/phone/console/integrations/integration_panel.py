"""An integration's address and set-up, a test alert with what became of it, and what was received lately."""

import flet as ft

from phone.base import moments, problems
from phone.base.window import Window
from phone.console.beside import Beside
from phone.console.form.kind import Known, Tone
from phone.console.health import sign
from phone.console.integrations.refusals import reason_lines
from phone.kit.cards import titled
from phone.kit.controls import Face, quiet, tappable, word
from phone.kit.copy_box import copy_box
from phone.kit.fields import problem_line
from phone.kit.sheet import sheet
from phone.kit.text import text
from shared.wire.events import EventDetail, ReceivedEvent
from shared.wire.services import Integration

LONGEST_SHOWN = 12_000


@ft.component
def IntegrationPanel(window: Window, beside: Beside, known: Known, item: Integration) -> ft.Control:
    """What a newcomer needs first stands above the form: where to send, whether it works."""
    parts: list[ft.Control] = []
    if item.key:
        parts += [_address(window, known, item), _test(window, beside, known)]
    else:
        parts += [text(known.words("integration.hidden"), "body", window.look.palette.muted)]
    return ft.Column(parts, spacing=20, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@ft.component
def IntegrationActivity(window: Window, beside: Beside, known: Known, item: Integration) -> ft.Control:
    """What came of it stands below: refusals, how the sender is set up, what was received lately."""
    words = known.words
    ft.use_dialog(_payload(window, beside, known, beside.opened) if beside.opened is not None else None)
    parts: list[ft.Control] = []
    if item.health.reasons or item.health.reused_keys or item.health.unreadable:
        parts.append(_refused(window, known, item))
    if item.setup and item.key:
        parts.append(copy_box(window, words("integration.setup"), item.setup, key="copy-setup"))
    if beside.received is not None and beside.ident == item.id:
        parts.append(_received(window, beside, known, beside.received))
    return ft.Column(parts, spacing=20, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _address(window: Window, known: Known, item: Integration) -> ft.Control:
    words = known.words
    label = words("integration.address")
    return copy_box(window, label, item.ingest_url, key="copy-address", help=words("integration.address_help"))


def _test(window: Window, beside: Beside, known: Known) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    busy = beside.test in ("sending", "received")
    lines: list[ft.Control] = []
    if beside.test != "none":
        tone: Tone = "ok" if beside.test == "became" else "warning" if beside.test == "failed" else "quiet"
        told = words(f"test.{beside.test}")
        if beside.test == "failed" and beside.error is not None:
            told = problems.problem(words, beside.error)
        if beside.test_incident is not None:
            told = words("test.incident", number=beside.test_incident.number)
        row = ft.Row([sign(look, tone, 16), text(told, "body", palette.ink, expand=True)], spacing=8)
        lines.append(ft.Semantics(live_region=True, content=row))
    buttons: list[ft.Control] = []
    if not busy:
        label = words("test.again" if beside.test != "none" else "test.send")
        buttons.append(quiet(look, label, lambda: beside.send_test(), icon=ft.Icons.SEND_OUTLINED, key="send-test"))
    if beside.test_incident is not None:
        ident = beside.test_incident.id
        buttons.append(word(look, words("test.open"), lambda: window.go(f"/incidents/{ident}"), key="test-incident"))
        buttons.append(word(look, words("test.resolve"), lambda: beside.send_test("resolve"), key="test-resolve"))
    return titled(
        look,
        words("test.title"),
        [*lines, ft.Row(buttons, wrap=True, spacing=8, run_spacing=4)],
        help=words("test.help"),
    )


def _refused(window: Window, known: Known, item: Integration) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    lines = reason_lines(look, known, item.health.reasons)
    if item.health.reused_keys:
        lines.append(text(words("refused.reused", count=item.health.reused_keys), "small", palette.muted))
    if item.health.unreadable:
        lines.append(text(words("refused.unreadable", count=item.health.unreadable), "small", palette.ink))
    return titled(look, words("refused.title"), lines, help=words("refused.help") if item.health.reasons else "")


def _received(window: Window, beside: Beside, known: Known, events: tuple[ReceivedEvent, ...]) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    if not events:
        return titled(look, words("received.title"), [text(words("received.empty"), "body", palette.muted)])
    rows: list[ft.Control] = []
    for event in events:
        if rows:
            rows.append(ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=42)))
        rows.append(_event(window, beside, known, event))
    body = ft.Container(
        content=ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
    )
    return titled(look, words("received.title"), [body], help=words("received.help"))


def _event(window: Window, beside: Beside, known: Known, event: ReceivedEvent) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    tones: dict[str, Tone] = {"done": "ok", "failed": "critical"}
    tone = tones.get(event.state, "quiet")
    told = words(f"received.{event.state}", count=event.alerts)
    when = moments.moment(words, event.received_at, now=known.now, zone=look.zone)
    lines: list[ft.Control] = [text(told, "body", palette.ink)]
    lines.append(text(words("received.when", when=when, size=_size(event.bytes)), "small", palette.muted))
    if event.error:
        lines.append(text(event.error, "small", palette.critical, lines=2))
    mark = ft.Container(
        content=sign(look, tone, 16), width=18, padding=ft.Padding.only(top=3), alignment=ft.Alignment.TOP_CENTER
    )
    row = ft.Row(
        [mark, ft.Column(lines, spacing=1, tight=True, expand=True)],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return tappable(
        look,
        row,
        lambda: beside.open(event),
        face=Face(padding=ft.Padding.symmetric(horizontal=16, vertical=10), radius=10),
        key=f"event-{event.id}",
    )


def _size(size_bytes: int) -> str:
    return f"{size_bytes} B" if size_bytes < 1024 else f"{size_bytes / 1024:.1f} KiB"


def _payload(window: Window, beside: Beside, known: Known, event: EventDetail) -> ft.BottomSheet:
    look, words = window.look, known.words
    body = event.body if event.body is not None else words("received.binary")
    cut = body if len(body) <= LONGEST_SHOWN else body[:LONGEST_SHOWN] + "\n…"
    parts: list[ft.Control] = []
    if event.error:
        parts.append(problem_line(look, event.error))
    headers = "\n".join(f"{name}: {value}" for name, value in event.headers.items())
    parts.append(copy_box(window, words("received.body"), cut, key="copy-body"))
    if headers:
        parts.append(copy_box(window, words("received.headers"), headers, key="copy-headers"))
    parts.append(quiet(look, words("close"), beside.close, key="close-event"))
    return sheet(look, words("received.payload"), parts, beside.close)

"""The demo's outbox: phones' lock screens with working buttons, mails and webhooks beside them."""

from collections.abc import Awaitable, Callable
from typing import Final

import flet as ft

from phone.alerts.severity import severity_colour, shape
from phone.base import moments, problems
from phone.base.look import Look
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.bars import title_bar
from phone.kit.controls import Face, icon, tappable, word
from phone.kit.fields import problem_line
from phone.kit.layout import column
from phone.kit.marks import mark, tick
from phone.kit.pulling import PullList
from phone.kit.text import heading, text
from phone.outbox.store import BUTTONS, DemoOutbox
from shared.wire.actions import ActionResult, Button
from shared.wire.outbox import OutboxItem

GLASS: Final = "#1B2230"
GLASS_CARD: Final = "#2A3346"
GLASS_INK: Final = "#F2F4F8"
GLASS_MUTED: Final = "#AEB8CA"
GLASS_ACCENT: Final = "#A9C6FF"


@ft.component
def OutboxScreen(window: Window, outbox: DemoOutbox, look: Look) -> ft.Control:
    """The whole tab, in two columns where there is room."""
    words = look.words
    refresh = icon(look, ft.Icons.REFRESH, words("refresh"), window.retry, key="refresh")
    lead = ft.Container(
        content=ft.Row(
            [
                ft.Icon(ft.Icons.INVENTORY_2_OUTLINED, size=20, color=look.palette.info),
                text(words("outbox.lead"), "small", look.palette.ink, expand=True),
            ],
            spacing=10,
        ),
        bgcolor=look.palette.info_bg,
        border_radius=12,
        padding=ft.Padding.all(12),
    )
    head: list[ft.Control] = [title_bar(window, words("outbox.title"), [refresh]), column([lead])]
    if outbox.items is None:
        waits = placeholders.failed(look, outbox.error, outbox.load) if outbox.error else placeholders.skeleton(look)
        return PullList([*head, waits], window.retry)
    if not outbox.items:
        return PullList(
            [*head, placeholders.empty(look, words("outbox.empty"), words("outbox.empty_text"))], window.retry
        )
    pushes, others = _pushes(window, demo_outbox=outbox), _others(window, demo_outbox=outbox)
    if look.is_split:
        both = ft.Row(
            [ft.Column(pushes, spacing=12, width=420), ft.Column(others, spacing=12, expand=True)],
            spacing=24,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        return PullList([*head, column([ft.Container(content=both, padding=ft.Padding.only(top=16))])], window.retry)
    body = ft.Container(
        content=ft.Column(
            [*pushes, ft.Container(height=8), *others],
            spacing=12,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding.only(top=16),
    )
    return PullList([*head, column([body])], window.retry)


def _pushes(window: Window, *, demo_outbox: DemoOutbox) -> list[ft.Control]:
    look = window.look
    parts: list[ft.Control] = [heading(look.words("outbox.phones"), "label", look.palette.muted)]
    people: dict[str, list[OutboxItem]] = {}
    for item in demo_outbox.pushes:
        people.setdefault(look.words("outbox.to", person=look.reader.named([item.person]), to=item.to), []).append(item)
    if not people:
        parts.append(text(look.words("outbox.no_push"), "body", look.palette.muted))
    return [*parts, *(_phone(window, whose, items, demo_outbox=demo_outbox) for whose, items in people.items())]


def _phone(window: Window, whose: str, items: list[OutboxItem], *, demo_outbox: DemoOutbox) -> ft.Control:
    newest = items[0]
    clock = moments.clock(newest.at, window.look.zone)
    parts: list[ft.Control] = [
        text(whose, "small", GLASS_MUTED, align=ft.TextAlign.CENTER),
        text(clock, "display", GLASS_INK, align=ft.TextAlign.CENTER),
    ]
    return ft.Container(
        bgcolor=GLASS,
        border_radius=26,
        border=ft.Border.all(1, window.look.palette.line),
        padding=ft.Padding.symmetric(horizontal=12, vertical=16),
        content=ft.Column(
            [*parts, *(_notification(window, item, demo_outbox=demo_outbox) for item in items)],
            spacing=8,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    )


def _notification(window: Window, item: OutboxItem, *, demo_outbox: DemoOutbox) -> ft.Control:
    look = window.look
    sign = ft.Container(
        content=mark(look, 16),
        width=24,
        height=24,
        border_radius=7,
        bgcolor="#FFFFFF" if look.brightness == "light" else GLASS,
        alignment=ft.Alignment.CENTER,
    )
    age = moments.ago(look.words, item.at, now=window.clock.minutes.at)
    parts: list[ft.Control] = [
        ft.Row(
            [
                sign,
                text(look.words("app.name"), "small", GLASS_MUTED, expand=True),
                text(age, "small", GLASS_MUTED),
            ],
            spacing=8,
        ),
        text(item.title, "strong", GLASS_INK, lines=3),
        text(item.body, "small", GLASS_INK, lines=5),
    ]
    return ft.Container(
        bgcolor=GLASS_CARD,
        border_radius=16,
        padding=ft.Padding.only(left=14, right=14, top=12, bottom=6),
        content=ft.Column(
            [*parts, *_buttons(window, item, outbox=demo_outbox)],
            spacing=5,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    )


def _press(window: Window, item: OutboxItem, verb: Button, *, demo_outbox: DemoOutbox) -> Callable[[], Awaitable[None]]:
    async def press() -> None:
        await demo_outbox.press(item, verb)
        window.hurry()

    return press


def _buttons(window: Window, item: OutboxItem, *, outbox: DemoOutbox) -> list[ft.Control]:
    look = window.look
    answer, failure = outbox.answers.get(item.id), outbox.failures.get(item.id)
    if answer is not None:
        done = ft.Row([tick("#7FD6A0", 16), text(_told(look, answer), "small", "#7FD6A0", expand=True)], spacing=8)
        return [
            ft.Container(content=ft.Semantics(live_region=True, content=done), padding=ft.Padding.symmetric(vertical=8))
        ]
    state = look.words.first(f"delivery.{item.state}", "delivery.other", state=item.state)
    parts: list[ft.Control] = []
    if failure is not None:
        reason = look.words("outbox.failed", reason=problems.problem(look.words, failure))
        parts.append(text(reason, "small", "#FFB3AB"))
    verbs: list[Button] = [verb for verb in BUTTONS if verb in item.verbs and item.action_token is not None]
    row: list[ft.Control] = []
    for verb in verbs:
        label = look.words("sending") if item.id in outbox.pressed else look.words(f"verb.{verb}")
        row.append(
            word(
                look,
                label,
                _press(window, item, verb, demo_outbox=outbox),
                colour=GLASS_ACCENT,
                of=item.title,
                key=f"{verb}-{item.id}",
            )
        )
    aligned = ft.Row(
        [ft.Row(row, spacing=12, tight=True), text(state, "small", GLASS_MUTED)],
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        wrap=True,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    parts.append(aligned)
    return parts


def _told(look: Look, answer: ActionResult) -> str:
    state = look.words(f"state.{answer.state}")
    state = state.lower() if look.language == "en" else state
    key = "outbox.done" if answer.done else "outbox.late"
    if answer.by is None:
        return look.words(f"{key}_plain", state=state)
    return look.words(key, state=state, who=look.reader.named([answer.by]))


def _others(window: Window, *, demo_outbox: DemoOutbox) -> list[ft.Control]:
    look = window.look
    parts: list[ft.Control] = [heading(look.words("outbox.others"), "label", look.palette.muted)]
    if not demo_outbox.others:
        parts.append(text(look.words("outbox.no_mail"), "body", look.palette.muted))
    return [*parts, *(_message(window, item, demo_outbox=demo_outbox) for item in demo_outbox.others)]


def _message(window: Window, item: OutboxItem, *, demo_outbox: DemoOutbox) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    is_open = item.id in demo_outbox.opened
    sign = (
        shape(item.severity, severity_colour(look, item.severity))
        if item.severity
        else ft.Icon(ft.Icons.MAIL_OUTLINE, size=16, color=palette.muted)
    )
    channel = words.first(f"channel.{item.channel}", "timeline.other", kind=item.channel)
    state = words.first(f"delivery.{item.state}", "delivery.other", state=item.state)
    age = moments.ago(words, item.at, now=window.clock.minutes.at)
    lines: list[ft.Control] = [
        text(item.title, "strong", palette.ink, lines=2),
        text(
            f"{channel} · {words('outbox.to', person=look.reader.named([item.person]), to=item.to)}",
            "small",
            palette.muted,
        ),
        text(item.body, "small", palette.ink, lines=None if is_open else 3),
        text(f"{state} · {age}", "small", palette.muted),
    ]
    row = ft.Row(
        [
            ft.Container(content=sign, width=22, padding=ft.Padding.only(top=4)),
            ft.Column(lines, spacing=3, expand=True),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    label = words("outbox.raw_hide") if is_open else words("outbox.raw")
    toggle = tappable(
        look,
        text(label, "button", palette.accent, label=words("of", button=label, what=words.names([item.title, item.to]))),
        lambda: demo_outbox.toggle(item.id),
        face=Face(padding=ft.Padding.symmetric(horizontal=30, vertical=14), radius=10),
        key=f"raw-{item.id}",
    )
    parts: list[ft.Control] = [row, toggle]
    if is_open:
        parts.append(_raw(look, item.raw))
    if (failure := demo_outbox.failures.get(item.id)) is not None:
        parts.append(problem_line(look, problems.problem(words, failure)))
    return ft.Container(
        content=ft.Column(parts, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
        padding=ft.Padding.only(left=14, right=14, top=12, bottom=2),
    )


def _raw(look: Look, raw: str) -> ft.Control:
    palette = look.palette
    return ft.Container(
        content=ft.Text(raw, style=text("", "caption", palette.ink).style, selectable=True),
        bgcolor=palette.fill,
        border_radius=10,
        padding=ft.Padding.all(12),
        margin=ft.Margin.only(bottom=12),
    )

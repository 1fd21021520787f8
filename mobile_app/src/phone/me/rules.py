"""One rule: which ways in which order, with the sentence that it makes and what it will do at night."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import flet as ft
from msgspec.structs import replace

from phone.alerts.severity import severity_pill
from phone.base import problems
from phone.base.api.errors import ApiError, Unreachable
from phone.base.look import Look
from phone.base.places import swapped, without
from phone.base.window import Window
from phone.kit.bars import archive_bar
from phone.kit.choices import check
from phone.kit.controls import filled, icon, quiet
from phone.kit.fields import problem_line
from phone.kit.hooks import state
from phone.kit.layout import column
from phone.kit.placeholders import failed, skeleton
from phone.kit.pulling import PullList
from phone.kit.text import heading, text
from phone.me import saying
from phone.me.ways import Ways
from shared.domain.paging.notification import Turn
from shared.wire.incidents import Severity

DELAYS_S: Final = (0, 60, 180, 300, 600, 900, 1800)
MOST_STEPS: Final = 15
CHANNELS: Final = ("push", "email", "webhook")


@ft.component
def RuleScreen(window: Window, ways: Ways, look: Look, severity: Severity) -> ft.Control:
    """The form, once the rules are there."""
    if ways.rules is not None:
        body: ft.Control = RuleForm(window, ways, look, severity)
    else:
        body = failed(look, ways.error, ways.load) if ways.error is not None else skeleton(look)
    return ft.Column(
        [archive_bar(window, look.words("rule.title"), "/me", []), body],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _kept(ways: Ways, severity: Severity) -> tuple[Turn, ...]:
    return getattr(ways.rules, severity) if ways.rules else ()


@ft.component
def RuleForm(window: Window, ways: Ways, look: Look, severity: Severity) -> ft.Control:
    """Nothing is kept before Save."""
    turns, put = state(_kept(ways, severity))
    error, fail = state("")
    words, palette = look.words, look.palette
    edits = _Edits(
        change=lambda i, turn: put((*turns[:i], turn, *turns[i + 1 :])),
        move=lambda i, by: put(swapped(turns, i, i + by)),
        drop=lambda i: put(without(turns, i)),
    )

    def add() -> None:
        put((*turns, Turn(channel="push", delay_s=turns[-1].delay_s + 300 if turns else 0)))

    async def save() -> None:
        try:
            await ways.keep(severity, turns)
        except (ApiError, Unreachable) as refused:
            fail(problems.problem(words, refused))
        else:
            window.tell("me.saved")
            window.go("/me")

    sentence = saying.rule(words, turns, ways.methods) if turns else words("rule.empty")
    head: list[ft.Control] = [
        ft.Row([severity_pill(look, severity)]),
        text(sentence, "lead", palette.ink),
        text(words("rule.lead"), "small", palette.muted),
    ]
    steps: list[ft.Control] = [_step(window, i, turn, len(turns), edits, ways=ways) for i, turn in enumerate(turns)]
    tail: list[ft.Control] = []
    if len(turns) < MOST_STEPS:
        tail.append(ft.Row([quiet(look, words("rule.add"), add, icon=ft.Icons.ADD, key="rule-add")], wrap=True))
    if error:
        tail.append(problem_line(look, error))
    tail.append(filled(look, words("me.save"), save, busy=not turns, key="rule-save"))
    body = column([*head, *steps, *tail], spacing=14)
    held = ft.Row([ft.Container(content=body, width=600)]) if look.is_split else body
    return ft.Container(content=PullList([held], ways.load), expand=True)


@dataclass(frozen=True)
class _Edits:
    """What can be done to a step, by its number."""

    change: Callable[[int, Turn], None]
    move: Callable[[int, int], None]
    drop: Callable[[int], None]


def _step(window: Window, i: int, step: Turn, count: int, edits: _Edits, *, ways: Ways) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    titled = words("rule.step", number=i + 1)

    def its(key: str) -> str:
        return words("of", button=words(key), what=titled)

    tools: list[ft.Control] = []
    if i > 0:
        tools.append(icon(look, ft.Icons.ARROW_UPWARD, its("rule.up"), lambda: edits.move(i, -1), key=f"up-{i}"))
    if i < count - 1:
        tools.append(icon(look, ft.Icons.ARROW_DOWNWARD, its("rule.down"), lambda: edits.move(i, 1), key=f"down-{i}"))
    tools.append(icon(look, ft.Icons.CLOSE, its("rule.drop"), lambda: edits.drop(i), key=f"drop-{i}"))
    title = ft.Container(content=heading(titled, "strong", palette.ink), expand=True)
    channels = [
        check(
            look,
            words(f"rule.every_{channel}"),
            step.channel == channel,
            lambda channel=channel: edits.change(i, replace(step, channel=channel, contact_method_id=None)),
            of=titled,
            key=f"way-{i}-{channel}",
        )
        for channel in CHANNELS
    ]
    named = [(each.id, each.name) for each in ways.methods]
    methods = [
        check(
            look,
            name,
            step.contact_method_id == ident,
            lambda ident=ident: edits.change(i, replace(step, channel=None, contact_method_id=ident)),
            of=titled,
            key=f"way-{i}-{ident}",
        )
        for ident, name in named
    ]
    delays = [
        check(
            look,
            words("rule.now") if delay_s == 0 else saying.span(words, delay_s),
            step.delay_s == delay_s,
            lambda delay_s=delay_s: edits.change(i, replace(step, delay_s=delay_s)),
            of=titled,
            key=f"delay-{i}-{delay_s}",
        )
        for delay_s in sorted({*DELAYS_S, step.delay_s})
    ]
    return ft.Container(
        content=ft.Column(
            [
                ft.Row([title, *tools], spacing=0),
                text(words("rule.way"), "small", palette.muted),
                ft.Row([*channels, *methods], wrap=True, spacing=8, run_spacing=8),
                text(words("rule.when"), "small", palette.muted),
                ft.Row(list(delays), wrap=True, spacing=8, run_spacing=8),
            ],
            spacing=8,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
        padding=ft.Padding.only(left=16, right=8, top=4, bottom=16),
    )

"""One rule: which ways in which order, with the sentence that it makes and what it will do at night."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import Final

import flet as ft

from phone.alerts.severity import severity_pill
from phone.base import problems
from phone.base.api.errors import ApiError, Unreachable
from phone.base.look import Look
from phone.base.window import Window
from phone.kit.bars import archive_bar
from phone.kit.choices import check
from phone.kit.controls import filled, icon, quiet
from phone.kit.fields import problem_line
from phone.kit.hooks import kept, state
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
Change = Callable[..., None]
CHANNELS: Final = ("push", "email", "webhook")


@dataclass(frozen=True, kw_only=True)
class Step:
    """A turn as it is being edited; `name` is what the chips call it."""

    channel: str | None = None
    method: str | None = None
    delay_s: int = 0

    @property
    def turn(self) -> Turn:
        """As it is kept."""
        return Turn(channel=self.channel, contact_method_id=self.method, delay_s=self.delay_s)


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


def _kept(ways: Ways, severity: Severity) -> list[Step]:
    turns: tuple[Turn, ...] = getattr(ways.rules, severity) if ways.rules else ()
    return [Step(channel=turn.channel, method=turn.contact_method_id, delay_s=turn.delay_s) for turn in turns]


@ft.component
def RuleForm(window: Window, ways: Ways, look: Look, severity: Severity) -> ft.Control:
    """Nothing is kept before Save."""
    draft = kept(_kept(ways, severity))
    version, redraw = state(0)
    error, fail = state("")
    words, palette = look.words, look.palette

    def put(i: int, step: Step) -> None:
        draft[i] = step
        redraw(version + 1)

    def move(i: int, by: int) -> None:
        draft[i], draft[i + by] = draft[i + by], draft[i]
        redraw(version + 1)

    def drop(i: int) -> None:
        del draft[i]
        redraw(version + 1)

    def add() -> None:
        draft.append(Step(channel="push", delay_s=draft[-1].delay_s + 300 if draft else 0))
        redraw(version + 1)

    async def save() -> None:
        try:
            await ways.keep(severity, tuple(step.turn for step in draft))
        except (ApiError, Unreachable) as refused:
            fail(problems.problem(words, refused))
        else:
            window.tell("me.saved")
            window.go("/me")

    sentence = saying.rule(words, [step.turn for step in draft], ways.methods) if draft else words("rule.empty")
    head: list[ft.Control] = [
        ft.Row([severity_pill(look, severity)]),
        text(sentence, "lead", palette.ink),
        text(words("rule.lead"), "small", palette.muted),
    ]
    steps: list[ft.Control] = [
        _step(window, i, step, len(draft), put=put, move=move, drop=drop, ways=ways) for i, step in enumerate(draft)
    ]
    tail: list[ft.Control] = []
    if len(draft) < MOST_STEPS:
        tail.append(ft.Row([quiet(look, words("rule.add"), add, icon=ft.Icons.ADD, key="rule-add")], tight=True))
    if error:
        tail.append(problem_line(look, error))
    tail.append(filled(look, words("me.save"), save, busy=not draft, key="rule-save"))
    body = column([*head, *steps, *tail], spacing=14)
    held = ft.Row([ft.Container(content=body, width=600)]) if look.is_split else body
    return ft.Container(content=PullList([held], ways.load), expand=True)


def _step(
    window: Window, i: int, step: Step, count: int, *, put: Change, move: Change, drop: Change, ways: Ways
) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    tools: list[ft.Control] = []
    if i > 0:
        tools.append(icon(look, ft.Icons.ARROW_UPWARD, words("rule.up"), lambda: move(i, -1), key=f"up-{i}"))
    if i < count - 1:
        tools.append(icon(look, ft.Icons.ARROW_DOWNWARD, words("rule.down"), lambda: move(i, 1), key=f"down-{i}"))
    tools.append(icon(look, ft.Icons.CLOSE, words("rule.drop"), lambda: drop(i), key=f"drop-{i}"))
    title = ft.Container(content=heading(words("rule.step", number=i + 1), "strong", palette.ink), expand=True)
    channels = [
        check(
            look,
            words(f"rule.every_{channel}"),
            step.channel == channel,
            lambda channel=channel: put(i, changed(step, channel=channel, method=None)),
            key=f"way-{i}-{channel}",
        )
        for channel in CHANNELS
    ]
    named = [(each.id, each.name) for each in ways.methods]
    methods = [
        check(
            look,
            name,
            step.method == ident,
            lambda ident=ident: put(i, changed(step, channel=None, method=ident)),
            key=f"way-{i}-{ident}",
        )
        for ident, name in named
    ]
    delays = [
        check(
            look,
            words("rule.now") if delay_s == 0 else saying.span(words, delay_s),
            step.delay_s == delay_s,
            lambda delay_s=delay_s: put(i, changed(step, delay_s=delay_s)),
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

"""Messages that were given up: to whom, by which way, why, and what can still be done."""

from collections.abc import Callable

import flet as ft

from phone.base import moments, problems
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN
from phone.base.window import Window
from phone.console.dead_letters.store import DeadLetters
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.cards import card
from phone.kit.controls import Handler, quiet, word
from phone.kit.pulling import PullList
from phone.kit.question import AskedOnce, Question
from phone.kit.text import heading, text
from shared.wire.notifications import DeadLetter


@ft.component
def DeadLettersScreen(window: Window, letters: DeadLetters, look: Look) -> ft.Control:
    """Newest first, each with its reason."""
    words, margin = look.words, TABLET_MARGIN if look.is_split else PHONE_MARGIN
    rows: list[ft.Control] = []
    if letters.items is None:
        waits = placeholders.failed(look, letters.error, letters.load) if letters.error else placeholders.skeleton(look)
        rows = [waits]
    elif not letters.items:
        rows = [placeholders.empty(look, words("letters.none"), words("letters.none_text"))]
    else:
        lead = text(words("letters.lead"), "body", look.palette.muted)
        parts = [lead, *(_letter(window, letters, each) for each in letters.items)]
        room = ft.Padding.only(left=margin, right=margin, bottom=12)
        rows = [ft.Container(content=part, padding=room) for part in parts]
    title = words("kind.dead-letters")
    bar = (
        ft.Container(
            content=heading(title, "title", look.palette.ink, level=1),
            padding=ft.Padding.symmetric(horizontal=margin, vertical=16),
        )
        if look.is_split
        else archive_bar(window, title, "/configure", [])
    )
    return ft.Column(
        [bar, PullList(rows, letters.load, letters.more)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _letter(window: Window, letters: DeadLetters, item: DeadLetter) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    who = look.reader.alone(item.user)
    channel = words.first(f"channel.{item.channel}", "timeline.other", kind=item.channel)
    when = moments.moment(words, item.failed_at or item.created_at, now=window.clock.minutes.at, zone=look.zone)
    about = words("letters.about", channel=channel, label=item.label, when=when)
    reason = words("trial.failed", reason=problems.reason(words, item.reason or item.state))
    lines: list[ft.Control] = [
        ft.Row(
            [
                ft.Icon(ft.Icons.WARNING_AMBER_ROUNDED, size=20, color=palette.warning),
                text(who, "strong", palette.ink, expand=True),
            ],
            spacing=10,
        ),
        text(about, "small", palette.muted),
        text(reason, "small", palette.warning),
    ]
    if item.incident_id is not None:
        label = words("messages.page", number=item.incident_number or "")
        link = word(look, label, lambda: window.go(f"/incidents/{item.incident_id}"), of=_which(look, item))
        lines.append(ft.Row([link]))
    if not item.can_retry:
        lines.append(text(words("letters.over"), "small", palette.muted))
    discard, draw = _act(window, letters, item, "discard"), _draw(window, letters, item)
    lines.append(AskedOnce(look, _question(look, item), discard, draw))
    return card(look, lines, spacing=6)


def _which(look: Look, item: DeadLetter) -> str:
    """Whose, and by which way."""
    return look.words.names([look.reader.alone(item.user), item.label])


def _question(look: Look, item: DeadLetter) -> Question:
    words = look.words
    return Question(about=words("letters.discard_about"), yes=words("letters.discard"), key=f"discard-{item.id}")


def _draw(window: Window, letters: DeadLetters, item: DeadLetter) -> Callable[[Handler], ft.Control]:
    look, words = window.look, window.look.words

    def draw(ask: Handler) -> ft.Control:
        which = _which(look, item)
        buttons: list[ft.Control] = [quiet(look, words("letters.discard"), ask, of=which, key=f"discard-{item.id}")]
        if item.can_retry:
            again = _act(window, letters, item, "retry")
            retry = quiet(look, words("letters.retry"), again, icon=ft.Icons.REPLAY, of=which, key=f"retry-{item.id}")
            buttons.insert(0, retry)
        return ft.Row(buttons, spacing=8, run_spacing=8, wrap=True)

    return draw


def _act(window: Window, letters: DeadLetters, item: DeadLetter, verb: str) -> Handler:
    async def act() -> None:
        work = letters.retry(item.id) if verb == "retry" else letters.discard(item.id)
        await window.change(work, told=f"letters.done_{verb}")

    return act

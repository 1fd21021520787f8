"""Above the form of a schedule: what saving it brought, who is on call, and its calendar address."""

from datetime import tzinfo

import flet as ft

from phone.base import moments
from phone.base.window import Window
from phone.console.form.kind import Known
from phone.console.schedules.preview_panel import changes_card, warning_line
from phone.console.schedules.rehearsal import Rehearsal
from phone.kit.cards import card
from phone.kit.controls import quiet, word
from phone.kit.text import heading, text
from phone.schedules.feed import Feed
from phone.schedules.feed_panel import FeedPanel
from shared.wire import routes
from shared.wire.schedules import Schedule


@ft.component
def SchedulePanel(window: Window, rehearsal: Rehearsal, known: Known, item: Schedule) -> ft.Control:
    """The outcome stays until it was read."""
    look, words = window.look, known.words
    parts: list[ft.Control] = []
    outcome = rehearsal.outcome
    if outcome is not None and outcome.id == item.id:
        parts.append(_outcome(window, rehearsal, known, outcome, moments.zone_of(item.time_zone)))
    calls = quiet(
        look,
        words("schedule.on_call"),
        lambda: window.go(f"/schedules/{item.id}"),
        icon=ft.Icons.ARROW_FORWARD,
        key="on-call",
    )
    coverage = quiet(
        look,
        words("kind.coverage"),
        lambda: window.go("/configure/coverage"),
        icon=ft.Icons.VERIFIED_USER_OUTLINED,
        key="coverage",
    )
    parts.append(ft.Row([calls, coverage], wrap=True, spacing=8, run_spacing=8))
    return ft.Column(parts, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _outcome(window: Window, rehearsal: Rehearsal, known: Known, saved: Schedule, zone: tzinfo) -> ft.Control:
    look, words = window.look, known.words
    people = {each.id: each.name for each in known.lists.items("people") or ()}
    parts: list[ft.Control] = [heading(words("outcome.title"), "strong", look.palette.ink)]
    parts += [warning_line(look, known, each) for each in saved.warnings]
    if saved.changes:
        parts.append(text(words("outcome.told"), "small", look.palette.muted))
        parts.append(changes_card(look, saved.changes, people, zone))
    parts.append(ft.Row([word(look, words("outcome.done"), rehearsal.put_away, key="outcome-done")]))
    return ft.Semantics(live_region=True, content=card(look, parts))


def feed_panel(window: Window, item: Schedule, *, may_make: bool, feed: Feed) -> ft.Control:
    """Everybody who sees the schedule may read its address; its editors make it."""
    return FeedPanel(window, feed, routes.SCHEDULE_FEED.format(schedule_id=item.id), may_make=may_make)

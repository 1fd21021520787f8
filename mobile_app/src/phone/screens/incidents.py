"""Incidents: the card of my watch, segments, what waits for me, what can wait."""

from dataclasses import dataclass
from typing import Any

import flet as ft

from phone.api.outbox import Outbox
from phone.components import placeholders
from phone.components.checklist_card import ChecklistCard
from phone.components.choices import check, segments
from phone.components.controls import filled, icon, word
from phone.components.fields import field
from phone.components.hooks import kept, state
from phone.components.incident_row import incident_row
from phone.components.marks import severity_colour, shape
from phone.components.pulling import PullList
from phone.components.sheet import sheet
from phone.components.shell import column, title_bar
from phone.components.text import text
from phone.components.watch_card import watch_card
from phone.state.app import App
from phone.state.incidents import OPEN, Filter, Incidents
from phone.state.look import Look
from phone.theme import PHONE_MARGIN
from shared.wire.incidents import IncidentItem, Scope, Severity, State

SCOPES: tuple[Scope, ...] = ("mine", "teams", "all")
STATES: tuple[State, ...] = ("triggered", "acknowledged", "resolved")
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")


@ft.component
def IncidentList(app: App, incidents: Incidents, _outbox: Outbox, look: Look, beside: str | None) -> ft.Control:
    """The list; `beside` is the incident that is open next to it."""
    asking, ask = state(False)
    draft = kept(_Draft())

    def open_filter() -> None:
        draft.take(incidents.filter)
        ask(True)

    ft.use_dialog(_filter_sheet(app, draft, lambda: ask(False)) if asking else None)
    words, chosen = look.words, incidents.filter.count
    filter_name = words("filter.on", count=chosen) if chosen else words("filter.button")
    search = icon(look, ft.Icons.SEARCH, words("search.open"), app.search.open, key="search")
    actions = [
        *([] if look.is_split else [search]),
        icon(look, ft.Icons.REFRESH, words("refresh"), app.retry, key="refresh"),
        icon(look, ft.Icons.TUNE, filter_name, open_filter, key="filter", badge=chosen),
    ]
    parts: list[ft.Control] = [
        title_bar(app, words("incidents.title"), actions, live=True),
        column(
            [
                watch_card(app, beside=beside),
                ChecklistCard(app, app.first_run, app.directory, look),
                _segments(app),
            ],
            spacing=12,
        ),
        *_body(app, beside),
    ]
    return PullList(parts, app.retry, incidents.more)


def _segments(app: App) -> ft.Control:
    incidents, words = app.incidents, app.look.words
    choices: list[tuple[str, str, str]] = []
    for scope in SCOPES:
        name = words(f"scope.{scope}")
        count = getattr(incidents.counts, scope) if incidents.counts else None
        spoken = words("scope.label", name=name, count=count) if count is not None else name
        choices.append((scope, f"{name}  {count}" if count is not None else name, spoken))

    async def choose(value: str) -> None:
        await incidents.show(next(scope for scope in SCOPES if scope == value))

    return segments(app.look, choices, incidents.scope, choose)


def _body(app: App, beside: str | None) -> list[ft.Control]:
    incidents, look = app.incidents, app.look
    if incidents.status == "loading" and not incidents.items:
        return [placeholders.skeleton(look)]
    if incidents.status == "failed" and incidents.error is not None:
        return [placeholders.failed(look, incidents.error, app.retry)]
    if not incidents.items:
        return [_empty(app)]
    waiting, rest = incidents.groups
    parts = _group(app, "group.waiting", waiting, beside, hint=not incidents.swiped)
    parts += _group(app, "group.rest", rest, beside, hint=False, named=bool(waiting))
    if incidents.cursor is not None:
        more = word(look, look.words("row.more"), incidents.more, key="more")
        parts.append(
            ft.Container(content=ft.Row([more], alignment=ft.MainAxisAlignment.CENTER), padding=ft.Padding.all(8))
        )
    return parts


def _group(
    app: App, key: str, items: tuple[IncidentItem, ...], beside: str | None, *, hint: bool, named: bool = True
) -> list[ft.Control]:
    look, palette = app.look, app.look.palette
    if not items:
        return []
    head: list[ft.Control] = [text(look.words(key), "label", palette.muted)] if named else []
    if hint:
        head.append(text(look.words("group.hint"), "small", palette.muted))
    title = ft.Container(
        content=ft.Row(head, alignment=ft.MainAxisAlignment.SPACE_BETWEEN, wrap=True),
        padding=ft.Padding.only(left=PHONE_MARGIN, right=PHONE_MARGIN, top=20 if head else 8, bottom=6),
    )
    return [title, *(incident_row(app, item, selected=item.id == beside) for item in items)]


def _empty(app: App) -> ft.Control:
    incidents, words = app.incidents, app.look.words
    if incidents.filter.count:
        clear = word(app.look, words("filter.clear"), lambda: incidents.narrow(Filter()), key="clear-filter")
        return placeholders.empty(app.look, words("incidents.calm"), words("incidents.empty_filter"), action=clear)
    return placeholders.empty(app.look, words("incidents.calm"), words(f"incidents.empty_{incidents.scope}"))


@dataclass
class _Draft:
    """The filter as it is being chosen; `redraw` shows a choice in the open sheet."""

    states: tuple[State, ...] = OPEN
    severities: tuple[Severity, ...] = ()
    text: str = ""

    def take(self, chosen: Filter) -> None:
        self.states, self.severities, self.text = chosen.states, chosen.severities, chosen.text

    def toggle_state(self, state: State) -> None:
        on = set(self.states) ^ {state}
        self.states = tuple(each for each in STATES if each in on)

    def toggle_severity(self, severity: Severity) -> None:
        on = set(self.severities) ^ {severity}
        self.severities = tuple(each for each in SEVERITIES if each in on)


def _filter_sheet(app: App, draft: _Draft, close: Any) -> ft.BottomSheet:
    async def apply() -> None:
        close()
        await app.incidents.narrow(
            Filter(states=draft.states or OPEN, severities=draft.severities, text=draft.text.strip())
        )

    async def clear() -> None:
        close()
        await app.incidents.narrow(Filter())

    look = app.look
    parts: list[ft.Control] = [
        FilterChoices(look, draft),
        filled(look, look.words("filter.apply"), apply, key="filter-apply"),
        word(look, look.words("filter.clear"), clear, key="filter-clear"),
    ]
    return sheet(look, look.words("filter.title"), parts, close)


@ft.component
def FilterChoices(look: Look, draft: _Draft) -> ft.Control:
    """State, severity and words, drawn again at each choice."""
    version, redraw = state(0)

    def then(change: Any, value: Any) -> None:
        change(value)
        redraw(version + 1)

    words, palette = look.words, look.palette
    states = [
        check(
            look,
            words(f"state.{state}"),
            state in draft.states,
            lambda state=state: then(draft.toggle_state, state),
            key=f"state-{state}",
        )
        for state in STATES
    ]
    severities = [
        check(
            look,
            words(f"severity.{severity}"),
            severity in draft.severities,
            lambda severity=severity: then(draft.toggle_severity, severity),
            sign=shape(severity, severity_colour(look, severity), 12),
            key=f"severity-{severity}",
        )
        for severity in SEVERITIES
    ]
    parts: list[ft.Control] = [
        field(
            look,
            words("filter.text"),
            draft.text,
            lambda value: setattr(draft, "text", value),
            key="filter-text",
        ),
        text(words("filter.state"), "label", palette.ink),
        ft.Row(list(states), wrap=True, spacing=8, run_spacing=8),
        text(words("filter.severity"), "label", palette.ink),
        ft.Row(list(severities), wrap=True, spacing=8, run_spacing=8),
    ]
    return ft.Column(parts, spacing=10, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)

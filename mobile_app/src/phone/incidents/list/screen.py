"""Incidents: the card of my watch, segments, saved filters, what waits for me, what can wait."""

from collections.abc import Callable
from typing import Any

import flet as ft

from phone.app import App
from phone.base.api.errors import Unreachable
from phone.base.link import Link
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.first_run.checklist_card import ChecklistCard
from phone.incidents.list.filter_sheet import FilterForm, ManageForm, SaveForm
from phone.incidents.list.row import incident_row
from phone.incidents.list.saved_chips import saved_chips
from phone.incidents.list.selection_bar import (
    BulkResolveForm,
    BulkResults,
    MergeChoice,
    chosen_items,
    do,
    selection_bar,
    selection_title,
)
from phone.incidents.list.watch_card import watch_card
from phone.incidents.outbox import Outbox
from phone.incidents.saved_filters import SavedFilters
from phone.incidents.selection import Selection
from phone.incidents.sheets.snooze_sheet import SnoozeForm
from phone.incidents.store import Filter, Incidents
from phone.kit import placeholders
from phone.kit.bars import title_bar
from phone.kit.choices import segments
from phone.kit.controls import icon, word
from phone.kit.hooks import drafted_state
from phone.kit.layout import column
from phone.kit.pulling import PullList
from phone.kit.rows import way_row
from phone.kit.sheet import sheet
from phone.kit.text import text
from shared.wire.incidents import IncidentItem, Scope

NARROW = 360
SCOPES: tuple[Scope, ...] = ("mine", "teams", "all")


@ft.component
def IncidentList(
    app: App,
    incidents: Incidents,
    _outbox: Outbox,
    look: Look,
    selection: Selection,
    _saved: SavedFilters,
    _link: Link,
    beside: str | None,
) -> ft.Control:
    """The list; `beside` is the incident that is open next to it."""
    asking, ask = drafted_state(look.drafts, "incidents-asking", "")
    ft.use_dialog(_sheet(app, asking, ask))
    words, chosen = look.words, incidents.filter.count
    if selection.ids:
        chosen_now = PullList([*_body(app, beside)], app.retry, incidents.more)
        return ft.Column(
            [selection_title(app), chosen_now, selection_bar(app, ask)],
            spacing=0,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    filter_name = words("filter.on", count=chosen) if chosen else words("filter.button")
    search = icon(look, ft.Icons.SEARCH, words("search.open"), app.search.open, key="search")
    actions = [
        *(
            [icon(look, ft.Icons.ADD, words("new.button"), lambda: app.go("/incidents/new"), key="new")]
            if app.may_act
            else []
        ),
        *([] if look.is_split else [search]),
        # Where four signs leave no room for the title, pulling does it alone.
        *([icon(look, ft.Icons.REFRESH, words("refresh"), app.retry, key="refresh")] if look.width >= NARROW else []),
        icon(look, ft.Icons.TUNE, filter_name, lambda: ask("filter"), key="filter", badge=chosen),
    ]
    parts: list[ft.Control] = [
        title_bar(app, words("incidents.title"), actions, live=True),
        column(
            [
                watch_card(app, beside=beside),
                ChecklistCard(app, app.first_run, app.directory, app.ways, look),
                _segments(app),
                *saved_chips(app, ask),
            ],
            spacing=12,
        ),
        *_body(app, beside),
        ft.Container(height=16),
        way_row(
            look,
            ft.Icons.MANAGE_SEARCH,
            words("archive.way"),
            lambda: app.go("/alerts"),
            value=words("archive.way_about"),
            key="archive",
        ),
    ]
    return PullList(parts, app.retry, incidents.more)


def _sheet(app: App, asking: str, ask: Callable[[str], Any]) -> ft.BottomSheet | None:
    look, words = app.look, app.look.words

    def close() -> None:
        ask("")

    async def snooze(until: Any) -> None:
        await do(app, "snooze", chosen_items(app), ask, until=until)

    saved = app.saved.get(app.saved.chosen)
    count = len(app.selection.ids)
    sheets: dict[str, tuple[str, Callable[[], ft.Control]]] = {
        "filter": (words("filter.title"), lambda: FilterForm(app, app.incidents, app.names, look, close)),
        "save": (words("saved.title"), lambda: SaveForm(app, look, close)),
        "bulk-resolve": (words("select.resolve_title", count=count), lambda: BulkResolveForm(app, look, ask)),
        "bulk-snooze": (words("select.snooze_title", count=count), lambda: SnoozeForm(look, app.clock, snooze)),
        "bulk-merge": (words("select.merge_title"), lambda: MergeChoice(app, app.look, ask)),
        "bulk-results": (words("select.results"), lambda: BulkResults(app.selection, look)),
    }
    if saved is not None:
        sheets["manage"] = (words("saved.manage"), lambda: ManageForm(app, saved, look, close))
    is_over_nothing = asking in ("bulk-resolve", "bulk-snooze", "bulk-merge") and not count
    if asking not in sheets or is_over_nothing:
        return None
    title, draw = sheets[asking]
    return sheet(look, title, [draw()], close)


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
    hint = look.habits.touches and not incidents.swiped and not app.selection.ids
    parts = _group(app, "group.waiting", waiting, beside, hint=hint)
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
    if not app.link.online:
        return placeholders.failed(app.look, Unreachable(), app.retry)
    if incidents.filter.count:
        clear = word(app.look, words("filter.clear"), lambda: _clear(app), key="clear-filter")
        return placeholders.empty(app.look, words("incidents.calm"), words("incidents.empty_filter"), action=clear)
    return placeholders.empty(app.look, words("incidents.calm"), words(f"incidents.empty_{incidents.scope}"))


async def _clear(app: App) -> None:
    app.saved.chosen = None
    await app.incidents.narrow(Filter())

"""Incidents: the card of my watch, segments, saved filters, what waits for me, what can wait."""

from collections.abc import Callable
from typing import Any

import flet as ft

from phone.base.api.errors import Unreachable
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
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
from phone.incidents.saved_filters import SavedFilters
from phone.incidents.sheets.snooze_sheet import SnoozeForm
from phone.incidents.store import Filter, Incidents
from phone.incidents.stores import IncidentStores
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
    window: Window,
    stores: IncidentStores,
    look: Look,
    beside: str | None,
    checklist: Callable[[], ft.Control],
    *_watched: ft.Observable,
) -> ft.Control:
    """The list; `beside` is the incident that is open next to it, `checklist` what is still to be set up."""
    asking, ask = drafted_state(look.drafts, "incidents-asking", "")
    ft.use_dialog(_sheet(window, asking, ask, stores))
    incidents, selection = stores.listed, stores.selection
    words, chosen = look.words, incidents.filter.count
    if selection.ids:
        chosen_now = PullList(
            [*_body(window, beside, stores)],
            window.retry,
            incidents.more,
        )
        return ft.Column(
            [
                selection_title(window, stores),
                chosen_now,
                selection_bar(window, ask, stores),
            ],
            spacing=0,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    filter_name = words("filter.on", count=chosen) if chosen else words("filter.button")
    search = icon(look, ft.Icons.SEARCH, words("search.open"), window.find, key="search")
    actions = [
        *(
            [icon(look, ft.Icons.ADD, words("new.button"), lambda: window.go("/incidents/new"), key="new")]
            if window.may_act
            else []
        ),
        *([] if look.is_split else [search]),
        # Where four signs leave no room for the title, pulling does it alone.
        *(
            [icon(look, ft.Icons.REFRESH, words("refresh"), window.retry, key="refresh")]
            if look.width >= NARROW
            else []
        ),
        icon(look, ft.Icons.TUNE, filter_name, lambda: ask("filter"), key="filter", badge=chosen),
    ]
    parts: list[ft.Control] = [
        title_bar(window, words("incidents.title"), actions, live=True),
        column(
            [
                watch_card(window, stores, beside=beside),
                checklist(),
                _segments(window, incidents),
                *saved_chips(window, ask, stores),
            ],
            spacing=12,
        ),
        *_body(window, beside, stores),
        ft.Container(height=16),
        way_row(
            look,
            ft.Icons.MANAGE_SEARCH,
            words("archive.way"),
            lambda: window.go("/alerts"),
            value=words("archive.way_about"),
            key="archive",
        ),
    ]
    return PullList(parts, window.retry, incidents.more)


def _sheet(window: Window, asking: str, ask: Callable[[str], Any], stores: IncidentStores) -> ft.BottomSheet | None:
    look, words = window.look, window.look.words

    def close() -> None:
        ask("")

    async def snooze(until: Any) -> None:
        await do("snooze", chosen_items(stores), ask, stores, until=until)

    saved = stores.saved.get(stores.saved.chosen)
    count = len(stores.selection.ids)
    sheets: dict[str, tuple[str, Callable[[], ft.Control]]] = {
        "filter": (
            words("filter.title"),
            lambda: FilterForm(window, stores.listed, stores.names, look, close, saved=stores.saved),
        ),
        "save": (words("saved.title"), lambda: SaveForm(look, close, listed=stores.listed, saved=stores.saved)),
        "bulk-resolve": (
            words("select.resolve_title", count=count),
            lambda: BulkResolveForm(look, ask, stores),
        ),
        "bulk-snooze": (words("select.snooze_title", count=count), lambda: SnoozeForm(look, window.clock, snooze)),
        "bulk-merge": (
            words("select.merge_title"),
            lambda: MergeChoice(window, look, ask, stores),
        ),
        "bulk-results": (words("select.results"), lambda: BulkResults(stores.selection, look)),
    }
    if saved is not None:
        sheets["manage"] = (
            words("saved.manage"),
            lambda: ManageForm(saved, look, close, saved_store=stores.saved),
        )
    is_over_nothing = asking in ("bulk-resolve", "bulk-snooze", "bulk-merge") and not count
    if asking not in sheets or is_over_nothing:
        return None
    title, draw = sheets[asking]
    return sheet(look, title, [draw()], close)


def _segments(window: Window, incidents: Incidents) -> ft.Control:
    words = window.look.words
    choices: list[tuple[str, str, str]] = []
    for scope in SCOPES:
        name = words(f"scope.{scope}")
        count = getattr(incidents.counts, scope) if incidents.counts else None
        spoken = words("scope.label", name=name, count=count) if count is not None else name
        choices.append((scope, f"{name}  {count}" if count is not None else name, spoken))

    async def choose(value: str) -> None:
        await incidents.show(next(scope for scope in SCOPES if scope == value))

    return segments(window.look, choices, incidents.scope, choose)


def _body(window: Window, beside: str | None, stores: IncidentStores) -> list[ft.Control]:
    incidents = stores.listed
    look = window.look
    if incidents.status == "loading" and not incidents.items:
        return [placeholders.skeleton(look)]
    if incidents.status == "failed" and incidents.error is not None:
        return [placeholders.failed(look, incidents.error, window.retry)]
    if not incidents.items:
        return [_empty(window, incidents, stores.saved)]
    waiting, rest = incidents.groups
    hint = look.habits.touches and not incidents.swiped and not stores.selection.ids
    parts = _group(window, "group.waiting", waiting, beside, stores, hint=hint)
    parts += _group(window, "group.rest", rest, beside, stores, named=bool(waiting))
    if incidents.cursor is not None:
        more = word(look, look.words("row.more"), incidents.more, key="more")
        parts.append(
            ft.Container(content=ft.Row([more], alignment=ft.MainAxisAlignment.CENTER), padding=ft.Padding.all(8))
        )
    return parts


def _group(
    window: Window,
    key: str,
    items: tuple[IncidentItem, ...],
    beside: str | None,
    stores: IncidentStores,
    *,
    hint: bool = False,
    named: bool = True,
) -> list[ft.Control]:
    look, palette = window.look, window.look.palette
    if not items:
        return []
    head: list[ft.Control] = [text(look.words(key), "label", palette.muted)] if named else []
    if hint:
        head.append(text(look.words("group.hint"), "small", palette.muted))
    title = ft.Container(
        content=ft.Row(head, alignment=ft.MainAxisAlignment.SPACE_BETWEEN, wrap=True),
        padding=ft.Padding.only(left=PHONE_MARGIN, right=PHONE_MARGIN, top=20 if head else 8, bottom=6),
    )
    return [title, *(incident_row(window, item, stores, selected=item.id == beside) for item in items)]


def _empty(window: Window, incidents: Incidents, saved: SavedFilters) -> ft.Control:
    words = window.look.words
    if not window.link.online:
        return placeholders.failed(window.look, Unreachable(), window.retry)
    if incidents.filter.count:
        clear = word(
            window.look,
            words("filter.clear"),
            lambda: _clear(incidents, saved),
            key="clear-filter",
        )
        return placeholders.empty(
            window.look,
            words("incidents.calm"),
            words("incidents.empty_filter"),
            action=clear,
            sign=ft.Icons.FILTER_ALT_OFF_OUTLINED,
        )
    return placeholders.empty(window.look, words("incidents.calm"), words(f"incidents.empty_{incidents.scope}"))


async def _clear(incidents: Incidents, saved: SavedFilters) -> None:
    saved.chosen = None
    await incidents.narrow(Filter())

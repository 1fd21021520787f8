"""The filter of the list: state, severity, time, service, team, words; and saving it under a name."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import flet as ft
from msgspec.structs import replace

from phone.alerts.severity import severity_colour, shape
from phone.base import moments, problems
from phone.base.api.errors import ApiError, Unreachable
from phone.base.look import Look
from phone.base.places import place
from phone.base.window import Window
from phone.incidents.saved_filters import SavedFilters
from phone.incidents.store import Filter, Incidents
from phone.kit.choices import check
from phone.kit.controls import filled, quiet, word
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import draft_of, filled_in, state
from phone.kit.question import AskedOnce, Question
from phone.kit.rows import deed_row
from phone.kit.text import text
from phone.names.name_picker import NamePicker, toggled
from phone.names.store import Names
from shared.wire.incidents import SavedFilter, SavedFilterInput, Severity, State

STATES: Final[tuple[State, ...]] = ("triggered", "acknowledged", "resolved")
SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "warning", "info")
SPANS: Final = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
TEXT: Final = place(Filter, lambda wanted: wanted.text)
NAME: Final = place(SavedFilterInput, lambda saved: saved.name)
Listed = Literal["services", "teams"]


@ft.component
def FilterForm(
    window: Window, incidents: Incidents, names: Names, look: Look, close: Callable[[], Any], *, saved: SavedFilters
) -> ft.Control:
    """Drawn anew at each choice; nothing happens to the list before the button."""
    form = draft_of(incidents.filter)
    unfolded, unfold = state(tuple[str, ...]())
    words, chosen = look.words, form.whole

    def choose(wanted: Filter) -> None:
        # What was typed since the last drawing stays.
        form.fill(replace(wanted, text=form.whole.text))

    async def count() -> None:
        await incidents.share()

    ft.use_effect(count, [])

    async def apply() -> None:
        close()
        saved.chosen = None
        await incidents.narrow(replace(form.whole, text=form.whole.text.strip()))

    async def clear() -> None:
        close()
        saved.chosen = None
        await incidents.narrow(Filter())

    parts: list[ft.Control] = [
        field(look, words("filter.text"), chosen.text, lambda value: form.type(TEXT, value), key="filter-text"),
        *_chips(look, words("filter.state"), _states(look, incidents, chosen, choose)),
        *_chips(look, words("filter.severity"), _severities(look, incidents, chosen, choose)),
        *_chips(look, words("filter.since"), _spans(look, chosen, choose, window.clock.minutes.at)),
    ]
    kinds: tuple[Listed, ...] = ("services", "teams")
    for kind in kinds:
        parts += _listed(look, names, kind, chosen, choose, is_open=kind in unfolded, unfold=unfold)
    parts += [
        filled(look, words("filter.apply"), apply, key="filter-apply"),
        word(look, words("filter.clear"), clear, key="filter-clear"),
    ]
    return ft.Column(parts, spacing=10, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _chips(look: Look, title: str, chips: list[ft.Control]) -> list[ft.Control]:
    return [text(title, "label", look.palette.ink), ft.Row(chips, wrap=True, spacing=8, run_spacing=8)]


def _counted(label: str, count: int | None) -> str:
    return label if count is None else f"{label}  {count}"


def _states(look: Look, incidents: Incidents, chosen: Filter, choose: Callable[[Filter], None]) -> list[ft.Control]:
    shares = incidents.shares.by_state if incidents.shares else {}

    def turn(each: State) -> None:
        on = set(chosen.states) ^ {each}
        choose(replace(chosen, states=tuple(one for one in STATES if one in on)))

    return [
        check(
            look,
            _counted(look.words(f"state.{each}"), _share(shares, each)),
            each in chosen.states,
            lambda each=each: turn(each),
            key=f"state-{each}",
        )
        for each in STATES
    ]


def _share(shares: Mapping[State, int], each: State) -> int | None:
    """What is over is counted only when it is asked for: no number is another thing than none."""
    return shares.get(each, None if each == "resolved" or not shares else 0)


def _severities(look: Look, incidents: Incidents, chosen: Filter, choose: Callable[[Filter], None]) -> list[ft.Control]:
    shares = incidents.shares.by_severity if incidents.shares else {}

    def turn(each: Severity) -> None:
        on = set(chosen.severities) ^ {each}
        choose(replace(chosen, severities=tuple(one for one in SEVERITIES if one in on)))

    return [
        check(
            look,
            _counted(look.words(f"severity.{each}"), shares.get(each, 0) if shares else None),
            each in chosen.severities,
            lambda each=each: turn(each),
            sign=shape(each, severity_colour(look, each), 12),
            key=f"severity-{each}",
        )
        for each in SEVERITIES
    ]


def _spans(look: Look, chosen: Filter, choose: Callable[[Filter], None], now: datetime) -> list[ft.Control]:
    since = {name: (now - span).replace(second=0, microsecond=0) for name, span in SPANS.items()}
    chips: list[ft.Control] = [
        check(
            look,
            look.words("filter.any_time"),
            chosen.since is None,
            lambda: choose(replace(chosen, since=None)),
            key="since-any",
        )
    ]
    for name, at in since.items():
        chips.append(
            check(
                look,
                look.words(f"filter.last_{name}"),
                chosen.since == at,
                lambda at=at: choose(replace(chosen, since=at)),
                key=f"since-{name}",
            )
        )
    if chosen.since is not None and chosen.since not in since.values():
        label = look.words("filter.from", when=moments.date(look.words, chosen.since, look.zone))
        chips.append(check(look, label, True, lambda: choose(replace(chosen, since=None)), key="since-kept"))
    return chips


def _listed(
    look: Look,
    names: Names,
    kind: Listed,
    chosen: Filter,
    choose: Callable[[Filter], None],
    *,
    is_open: bool,
    unfold: Callable[[tuple[str, ...]], None],
) -> list[ft.Control]:
    idents = chosen.service_ids if kind == "services" else chosen.team_ids
    title = look.words(f"filter.{kind}")
    if not is_open:
        told = look.words.names([names.name(kind, each) for each in idents]) if idents else look.words("filter.any")
        sign = ft.Icons.DNS_OUTLINED if kind == "services" else ft.Icons.GROUPS_OUTLINED
        row = deed_row(look, sign, title, lambda: unfold((kind,)), at_right=told, key=f"filter-{kind}")
        return [row]

    def turn(ident: str) -> None:
        if kind == "services":
            choose(replace(chosen, service_ids=toggled(idents, ident)))
        else:
            choose(replace(chosen, team_ids=toggled(idents, ident)))

    return [text(title, "label", look.palette.ink), NamePicker(look, names, kind, idents, turn)]


@ft.component
def SaveForm(look: Look, close: Callable[[], Any], *, listed: Incidents, saved: SavedFilters) -> ft.Control:
    """A name for what is shown."""
    blank = SavedFilterInput(name="", query=listed.filter.query(listed.scope))
    form = filled_in(look.drafts, "saved-name", blank)
    error, fail = state("")
    words = look.words

    async def save() -> None:
        if not form.whole.name.strip():
            fail(words("saved.name_missing"))
            return
        try:
            await saved.add(form.whole)
        except (ApiError, Unreachable) as refused:
            fail(problems.problem(words, refused))
        else:
            close()

    return ft.Column(
        [
            field(
                look,
                words("saved.name"),
                form.whole.name,
                lambda value: form.type(NAME, value),
                submit=save,
                error=error or None,
                entry=Entry(hint=words("saved.hint"), autofocus=True),
                key="saved-name",
            ),
            filled(look, words("me.save"), save, key="saved-save"),
            quiet(look, words("cancel"), close, key="cancel"),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def ManageForm(saved: SavedFilter, look: Look, close: Callable[[], Any], *, saved_store: SavedFilters) -> ft.Control:
    """Rename, open with it, remove."""
    as_it_is = SavedFilterInput(
        name=saved.name, query=saved.query, position=saved.position, is_default=saved.is_default
    )
    form = filled_in(look.drafts, f"saved:{saved.id}", as_it_is)
    error, fail = state("")
    words = look.words

    async def do(work: Any) -> None:
        try:
            await work
        except (ApiError, Unreachable) as refused:
            fail(problems.problem(words, refused))
        else:
            close()

    async def rename() -> None:
        await do(saved_store.change(saved, replace(form.whole, name=form.whole.name.strip() or saved.name)))

    async def open_with() -> None:
        await do(saved_store.change(saved, replace(as_it_is, is_default=not saved.is_default)))

    async def remove() -> None:
        await do(saved_store.remove(saved))

    opens = words("saved.no_default") if saved.is_default else words("saved.default")
    parts: list[ft.Control] = [
        field(
            look,
            words("saved.name"),
            form.whole.name,
            lambda value: form.type(NAME, value),
            submit=rename,
            key="saved-name",
        ),
        filled(look, words("me.save"), rename, key="saved-save"),
        deed_row(look, ft.Icons.PUSH_PIN_OUTLINED, opens, open_with, key="saved-default"),
        AskedOnce(
            look,
            Question(about=words("saved.remove_text"), yes=words("saved.remove"), key="saved-remove"),
            remove,
            lambda ask: deed_row(
                look,
                ft.Icons.DELETE_OUTLINE,
                words("saved.remove"),
                ask,
                about=words("saved.remove_about"),
                colour=look.palette.critical,
                key="saved-remove",
            ),
        ),
    ]
    if error:
        parts.insert(1, problem_line(look, error))
    return ft.Column(parts, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)

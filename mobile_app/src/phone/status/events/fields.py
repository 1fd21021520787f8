"""What the sheets that publish have in common: words in two languages, parts and how they are, a promise."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.kit.choices import segments, switch
from phone.kit.controls import Face, tappable, word
from phone.kit.fields import PLAIN, Entry, field, problem_line
from phone.kit.hooks import state
from phone.kit.text import text
from phone.status import wording
from phone.status.drafts import PROMISES, with_impact, without_impact
from phone.status.marks import impact_word
from phone.status.open_page import PageParts
from shared.domain.status.events import IMPACTS, ComponentImpact, EventKind, EventStatus, Impact, is_closed
from shared.wire.sessions import Language
from shared.wire.status_pages import Component, Passage, Phrase

FEW: Final = 6
"""So many components stand in a sheet at once; of more, only those that are affected."""


@ft.component
def InBothLanguages(
    look: Look,
    label: str,
    written: Phrase | Passage,
    language: Language,
    write: Callable[[Language, str], Any],
    *,
    entry: Entry = PLAIN,
    name: str,
) -> ft.Control:
    """The page's own language; what stands in the other one is a line, and a field once that is tapped."""
    other = wording.other_language(language)
    unfolded, unfold = state(False)
    words = look.words
    own = field(
        look,
        label,
        getattr(written, language),
        lambda value: write(language, value),
        entry=entry,
        key=name,
    )
    second_words: str = getattr(written, other)
    also = words("status.also_in", language=words(f"language.{other}"))
    if second_words:
        also = words("status.also_said", language=words(f"language.{other}"), words=second_words)
    if not unfolded:
        more = ft.Row([word(look, also, lambda: unfold(True), key=f"{name}-{other}-unfold")])
        return ft.Column([own, more], spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    second = field(
        look,
        words("names.more", names=label, name=words(f"language.{other}")),
        second_words,
        lambda value: write(other, value),
        entry=Entry(lines=entry.lines),
        key=f"{name}-{other}",
    )
    return ft.Column([own, second], spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def status_field(
    look: Look, allowed: Sequence[EventStatus], chosen: EventStatus, choose: Callable[[EventStatus], Any]
) -> list[ft.Control]:
    """Where it stands."""
    words = look.words
    choices: list[tuple[EventStatus, str, str]] = [
        (each, words(f"status_event.{each}"), words(f"status_event.{each}")) for each in allowed
    ]
    return [text(words("publish.status"), "label", look.palette.ink), segments(look, choices, chosen, choose)]


@ft.component
def PartsField(
    look: Look,
    parts: PageParts,
    kind: EventKind,
    changes: tuple[ComponentImpact, ...],
    choose: Callable[[tuple[ComponentImpact, ...]], Any],
    now: dict[str, Impact],
) -> ft.Control:
    """Each component with what it becomes; a tap shows what it can become. `now` is what the event says of them."""
    opened, open_it = state("")
    unfolded, unfold = state(False)
    words, palette = look.words, look.palette
    said: dict[str, Impact] = {**now, **{each.component_id: each.impact for each in changes}}
    shown = (
        parts.components
        if unfolded or len(parts.components) <= FEW
        else tuple(each for each in parts.components if each.id in said)
    )
    rows: list[ft.Control] = []

    def take(component_id: str, impact: Impact | None) -> Any:
        open_it("")
        after = without_impact(changes, component_id) if impact is None else with_impact(changes, component_id, impact)
        return choose(after)

    for each in shown:
        rows.append(
            _part(look, parts, each, said.get(each.id), lambda each=each: open_it("" if opened == each.id else each.id))
        )
        if opened == each.id:
            named = any(change.component_id == each.id for change in changes)
            rows.append(_impacts(look, kind, each, said.get(each.id), take, named=named))
        rows.append(ft.Container(height=1, bgcolor=palette.line))
    head = text(words("publish.parts"), "label", palette.ink)
    column: list[ft.Control] = [head, *rows]
    if len(shown) < len(parts.components):
        label = words("publish.all_parts", count=len(parts.components))
        column.append(ft.Row([word(look, label, lambda: unfold(True), key="all-parts")]))
    if not parts.components:
        column.append(text(words("publish.no_parts"), "small", palette.muted))
    return ft.Column(column, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _part(
    look: Look, parts: PageParts, each: Component, impact: Impact | None, open_it: Callable[[], Any]
) -> ft.Control:
    palette = look.palette
    name = wording.said(look.words, each.name, parts.page)
    state_of = (
        impact_word(look, impact)
        if impact is not None
        else text(look.words("publish.untouched"), "small", palette.muted)
    )
    return tappable(
        look,
        ft.Row(
            [
                text(name, "body", palette.ink, expand=True),
                state_of,
                ft.Icon(ft.Icons.UNFOLD_MORE, size=20, color=palette.muted),
            ],
            spacing=8,
        ),
        open_it,
        face=Face(padding=ft.Padding.symmetric(vertical=14), radius=10),
        key=f"part-{each.id}",
    )


def _impacts(
    look: Look,
    kind: EventKind,
    component: Component,
    chosen: Impact | None,
    take: Callable[[str, Impact | None], Any],
    *,
    named: bool,
) -> ft.Control:
    palette = look.palette
    cells: list[ft.Control] = [
        tappable(
            look,
            impact_word(look, impact),
            lambda impact=impact: take(component.id, impact),
            face=Face(
                colour=palette.accent_bg if impact == chosen else palette.raised,
                side=ft.BorderSide(
                    width=1.5 if impact == chosen else 1, color=palette.accent if impact == chosen else palette.line
                ),
                radius=999,
                padding=ft.Padding.symmetric(horizontal=14, vertical=14),
            ),
            selected=impact == chosen,
            key=f"impact-{component.id}-{impact}",
        )
        for impact in IMPACTS[kind]
    ]
    if named:
        cells.append(
            word(
                look,
                look.words("publish.leave_out"),
                lambda: take(component.id, None),
                key=f"impact-{component.id}-none",
            )
        )
    return ft.Container(content=ft.Row(cells, spacing=8, run_spacing=8, wrap=True), padding=ft.Padding.only(bottom=12))


def promise_field(
    look: Look, status: EventStatus, kind: EventKind, chosen: int, choose: Callable[[int], Any]
) -> list[ft.Control]:
    """Until when the next update is promised; what ends promises none, nor does a maintenance."""
    if kind == "maintenance" or is_closed(kind, status):
        return []
    words = look.words
    choices = [
        (
            str(each),
            moments.span(words, timedelta(minutes=each)) if each else words("publish.no_promise"),
            words("publish.promise_in", span=moments.span(words, timedelta(minutes=each)))
            if each
            else words("publish.no_promise"),
        )
        for each in PROMISES
    ]
    return [
        text(words("publish.promise"), "label", look.palette.ink),
        segments(look, choices, str(chosen), lambda value: choose(int(value))),
    ]


def notify_field(look: Look, notify: bool | None, choose: Callable[[bool], Any]) -> ft.Control:
    """Whether subscribers hear of it; they do unless it is said otherwise."""
    is_on = notify is not False
    return switch(
        look,
        look.words("publish.notify"),
        is_on,
        lambda: choose(not is_on),
        help=look.words("publish.notify_help"),
        key="publish-notify",
    )


def refused_lines(look: Look, error: Exception | None) -> list[ft.Control]:
    """Why it was not published, each flaw in words."""
    return [problem_line(look, each) for each in wording.refusals(look.words, error)] if error is not None else []

"""The layers of a schedule: each a sentence, opened to be changed; those that have ended folded as history."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import flet as ft

from phone.base.look import Look
from phone.base.places import swapped, without
from phone.base.window import Window
from phone.console.form.changes import belongs_to, refusal
from phone.console.form.editor import Editor
from phone.console.form.kind import Bound, Known
from phone.console.layers.drafts import LAYERS, ZONE, LayerDraft, layer_at
from phone.console.layers.layer_form import layer_form
from phone.console.layers.layer_sentence import layer_sentence, wall_text
from phone.console.layers.layers import blank_layer, is_over
from phone.kit.controls import Face, quiet, tappable, word
from phone.kit.fields import problem_line
from phone.kit.hooks import state
from phone.kit.text import heading, text

MOST_LAYERS: Final = 20
CLOSED: Final = -1


@dataclass(frozen=True)
class _Tools:
    """What can be done to the layers that are not history; `places` are theirs in the draft."""

    places: list[int]
    open: Callable[[int], None]
    move: Callable[[int, int], None]
    drop: Callable[[int], None]


@ft.component
def LayersEditor(
    window: Window,
    editor: Editor,
    known: Known,
    draw: Callable[[Bound[Any]], ft.Control],
    error: str | None,
    fixed: bool,
) -> ft.Control:
    """One layer is open at a time; a new one without people is open at first."""
    layers = editor.value(LAYERS) or ()
    zone = editor.value(ZONE) or ""
    unfilled = next((i for i, layer in enumerate(layers) if not layer.groups), CLOSED)
    opened, open_it = state(CLOSED if fixed else unfilled)
    unfolds, unfold = state(False)
    past = [i for i, layer in enumerate(layers) if is_over(layer, zone, known.now)]
    places = [i for i in range(len(layers)) if i not in past]

    def move(place: int, by: int) -> None:
        other = places[places.index(place) + by]
        open_it(other)
        editor.edit(LAYERS, lambda now: swapped(now, place, other))

    def drop(place: int) -> None:
        open_it(CLOSED)
        editor.edit(LAYERS, lambda now: without(now, place))

    def add() -> None:
        open_it(len(layers))
        editor.edit(LAYERS, lambda now: (*now, blank_layer("", zone, known.now)))

    tools = None if fixed else _Tools(places, open_it, move, drop)
    parts = [
        _card(window, editor, known, number, place, draw, tools, is_open=place == opened)
        for number, place in enumerate(places, start=1)
    ]
    if not fixed and len(layers) < MOST_LAYERS:
        parts.append(ft.Row([quiet(window.look, known.words("layer.add"), add, icon=ft.Icons.ADD, key="add-layer")]))
    if past:
        parts.append(
            _history(window.look, known, [layers[i] for i in past], zone, unfolds, lambda: unfold(not unfolds))
        )
    if error and not any(_problem(editor, known, place) for place in places):
        parts.append(problem_line(window.look, error))
    return ft.Column(parts, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _problem(editor: Editor, known: Known, place: int) -> str | None:
    problems = (*editor.refused, *editor.doubted)
    return next((refusal(known, each) for each in problems if belongs_to(each, layer_at(place).key)), None)


def _card(
    window: Window,
    editor: Editor,
    known: Known,
    number: int,
    place: int,
    draw: Callable[[Bound[Any]], ft.Control],
    tools: _Tools | None,
    *,
    is_open: bool,
) -> ft.Control:
    look, palette, layer = window.look, window.look.palette, editor.value(layer_at(place))
    if layer is None:
        return ft.Container(height=0)
    parts: list[ft.Control] = [_head(window, editor, known, number, place, layer, tools, is_open=is_open)]
    if is_open:
        inside = layer_form(window, editor, known, place, draw, fixed=tools is None)
        if tools is not None:
            inside.append(_feet(look, number, place, tools))
        parts.append(
            ft.Container(
                content=ft.Column(inside, spacing=20, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
                padding=ft.Padding.only(left=16, right=16, top=4, bottom=12),
            )
        )
    else:
        problem = _problem(editor, known, place)
        if problem:
            line = problem_line(look, problem)
            parts.append(ft.Container(content=line, padding=ft.Padding.only(left=16, right=16, bottom=12)))
    return ft.Container(
        content=ft.Column(parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=palette.raised,
        border=ft.Border.all(1.5 if is_open else 1, palette.accent if is_open else palette.line),
        border_radius=12,
        key=f"layer-{place}",
    )


def _head(
    window: Window,
    editor: Editor,
    known: Known,
    number: int,
    place: int,
    layer: LayerDraft,
    tools: _Tools | None,
    *,
    is_open: bool,
) -> ft.Control:
    look, palette, words, zone = window.look, window.look.palette, known.words, editor.value(ZONE) or ""
    name = layer.name or words("layer.title", number=number)
    lines: list[ft.Control] = [
        heading(name, "strong", palette.ink, level=3) if tools is None else text(name, "strong", palette.ink),
        text(layer_sentence(known, layer, zone), "body" if not is_open else "small", palette.muted),
    ]
    if layer.end:
        lines.append(text(words("layer.ends", when=wall_text(words, layer.end)), "small", palette.muted))
    badge = ft.Container(
        content=text(str(number), "label", palette.ink),
        width=28,
        height=28,
        border_radius=28,
        bgcolor=palette.fill,
        alignment=ft.Alignment.CENTER,
    )
    sign = ft.Icons.EXPAND_LESS if is_open else ft.Icons.EXPAND_MORE
    row = ft.Row(
        [
            badge,
            ft.Column(lines, spacing=2, tight=True, expand=True),
            ft.Icon(sign, size=22, color=palette.muted),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    padding = ft.Padding.only(left=16, right=12, top=14, bottom=14)
    if tools is None:
        row.controls.pop()
        return ft.Container(content=row, padding=padding)
    target = CLOSED if is_open else place
    face = Face(padding=padding, radius=12)
    return tappable(look, row, lambda: tools.open(target), face=face, key=f"open-layer-{place}")


def _feet(look: Look, number: int, place: int, tools: _Tools) -> ft.Control:
    words, at = look.words, tools.places.index(place)
    found: list[ft.Control] = []
    if at > 0:
        found.append(word(look, words("layer.up"), lambda: tools.move(place, -1), key=f"layer-up-{place}"))
    if at < len(tools.places) - 1:
        found.append(word(look, words("layer.down"), lambda: tools.move(place, 1), key=f"layer-down-{place}"))
    label = words("layer.remove", number=number)
    remove = word(look, label, lambda: tools.drop(place), colour=look.palette.critical, key=f"layer-remove-{place}")
    line = ft.Container(height=1, bgcolor=look.palette.line)
    return ft.Column(
        [line, ft.Row([*found, remove], wrap=True, spacing=8, run_spacing=0)],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _history(
    look: Look, known: Known, past: list[LayerDraft], zone: str, unfolds: bool, turn: Callable[[], Any]
) -> ft.Control:
    palette, words = look.palette, known.words
    label = words("layer.hide_past" if unfolds else "layer.show_past", count=len(past))
    parts: list[ft.Control] = [ft.Row([word(look, label, turn, key="past-layers")])]
    for layer in past if unfolds else ():
        until = words("layer.was", when=wall_text(words, layer.end or ""))
        lines: list[ft.Control] = [
            text(layer.name or words("layer.unnamed"), "label", palette.ink),
            text(layer_sentence(known, layer, zone), "small", palette.muted),
            text(until, "small", palette.muted),
        ]
        parts.append(
            ft.Container(
                content=ft.Column(lines, spacing=2, tight=True),
                border=ft.Border.only(left=ft.BorderSide(width=2, color=palette.line)),
                padding=ft.Padding.only(left=14),
            )
        )
    return ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)

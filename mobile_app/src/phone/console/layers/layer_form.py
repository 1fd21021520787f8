"""One layer, part by part: who takes turns, how often, on which days and hours, from when."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, cast

import flet as ft

from phone.base.window import Window
from phone.console.form.changes import draft_path, refusal
from phone.console.form.editor import Editor
from phone.console.form.kind import Known
from phone.console.layers.groups_editor import GroupsEditor
from phone.console.layers.layer_sentence import day_name
from phone.console.layers.layers import (
    UNITS,
    Layer,
    handed_over,
    has_begun,
    is_whole_weeks,
    masked,
    restricted,
    restriction_kinds,
    rotated,
)
from phone.console.layers.periods_editor import periods_editor
from phone.console.schedules.kind import zone_options
from phone.kit.choices import check, segments, switch
from phone.kit.fields import Entry, field, problem_line
from phone.kit.form_field import Field, Option
from phone.kit.picker import Picker
from phone.kit.text import heading, text
from shared.domain.time import WEEKDAYS

Draw = Callable[[Field], ft.Control]
ORDERS: Final = ("listed", "fair", "least_recent")
PAIR: Final = 2


def layer_form(
    window: Window, editor: Editor, known: Known, place: int, draw: Draw, *, fixed: bool
) -> list[ft.Control]:
    """The parts of the layer at this place of the draft."""
    words, at = known.words, f"layers.{place}"
    name = Field(path=f"{at}.name", label=words("field.name"), hint=words("hint.layer"))
    return [
        draw(name),
        _part(window, words("layer.part_people"), [GroupsEditor(window, editor, known, place, fixed)]),
        _part(window, words("layer.part_rotation"), _rotation(window, editor, known, place, draw, fixed=fixed)),
        _part(window, words("layer.part_days"), _mask(window, editor, known, place, fixed=fixed)),
        _part(window, words("layer.part_hours"), _restriction(window, editor, known, place, fixed=fixed)),
        _part(window, words("layer.part_life"), _life(editor, known, place, draw, fixed=fixed)),
    ]


def _part(window: Window, title: str, parts: list[ft.Control]) -> ft.Control:
    return ft.Column(
        [heading(title, "label", window.look.palette.muted, level=4), *parts],
        spacing=10,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _layer(editor: Editor, place: int) -> Layer:
    return cast(Layer, editor.value(f"layers.{place}"))


def _told(editor: Editor, known: Known, *paths: str) -> list[str]:
    problems = [each for each in (*editor.refused, *editor.doubted) if draft_path(each.field) in paths]
    return list(dict.fromkeys(refusal(known, each) for each in problems))


def _errors(window: Window, editor: Editor, known: Known, *paths: str) -> list[ft.Control]:
    return [problem_line(window.look, told) for told in _told(editor, known, *paths)]


def _rotation(window: Window, editor: Editor, known: Known, place: int, draw: Draw, *, fixed: bool) -> list[ft.Control]:
    look, words, at = window.look, known.words, f"layers.{place}.rotation"
    rotation = _layer(editor, place)["rotation"]

    def turn(**fields: Any) -> None:
        editor.choose(at, rotated(rotation, **fields))

    def typed(given: str) -> None:
        every = int(given) if given.strip().isdecimal() else None
        if is_whole_weeks({**rotation, "every": every}) == is_whole_weeks(rotation):
            editor.type(f"{at}.every", every)
        else:
            turn(every=every)

    every = field(
        look,
        "",
        str(rotation["every"] or ""),
        typed,
        entry=Entry(fixed=fixed, keyboard=ft.KeyboardType.NUMBER),
        key=f"field-{at}.every",
    )
    units = [(unit, words(f"unit.{unit}"), words(f"unit.{unit}")) for unit in UNITS]
    unit = segments(look, units, rotation["unit"], lambda chosen: None if fixed else turn(unit=chosen))
    parts: list[ft.Control] = [
        text(words("help.rotation"), "small", look.palette.muted),
        ft.Row([ft.Container(content=every, width=64), ft.Container(content=unit, expand=True)], spacing=8),
        *_errors(window, editor, known, f"{at}.every", f"{at}.unit"),
    ]
    if is_whole_weeks(rotation):
        parts.append(_handoff(window, editor, known, place, draw, fixed=fixed))
    order = Field(
        path=f"{at}.order",
        label=words("field.order"),
        form="choice",
        help=_order_help(known, _layer(editor, place)),
        options=tuple(
            Option(value=each, label=words(f"order.{each}"), about=words(f"order_about.{each}")) for each in ORDERS
        ),
    )
    return [*parts, draw(order)]


def _order_help(known: Known, layer: Layer) -> str:
    order = layer["rotation"]["order"]
    if order == "fair" and len(layer["groups"]) == PAIR:
        return known.words("order_about.fair_pair")
    return known.words(f"order_about.{order}")


def _handoff(window: Window, editor: Editor, known: Known, place: int, draw: Draw, *, fixed: bool) -> ft.Control:
    words, at = known.words, f"layers.{place}.rotation"
    layer = _layer(editor, place)
    chosen = layer["rotation"]["handoff_weekday"]
    start = Option(value=None, label=words("handoff.as_start"), about=words("handoff.as_start_about"))
    days = tuple(Option(value=day, label=words(f"day_long.{i}")) for i, day in enumerate(WEEKDAYS))
    path = f"{at}.handoff_weekday"
    weekday = Picker(
        window.look,
        Field(path=path, label=words("field.handoff"), options=(*days, start), fixed=fixed),
        chosen,
        lambda day: editor.choose(at, handed_over(layer, day)),
        next(iter(_told(editor, known, path)), None),
    )
    parts: list[ft.Control] = [ft.Container(content=weekday, expand=True)]
    if chosen:
        clock = Field(path=f"{at}.handoff_time", label=words("field.handoff_time"), form="time")
        parts.append(ft.Container(content=draw(clock), width=104))
    return ft.Row(parts, spacing=8, vertical_alignment=ft.CrossAxisAlignment.START)


def _mask(window: Window, editor: Editor, known: Known, place: int, *, fixed: bool) -> list[ft.Control]:
    look, words, at = window.look, known.words, f"layers.{place}"
    layer = _layer(editor, place)
    mask = layer["date_mask"]
    parts: list[ft.Control] = [
        switch(
            look,
            words("field.date_mask"),
            mask is not None,
            lambda: editor.choose(at, masked(layer, on=mask is None)),
            help=words("help.date_mask"),
            fixed=fixed,
            key=f"mask-{place}",
        )
    ]
    if mask is None:
        return parts

    def turn(day: str) -> None:
        chosen = {*mask, day} if day not in mask else {*mask} - {day}
        editor.choose(f"{at}.date_mask", [each for each in WEEKDAYS if each in chosen])

    chips = [
        check(
            look,
            day_name(words, day),
            day in mask,
            lambda day=day: None if fixed else turn(day),
            key=f"mask-{place}-{day}",
        )
        for day in WEEKDAYS
    ]
    parts.append(ft.Row(list(chips), wrap=True, spacing=8, run_spacing=8))
    parts.append(
        switch(
            look,
            words("field.continuous"),
            layer["continuous"],
            lambda: editor.choose(f"{at}.continuous", not layer["continuous"]),
            help=words("help.continuous"),
            fixed=fixed,
            key=f"continuous-{place}",
        )
    )
    return [*parts, *_errors(window, editor, known, f"{at}.date_mask", f"{at}.continuous")]


def _restriction(window: Window, editor: Editor, known: Known, place: int, *, fixed: bool) -> list[ft.Control]:
    look, words, at = window.look, known.words, f"layers.{place}"
    layer = _layer(editor, place)
    kind = layer["restriction"]["kind"]

    def turn(chosen: str) -> None:
        if not fixed and chosen != kind:
            editor.choose(at, {**layer, "restriction": restricted(chosen), "was_reset": False})

    kinds = [
        (each, words(f"restriction.{each}"), words(f"restriction_about.{each}")) for each in restriction_kinds(layer)
    ]
    parts: list[ft.Control] = [
        segments(look, kinds, kind, turn),
        text(words(f"restriction_about.{kind}"), "small", look.palette.muted),
    ]
    if layer.get("was_reset"):
        parts.append(_note(window, words("restriction.was_reset")))
    parts += periods_editor(window, editor, known, place, fixed=fixed)
    return [
        *parts,
        *_errors(window, editor, known, f"{at}.restriction", f"{at}.restriction.kind", f"{at}.restriction.periods"),
    ]


def _note(window: Window, told: str) -> ft.Control:
    palette = window.look.palette
    sign = ft.Icon(ft.Icons.INFO_OUTLINE, size=18, color=palette.warning)
    return ft.Semantics(
        live_region=True,
        content=ft.Container(
            content=ft.Row([sign, text(told, "small", palette.ink, expand=True)], spacing=8),
            bgcolor=palette.warning_bg,
            border_radius=10,
            padding=ft.Padding.all(12),
        ),
    )


def _life(editor: Editor, known: Known, place: int, draw: Draw, *, fixed: bool) -> list[ft.Control]:
    words, at = known.words, f"layers.{place}"
    layer, zone = _layer(editor, place), str(editor.value("time_zone"))
    began = has_begun(layer, zone, known.now)
    start = Field(
        path=f"{at}.start",
        label=words("field.starts"),
        form="moment",
        required=True,
        fixed=began or fixed,
        help=words("help.has_begun") if began and not fixed else "",
    )
    end = Field(path=f"{at}.end", label=words("field.ends"), form="moment", hint=words("layer.no_end"))
    own = Field(
        path=f"{at}.time_zone",
        label=words("field.own_zone"),
        form="choice",
        options=(Option(value=None, label=words("layer.zone_of_schedule", zone=zone)), *zone_options()),
    )
    return [draw(start), draw(replace(end, fixed=fixed)), draw(own)]

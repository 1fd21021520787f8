"""One layer, part by part: who takes turns, how often, on which days and hours, from when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import flet as ft
import msgspec

from phone.base.places import Place
from phone.base.window import Window
from phone.console.form.changes import key_of, refusal
from phone.console.form.editor import Editor
from phone.console.form.kind import Bound, Known
from phone.console.layers.drafts import ZONE, LayerDraft, ScheduleDraft, layer_at
from phone.console.layers.groups_editor import GroupsEditor
from phone.console.layers.layer_sentence import day_name
from phone.console.layers.layers import (
    UNITS,
    Kind,
    handed_over,
    has_begun,
    is_whole_weeks,
    masked,
    restricted,
    restriction_kinds,
    rotated,
    with_day,
)
from phone.console.layers.periods_editor import periods_editor
from phone.console.schedules.kind import zone_options
from phone.kit.choices import check, segments, switch
from phone.kit.fields import Entry, field, problem_line
from phone.kit.form_field import Field, Option
from phone.kit.picker import Picker
from phone.kit.text import heading, text
from shared.domain.on_call.rota import Weekday
from shared.domain.time import WEEKDAYS

Draw = Callable[[Bound[Any]], ft.Control]
ORDERS: Final = ("listed", "fair", "least_recent")
PAIR: Final = 2


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """A layer as it stands, its number in the draft, and what its parts are drawn with."""

    window: Window
    editor: Editor
    known: Known
    number: int
    layer: LayerDraft
    draw: Draw
    fixed: bool

    @property
    def at(self) -> Place[ScheduleDraft, LayerDraft]:
        return layer_at(self.number)

    def told(self, *places: Place[Any, Any]) -> list[str]:
        """What is wrong there."""
        keys = [each.key for each in places]
        problems = [each for each in (*self.editor.refused, *self.editor.doubted) if key_of(each) in keys]
        return list(dict.fromkeys(refusal(self.known, each) for each in problems))

    def errors(self, *places: Place[Any, Any]) -> list[ft.Control]:
        return [problem_line(self.window.look, told) for told in self.told(*places)]


def layer_form(
    window: Window, editor: Editor, known: Known, place: int, draw: Draw, *, fixed: bool
) -> list[ft.Control]:
    """The parts of the layer at this place of the draft."""
    words, at = known.words, layer_at(place)
    layer = editor.value(at)
    if layer is None:
        return []
    shown = _Shown(window=window, editor=editor, known=known, number=place, layer=layer, draw=draw, fixed=fixed)
    name = Bound(at=at.then(lambda layer: layer.name), label=words("field.name"), hint=words("hint.layer"))
    return [
        draw(name),
        _part(window, words("layer.part_people"), [GroupsEditor(window, editor, known, place, fixed)]),
        _part(window, words("layer.part_rotation"), _rotation(shown)),
        _part(window, words("layer.part_days"), _mask(shown)),
        _part(window, words("layer.part_hours"), _restriction(shown)),
        _part(window, words("layer.part_life"), _life(shown)),
    ]


def _part(window: Window, title: str, parts: list[ft.Control]) -> ft.Control:
    return ft.Column(
        [heading(title, "label", window.look.palette.muted, level=4), *parts],
        spacing=10,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _rotation(shown: _Shown) -> list[ft.Control]:
    look, words, editor, fixed = shown.window.look, shown.known.words, shown.editor, shown.fixed
    rotation, rotation_at = shown.layer.rotation, shown.at.then(lambda layer: layer.rotation)
    every_at, unit_at = (
        rotation_at.then(lambda rotation: rotation.every),
        rotation_at.then(lambda rotation: rotation.unit),
    )

    def turn(**fields: Any) -> None:
        editor.edit(rotation_at, lambda now: rotated(now, **fields))

    def typed(given: str) -> None:
        # What is no number becomes one that is refused.
        every = int(given) if given.strip().isdecimal() else 0
        now = editor.value(rotation_at) or rotation
        if is_whole_weeks(msgspec.structs.replace(now, every=every)) == is_whole_weeks(now):
            editor.type(every_at, every)
        else:
            turn(every=every)

    every = field(
        look,
        "",
        str(rotation.every or ""),
        typed,
        entry=Entry(fixed=fixed, keyboard=ft.KeyboardType.NUMBER),
        key=f"field-{every_at.key}",
    )
    units = [(unit, words(f"unit.{unit}"), words(f"unit.{unit}")) for unit in UNITS]
    unit = segments(look, units, rotation.unit, lambda chosen: None if fixed else turn(unit=chosen))
    parts: list[ft.Control] = [
        text(words("help.rotation"), "small", look.palette.muted),
        ft.Row([ft.Container(content=every, width=64), ft.Container(content=unit, expand=True)], spacing=8),
        *shown.errors(every_at, unit_at),
    ]
    if is_whole_weeks(rotation):
        parts.append(_handoff(shown))
    order = Bound(
        at=rotation_at.then(lambda rotation: rotation.order),
        label=words("field.order"),
        form="choice",
        help=_order_help(shown.known, shown.layer),
        options=tuple(
            Option(value=each, label=words(f"order.{each}"), about=words(f"order_about.{each}")) for each in ORDERS
        ),
    )
    return [*parts, shown.draw(order)]


def _order_help(known: Known, layer: LayerDraft) -> str:
    order = layer.rotation.order
    if order == "fair" and len(layer.groups) == PAIR:
        return known.words("order_about.fair_pair")
    return known.words(f"order_about.{order}")


def _handoff(shown: _Shown) -> ft.Control:
    words, rotation_at = shown.known.words, shown.at.then(lambda layer: layer.rotation)
    weekday_at = rotation_at.then(lambda rotation: rotation.handoff_weekday)
    chosen = shown.layer.rotation.handoff_weekday
    start = Option(value=None, label=words("handoff.as_start"), about=words("handoff.as_start_about"))
    days = tuple(Option(value=day, label=words(f"day_long.{i}")) for i, day in enumerate(WEEKDAYS))
    weekday = Picker(
        shown.window.look,
        Field(key=weekday_at.key, label=words("field.handoff"), options=(*days, start), fixed=shown.fixed),
        chosen,
        lambda day: shown.editor.edit(shown.at, lambda now: handed_over(now, day)),
        next(iter(shown.told(weekday_at)), None),
    )
    parts: list[ft.Control] = [ft.Container(content=weekday, expand=True)]
    if chosen:
        clock_at = rotation_at.then(lambda rotation: rotation.handoff_time)
        parts.append(
            ft.Container(
                content=shown.draw(Bound(at=clock_at, label=words("field.handoff_time"), form="time")), width=104
            )
        )
    return ft.Row(parts, spacing=8, vertical_alignment=ft.CrossAxisAlignment.START)


def _mask(shown: _Shown) -> list[ft.Control]:
    look, words, at, layer = shown.window.look, shown.known.words, shown.at, shown.layer
    editor, fixed = shown.editor, shown.fixed
    mask, mask_at = layer.date_mask, at.then(lambda layer: layer.date_mask)
    continuous_at = at.then(lambda layer: layer.continuous)
    parts: list[ft.Control] = [
        switch(
            look,
            words("field.date_mask"),
            mask is not None,
            lambda: editor.edit(at, lambda now: masked(now, on=mask is None)),
            help=words("help.date_mask"),
            fixed=fixed,
            key=f"mask-{shown.number}",
        )
    ]
    if mask is None:
        return parts

    def turn(day: Weekday) -> None:
        editor.choose(mask_at, with_day(mask or (), day))

    chips = [
        check(
            look,
            day_name(words, day),
            day in mask,
            lambda day=day: None if fixed else turn(day),
            key=f"mask-{shown.number}-{day}",
        )
        for day in WEEKDAYS
    ]
    parts.append(ft.Row(list(chips), wrap=True, spacing=8, run_spacing=8))
    parts.append(
        switch(
            look,
            words("field.continuous"),
            layer.continuous,
            lambda: editor.choose(continuous_at, not layer.continuous),
            help=words("help.continuous"),
            fixed=fixed,
            key=f"continuous-{shown.number}",
        )
    )
    return [*parts, *shown.errors(mask_at, continuous_at)]


def _restriction(shown: _Shown) -> list[ft.Control]:
    look, words, at, layer = shown.window.look, shown.known.words, shown.at, shown.layer
    editor, fixed = shown.editor, shown.fixed
    kind, kind_at = layer.restriction.kind, at.then(lambda layer: layer.restriction.kind)
    hours_at, periods_at = (
        at.then(lambda layer: layer.restriction),
        at.then(lambda layer: layer.restriction.periods),
    )

    def turn(chosen: Kind) -> None:
        if not fixed and chosen != kind:
            editor.edit(at, lambda now: msgspec.structs.replace(now, restriction=restricted(chosen), was_reset=False))

    kinds: list[tuple[Kind, str, str]] = [
        (each, words(f"restriction.{each}"), words(f"restriction_about.{each}")) for each in restriction_kinds(layer)
    ]
    parts: list[ft.Control] = [
        segments(look, kinds, kind, turn),
        text(words(f"restriction_about.{kind}"), "small", look.palette.muted),
    ]
    if layer.was_reset:
        parts.append(_note(shown.window, words("restriction.was_reset")))
    parts += periods_editor(shown.window, editor, shown.known, shown.number, layer, fixed=fixed)
    return [*parts, *shown.errors(hours_at, kind_at, periods_at)]


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


def _life(shown: _Shown) -> list[ft.Control]:
    words, at, fixed, draw = shown.known.words, shown.at, shown.fixed, shown.draw
    zone = shown.editor.value(ZONE) or ""
    began = has_begun(shown.layer, zone, shown.known.now)
    start = Bound(
        at=at.then(lambda layer: layer.start),
        label=words("field.starts"),
        form="moment",
        required=True,
        fixed=began or fixed,
        help=words("help.has_begun") if began and not fixed else "",
    )
    end = Bound(
        at=at.then(lambda layer: layer.end),
        label=words("field.ends"),
        form="moment",
        hint=words("layer.no_end"),
        fixed=fixed,
    )
    own = Bound(
        at=at.then(lambda layer: layer.time_zone),
        label=words("field.own_zone"),
        form="choice",
        options=(Option(value=None, label=words("layer.zone_of_schedule", zone=zone)), *zone_options()),
    )
    return [draw(start), draw(end), draw(own)]

"""A form of the Console: sections of fields, each with its help and what was refused about it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import flet as ft

from phone.base.look import Look
from phone.base.window import Window
from phone.console.form.changes import belongs_to, key_of, refusal
from phone.console.form.editor import Editor, Typed
from phone.console.form.kind import Bound, Known, Section
from phone.console.form.stores import FormStores
from phone.console.form.words_field import WordsField
from phone.console.layers.layers_editor import LayersEditor
from phone.console.policies.levels_editor import LevelsEditor
from phone.console.schedules.notice_groups import NoticeGroups
from phone.console.schedules.presets_field import PresetsField
from phone.console.schedules.preview_panel import PreviewPanel
from phone.console.service_calendars.calendar_panel import CalendarPanel
from phone.console.service_calendars.holidays_field import HolidaysField
from phone.kit.choices import check, switch
from phone.kit.fields import Entry, field, problem_line
from phone.kit.moment_field import MomentField
from phone.kit.picker import Picker
from phone.kit.text import heading, text
from shared.wire.problems import FieldProblem

ROOMY: Final = 0.3


def form(window: Window, stores: FormStores, known: Known, *, can_change: bool) -> list[ft.Control]:
    """Section by section; two short fields stand side by side where there is room."""
    sections = stores.editor.sections()
    return [_section(window, stores, known, section, can_change=can_change) for section in sections]


def _section(
    window: Window, stores: FormStores, known: Known, section: Section[Any], *, can_change: bool
) -> ft.Control:
    palette = window.look.palette
    head: list[ft.Control] = [heading(section.title, "strong", palette.ink)]
    if section.help:
        head.append(text(section.help, "small", palette.muted))
    fields: list[ft.Control] = []
    halves: list[ft.Control] = []
    for each in section.fields:
        drawn = draw(window, stores, known, each, can_change=can_change)
        if each.half and window.look.is_split:
            halves.append(ft.Container(content=drawn, expand=True))
        else:
            fields.append(drawn)
        if len(halves) == 2:
            fields.append(ft.Row(halves, spacing=12, vertical_alignment=ft.CrossAxisAlignment.START))
            halves = []
    fields += halves
    return ft.Column(
        [ft.Column(head, spacing=2, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH), *fields],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def draw(window: Window, stores: FormStores, known: Known, each: Bound[Any], *, can_change: bool) -> ft.Control:
    """One field, whatever its form."""
    editor, holidays = stores.editor, stores.holidays
    look = window.look
    error = error_at(editor, known, each.key)
    value, fixed = editor.value(each.at), each.fixed or not can_change
    value = each.default if value is None else value

    def draw_here(field: Bound[Any]) -> ft.Control:
        return draw(window, stores, known, field, can_change=can_change)

    drawers: dict[str, Callable[[], ft.Control]] = {
        "choice": lambda: Picker(
            look,
            replace(each, fixed=fixed),
            each.shows(value),
            lambda chosen: editor.choose(each.at, each.takes(chosen)),
            error,
        ),
        "toggle": lambda: switch(
            look,
            each.label,
            bool(value),
            lambda: editor.choose(each.at, not value),
            help=each.help,
            fixed=fixed,
            key=f"field-{each.key}",
        ),
        "words": lambda: WordsField(editor, look, each, tuple(value or ()), error, fixed),
        "levels": lambda: LevelsEditor(window, editor, known, error, fixed),
        "checks": lambda: _checks(window, editor, each, tuple(value or ()), error, fixed=fixed),
        "presets": lambda: PresetsField(window, editor, known),
        "layers": lambda: _layers(
            window, stores, known, LayersEditor(window, editor, known, draw_here, error, fixed), fixed=fixed
        ),
        "moment": lambda: MomentField(
            look,
            replace(each, fixed=fixed),
            value,
            lambda chosen: editor.choose(each.at, chosen),
            lambda given: editor.type(each.at, given),
            error,
            known.now.astimezone(known.reader.zone).date(),
        ),
        "time": lambda: _time(window, editor, replace(each, fixed=fixed), value, error),
        "groups": lambda: NoticeGroups(window, editor, known, each, fixed),
        "own_days": lambda: CalendarPanel(window, editor, holidays, known, fixed),
        "holidays": lambda: HolidaysField(window, editor, holidays, known, each, fixed),
    }
    if each.form in drawers:
        return drawers[each.form]()
    return _text(window, editor, each, value, error, fixed=fixed)


def _layers(window: Window, stores: FormStores, known: Known, layers: ft.Control, *, fixed: bool) -> ft.Control:
    """What saving them would bring stands right below where no column is beside the form."""
    if fixed or window.look.is_wide:
        return layers
    preview = PreviewPanel(window, stores.editor, stores.editor.typed, stores.rehearsal, known)
    return ft.Column([layers, preview], spacing=24, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def error_at(editor: Editor, known: Known, key: str, *, exactly: bool = False) -> str | None:
    """What was refused about a field, or would be as it stands; also about its parts unless exactly it is meant."""
    for problem in (*editor.refused, *editor.doubted):
        if key_of(problem) == key or (not exactly and belongs_to(problem, key)):
            return refusal(known, problem)
    return None


def _time(window: Window, editor: Editor, each: Bound[Any], value: Any, error: str | None) -> ft.Control:
    return field(
        window.look,
        each.label,
        value or "",
        lambda given: editor.type(each.at, given or None),
        error=error,
        entry=Entry(hint=each.hint or "09:00", help=each.help, fixed=each.fixed, keyboard=ft.KeyboardType.DATETIME),
        key=f"field-{each.key}",
    )


def _is_kept(editor: Editor, each: Bound[Any]) -> bool:
    """Whether the server has this secret; what doesn't say which ones it has, has them all."""
    has: list[str] | None = getattr(editor.item, "has", None)
    return not editor.is_new and (has is None or each.at.steps[-1] in has)


def _text(
    window: Window, editor: Editor, each: Bound[Any], value: Any, error: str | None, *, fixed: bool
) -> ft.Control:
    look = window.look
    kept = look.words("secret.kept") if each.form == "secret" and _is_kept(editor, each) else ""

    def typed(given: str) -> None:
        editor.type(each.at, _number(given) if each.form == "number" else given)

    number = ft.KeyboardType.NUMBER
    shown = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    box = field(
        look,
        each.label,
        shown,
        typed,
        error=error,
        entry=Entry(
            hint=kept or each.hint or None,
            help=each.help,
            fixed=fixed,
            secret=each.form == "secret",
            lines=3 if each.form == "lines" else 1,
            keyboard=number if each.form == "number" else ft.KeyboardType.TEXT,
        ),
        key=f"field-{each.key}",
    )
    if not each.limit or fixed:
        return box
    count = Counted(look, editor, editor.typed, each)
    return ft.Column([box, count], spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@ft.component
def Counted(look: Look, editor: Editor, _typed: Typed, each: Bound[Any]) -> ft.Control:
    """How many characters are left, once few are."""
    left = each.limit - len(str(editor.value(each.at) or ""))
    if left > each.limit * ROOMY:
        return ft.Container(height=0)
    colour = look.palette.critical if left < 0 else look.palette.muted
    told = look.words("field.too_many" if left < 0 else "field.left", count=abs(left))
    return ft.Semantics(live_region=left < 0, content=text(told, "small", colour, align=ft.TextAlign.END))


def _number(given: str) -> Any:
    """The number that was typed; what is none stays as it is, to be refused."""
    given = given.strip()
    if not given:
        return None
    try:
        return int(given)
    except ValueError:
        pass
    try:
        return float(given.replace(",", "."))
    except ValueError:
        return given


def _checks(
    window: Window, editor: Editor, each: Bound[Any], chosen: tuple[str, ...], error: str | None, *, fixed: bool
) -> ft.Control:
    look, palette = window.look, window.look.palette

    def turn(value: str) -> None:
        kept = tuple(one for one in chosen if one != value)
        editor.choose(each.at, kept if value in chosen else (*kept, value))

    chips = [
        check(
            look,
            option.label,
            option.value in chosen,
            lambda value=option.value: None if fixed else turn(str(value)),
            key=f"field-{each.key}-{option.value}",
        )
        for option in each.options
    ]
    parts: list[ft.Control] = [text(each.label, "label", palette.ink)]
    if each.help:
        parts.append(text(each.help, "small", palette.muted))
    parts.append(ft.Row(list(chips), wrap=True, spacing=8, run_spacing=8))
    if error:
        parts.append(problem_line(look, error))
    return ft.Column(parts, spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def failure_line(window: Window, editor: Editor, known: Known) -> list[ft.Control]:
    """What was refused and belongs to no field of the form."""
    keys = [each.key for section in editor.sections() for each in section.fields]
    lost = [problem for problem in editor.refused if not any(belongs_to(problem, key) for key in keys)]
    return [problem_line(window.look, _lost(known, problem)) for problem in lost]


def _lost(known: Known, problem: FieldProblem) -> str:
    told = refusal(known, problem)
    return f"{problem.field}: {told}" if problem.field else told

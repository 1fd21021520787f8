"""Linked public holidays: a country, or a part of one."""

import flet as ft

from phone.base import problems
from phone.base.places import Place, without
from phone.base.window import Window
from phone.console.form.changes import belongs_to, refusal
from phone.console.form.editor import Editor
from phone.console.form.kind import Known
from phone.console.service_calendars.holidays import Holidays
from phone.console.service_calendars.kind import HOLIDAYS
from phone.kit.controls import icon, word
from phone.kit.fields import problem_line
from phone.kit.form_field import Field, Option
from phone.kit.hooks import state
from phone.kit.picker import Picker, option_sheet
from phone.kit.text import text
from shared.wire.service_calendars import HolidayCountry, HolidaySource, ServiceCalendarInput

MOST = 10


@ft.component
def HolidaysField(
    window: Window, editor: Editor, holidays: Holidays, known: Known, each: Field, fixed: bool
) -> ft.Control:
    """One line per country; its part is chosen where there are any."""
    look, palette, words = window.look, window.look.palette, known.words
    chosen = editor.value(HOLIDAYS) or ()
    adding, add = state(False)
    ft.use_effect(holidays.need_countries, [])
    countries = {one.country: one for one in holidays.countries or ()}

    def take(country: str | None) -> None:
        add(False)
        if country is not None:
            editor.choose(HOLIDAYS, (*chosen, HolidaySource(country=country)))

    def drop(index: int) -> None:
        editor.choose(HOLIDAYS, without(chosen, index))

    options = [_option(known, one) for one in countries.values()]
    title = words("holidays.add")
    ft.use_dialog(option_sheet(look, title, options, take, lambda: add(False)) if adding else None)
    parts: list[ft.Control] = [text(each.label, "label", palette.ink), text(each.help, "small", palette.muted)]
    for i, source in enumerate(chosen):
        at = HOLIDAYS.then(lambda sources, i=i: sources[i])
        country = countries.get(source.country)
        name = country.name if country is not None else source.country
        row: list[ft.Control] = [text(name, "body", palette.ink, expand=True)]
        if country is not None and country.subdivisions:
            row.append(ft.Container(content=_part(window, editor, known, at, source, country, fixed=fixed), width=168))
        if not fixed:
            label = words("words.remove", word=name)
            row.append(
                icon(look, ft.Icons.CLOSE, label, lambda i=i: drop(i), key=f"drop-{at.key}", colour=palette.muted)
            )
        parts.append(ft.Row(row, spacing=8))
        refused = [problem for problem in (*editor.refused, *editor.doubted) if belongs_to(problem, at.key)]
        parts += [problem_line(look, refusal(known, problem)) for problem in refused]
    if holidays.error is not None and holidays.countries is None:
        parts.append(problem_line(look, problems.problem(words, holidays.error)))
    elif not fixed and len(chosen) < MOST:
        parts.append(ft.Row([word(look, title, lambda: add(True), key="add-holidays")]))
    return ft.Column(parts, spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _option(known: Known, country: HolidayCountry) -> Option:
    about = known.words("holidays.make_up") if country.has_make_up_workdays else ""
    return Option(value=country.country, label=f"{country.name} ({country.country})", about=about)


def _part(
    window: Window,
    editor: Editor,
    known: Known,
    at: Place[ServiceCalendarInput, HolidaySource],
    source: HolidaySource,
    country: HolidayCountry,
    *,
    fixed: bool,
) -> ft.Control:
    whole = Option(value=None, label=known.words("holidays.whole_country"))
    parts = tuple(Option(value=each, label=each) for each in country.subdivisions)
    part_at = at.then(lambda source: source.subdivision)
    label = known.words("holidays.part")
    field = Field(key=part_at.key, label=label, shows_label=False, options=(whole, *parts), fixed=fixed)
    return Picker(window.look, field, source.subdivision, lambda chosen: editor.choose(part_at, chosen))

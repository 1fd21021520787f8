"""An incident by hand: what is broken, whom to page, one red button."""

from collections.abc import Callable
from typing import Final

import flet as ft

from phone.base import problems
from phone.base.draft import Draft
from phone.base.look import Look
from phone.base.places import place
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.incidents.by_hand import ByHand, says_whom
from phone.incidents.sheets.edit_sheets import severity_choice
from phone.kit.controls import Handler, filled, icon
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import drafted_state, filled_in, state
from phone.kit.pulling import PullList
from phone.kit.rows import deed_row
from phone.kit.text import heading, text
from phone.names.name_picker import NamePicker, toggled
from phone.names.store import Names
from shared.wire.incidents import NewIncident
from shared.wire.lists import Ref

TITLE: Final = place(NewIncident, lambda incident: incident.title)
DESCRIPTION: Final = place(NewIncident, lambda incident: incident.description)
SEVERITY: Final = place(NewIncident, lambda incident: incident.severity)
SERVICE: Final = place(NewIncident, lambda incident: incident.service_id)
PEOPLE: Final = place(NewIncident, lambda incident: incident.user_ids)


@ft.component
def NewIncidentScreen(window: Window, by_hand: ByHand, names: Names, look: Look, to: str = "") -> ft.Control:
    """Three taps: a service, or people, and the button; the title is typed between."""
    blank = NewIncident(title="", user_ids=(to,) if to else ())
    form = filled_in(look.drafts, f"new:{to}" if to else "new", blank)
    draft = form.whole
    tried, attempt = state(False)
    unfolded, unfold = drafted_state(look.drafts, "new-unfolded", tuple[str, ...]())
    palette, words = look.palette, look.words

    async def page() -> None:
        attempt(True)
        form.notify()
        if not form.whole.title.strip() or not says_whom(form.whole):
            return
        opened = await by_hand.open(form.whole)
        if opened is not None:
            window.go(f"/incidents/{opened.id}")
            window.hurry()

    parts: list[ft.Control] = [
        field(
            look,
            words("new.title"),
            draft.title,
            lambda value: form.type(TITLE, value),
            error=words("new.title_missing") if tried and not draft.title.strip() else None,
            entry=Entry(hint=words("new.title_hint"), autofocus=True),
            key="new-title",
        ),
        text(words("filter.severity"), "label", palette.ink),
        severity_choice(look, draft.severity, lambda severity: form.choose(SEVERITY, severity)),
        text(words("new.whom"), "label", palette.ink),
        NamePicker(
            look,
            names,
            "services",
            (draft.service_id,) if draft.service_id else (),
            lambda ident: form.choose(SERVICE, None if ident == draft.service_id else ident),
        ),
    ]
    parts += _people(look, names, form, unfolded, unfold)
    if "description" in unfolded:
        parts.append(
            field(
                look,
                words("edit.description"),
                draft.description,
                lambda value: form.type(DESCRIPTION, value),
                entry=Entry(lines=3),
                key="new-description",
            )
        )
    else:
        add = words("new.describe")
        parts.append(
            deed_row(look, ft.Icons.NOTES, add, lambda: unfold((*unfolded, "description")), key="new-describe")
        )
    if tried and not says_whom(draft):
        parts.append(problem_line(look, words("new.nobody")))
    if by_hand.error is not None:
        parts.append(problem_line(look, problems.problem(words, by_hand.error)))
    inner = ft.Column(parts, spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    body = ft.Container(
        content=inner,
        padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN, vertical=8),
        width=600 if look.is_split else None,
    )
    held: ft.Control = ft.Row([body]) if look.is_split else body
    return ft.Column(
        [_bar(window), PullList([held], _nothing), _foot(look, names, draft, page, busy=by_hand.busy)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


async def _nothing() -> None:
    """Pulling a form reads nothing."""


def _people(
    look: Look,
    names: Names,
    form: Draft[NewIncident],
    unfolded: tuple[str, ...],
    unfold: Callable[[tuple[str, ...]], None],
) -> list[ft.Control]:
    words, chosen = look.words, form.whole.user_ids
    if "people" not in unfolded and not chosen:
        row = deed_row(
            look,
            ft.Icons.PERSON_ADD_ALT_1,
            words("new.people"),
            lambda: unfold((*unfolded, "people")),
            about=words("new.people_about"),
            key="new-people",
        )
        return [row]
    picker = NamePicker(look, names, "people", chosen, lambda ident: form.choose(PEOPLE, toggled(chosen, ident)))
    return [text(words("new.people"), "label", look.palette.ink), picker]


def _bar(window: Window) -> ft.Control:
    look = window.look
    close = icon(look, ft.Icons.CLOSE, look.words("back"), lambda: window.go("/incidents"), key="back")
    title = ft.Container(content=heading(look.words("new.heading"), "title", look.palette.ink, level=1), expand=True)
    return ft.Container(content=ft.Row([close, title], spacing=8), padding=ft.Padding.only(left=4, right=8, top=8))


def _foot(look: Look, names: Names, draft: NewIncident, page: Handler, *, busy: bool) -> ft.Control:
    palette, words = look.palette, look.words
    people = [Ref(each, names.name("people", each)) for each in draft.user_ids]
    if people:
        label, told = words("new.page_people", who=look.reader.people(people)), words("new.told_people")
    elif draft.service_id:
        service = names.name("services", draft.service_id)
        label, told = words("new.page_service", service=service), words("new.told_service")
    else:
        label, told = words("new.page"), words("new.told_nobody")
    button = filled(
        look,
        words("sending") if busy else label,
        page,
        colour=palette.critical_fill,
        ink=palette.on_critical,
        height=56,
        busy=busy,
        key="new-send",
    )
    inner = ft.Column(
        [text(told, "small", palette.muted), button], spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )
    held = ft.Container(content=inner, width=568 if look.is_split else None)
    return ft.Column(
        [
            ft.Container(height=1, bgcolor=palette.line),
            ft.Container(
                content=ft.Row([held]) if look.is_split else held,
                bgcolor=palette.raised,
                padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN, vertical=12),
            ),
        ],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )

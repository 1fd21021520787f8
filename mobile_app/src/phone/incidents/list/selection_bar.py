"""The bars while several incidents are chosen, the sheets that ask, and what came of each."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, cast

import flet as ft

from phone.base import problems
from phone.base.api.errors import ApiError
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.incidents.selection import BULK, Selection
from phone.incidents.sheets.edit_sheets import merge_question
from phone.incidents.sheets.resolve_sheet import method_field
from phone.incidents.stores import IncidentStores
from phone.kit.controls import Face, filled, icon, quiet, tappable, word
from phone.kit.fields import problem_line
from phone.kit.hooks import draft_of, state
from phone.kit.rows import deed_row
from phone.kit.text import heading, text
from shared.wire.incidents import BulkVerb, IncidentItem, Resolve

SIGNS: Final[dict[str, ft.IconData]] = {
    "acknowledge": ft.Icons.CHECK,
    "resolve": ft.Icons.DONE_ALL,
    "snooze": ft.Icons.SNOOZE,
    "merge": ft.Icons.CALL_MERGE,
}


def chosen_items(stores: IncidentStores) -> tuple[IncidentItem, ...]:
    """The chosen ones as the list shows them."""
    return tuple(item for item in stores.listed.items if item.id in stores.selection.ids)


def selection_title(window: Window, stores: IncidentStores) -> ft.Control:
    """How many, all of them, none of them."""
    look, words, selection = window.look, window.look.words, stores.selection
    able = tuple(item.id for item in stores.listed.items if any(verb in item.can for verb in BULK))
    row = ft.Row(
        [
            icon(look, ft.Icons.CLOSE, words("select.none"), selection.close, key="select-none"),
            ft.Container(
                content=heading(words("select.count", count=len(selection.ids)), "title", look.palette.ink, level=1),
                expand=True,
            ),
            word(look, words("select.all"), lambda: selection.take(able), at_end=True, key="select-all"),
        ],
        spacing=4,
    )
    return ft.Container(content=row, padding=ft.Padding.only(left=4, right=PHONE_MARGIN, top=12, bottom=8))


def selection_bar(window: Window, ask: Callable[[str], Any], stores: IncidentStores) -> ft.Control:
    """The verbs that at least one of the chosen can take."""
    look, palette, items = (
        window.look,
        window.look.palette,
        chosen_items(stores),
    )
    buttons = [_button(window, verb, items, ask, stores) for verb in BULK if _fits(verb, items)]
    parts: list[ft.Control] = [ft.Row(list(buttons), spacing=0)]
    if stores.selection.error is not None:
        parts.insert(0, problem_line(look, problems.problem(look.words, stores.selection.error)))
    return ft.Column(
        [
            ft.Container(height=1, bgcolor=palette.line),
            ft.Container(
                content=ft.Column(parts, spacing=8),
                bgcolor=palette.raised,
                padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN, vertical=6),
            ),
        ],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _fits(verb: BulkVerb, items: tuple[IncidentItem, ...]) -> bool:
    able = sum(verb in item.can for item in items)
    return able > 1 if verb == "merge" else able > 0


def _button(
    window: Window, verb: BulkVerb, items: tuple[IncidentItem, ...], ask: Callable[[str], Any], stores: IncidentStores
) -> ft.Control:
    look, palette = window.look, window.look.palette

    async def press() -> None:
        if verb == "acknowledge":
            await do("acknowledge", items, ask, stores)
        else:
            ask(f"bulk-{verb}")

    label = look.words("sending") if stores.selection.busy else look.words(f"select.{verb}")
    both = ft.Column(
        [
            ft.Icon(SIGNS[verb], size=24, color=palette.ink),
            text(label, "caption", palette.ink, lines=1, align=ft.TextAlign.CENTER),
        ],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    face = Face(padding=ft.Padding.symmetric(horizontal=2, vertical=8), radius=10, align=ft.Alignment.CENTER)
    return tappable(look, both, press, face=face, key=f"bulk-{verb}", expand=True)


async def do(
    verb: BulkVerb, items: tuple[IncidentItem, ...], ask: Callable[[str], Any], stores: IncidentStores, **args: Any
) -> None:
    """All of them; what was refused is shown one by one."""
    ask("")
    result = await stores.selection.do(verb, items, **args)
    if result is None:
        return
    stores.verbs.bulk_done(verb, result)
    if result.refused:
        ask("bulk-results")


@ft.component
def BulkResolveForm(look: Look, ask: Callable[[str], Any], stores: IncidentStores) -> ft.Control:
    """One text for all of them."""
    form = draft_of(Resolve())
    items, words = chosen_items(stores), look.words

    async def send() -> None:
        await do("resolve", items, ask, stores, method=(form.whole.method or "").strip() or None)

    return ft.Column(
        [
            text(words("resolve.consequence"), "body", look.palette.muted),
            method_field(look, form),
            filled(look, words("select.resolve_all", count=len(items)), send, key="bulk-send"),
            quiet(look, words("cancel"), lambda: ask(""), key="cancel"),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def MergeChoice(window: Window, look: Look, ask: Callable[[str], Any], stores: IncidentStores) -> ft.Control:
    """Which of the chosen the others become part of, asked once more before it is done."""
    items, (target, choose) = (
        chosen_items(stores),
        state(cast(IncidentItem | None, None)),
    )
    if target is not None:
        others = tuple(item for item in items if item.id != target.id)
        sure = partial(do, "merge", others, ask, stores, into=target.id)
        return merge_question(window, others, target, sure, lambda: choose(None))

    rows = [
        deed_row(
            look,
            ft.Icons.CALL_MERGE,
            item.title,
            lambda item=item: choose(item),
            about=look.words("incident.number", number=item.number),
            key=f"merge-{item.id}",
        )
        for item in items
    ]
    return ft.Column(
        [text(look.words("select.merge_lead"), "body", look.palette.muted), *rows],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def BulkResults(selection: Selection, look: Look) -> ft.Control:
    """Each incident with what came of it, the refused first."""
    palette, words, result = look.palette, look.words, selection.result
    titles = {item.id: item.title for item in selection.told}
    rows: list[ft.Control] = []
    for item in sorted(result.items if result else [], key=lambda each: each.done):
        colour = palette.ok if item.done else palette.warning
        error = ApiError(status=409, code=item.code or "", detail=item.detail)
        about = words("select.done") if item.done else problems.problem(words, error)
        sign = ft.Icons.CHECK if item.done else ft.Icons.WARNING_AMBER_ROUNDED
        rows.append(
            ft.Row(
                [
                    ft.Icon(sign, size=20, color=colour),
                    ft.Column(
                        [
                            text(titles.get(item.id, item.id), "strong", palette.ink, lines=2),
                            text(about, "small", colour),
                        ],
                        spacing=1,
                        expand=True,
                    ),
                ],
                spacing=12,
                vertical_alignment=ft.CrossAxisAlignment.START,
            )
        )
    return ft.Column(rows, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)

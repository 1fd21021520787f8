"""Asking for cover: which shift, which of its hours, whom of those who are free, and why."""

import flet as ft

from phone.base.link import Link
from phone.base.look import Look
from phone.hand_over import cover_wording
from phone.hand_over.cover_draft import CoverDraft
from phone.hand_over.shift_choice import OneOf, shift_lines
from phone.hand_over.store import HandOver
from phone.hand_over.tiles import FIRST_SHOWN, Stretch, amber, candidate_rows, note_field, offline_line, promise, waits
from phone.kit.controls import filled, quiet, word
from phone.kit.fields import problem_line
from phone.kit.hooks import state
from phone.kit.text import text
from phone.names.name_picker import NamePicker
from phone.names.store import Names
from shared.wire.lists import Ref
from shared.wire.schedules import MyShift


@ft.component
def AskForm(draft: CoverDraft, names: Names, link: Link, look: Look, *, hand_over: HandOver) -> ft.Control:
    """The best candidate is chosen already; the button names whoever is."""
    unfolded, unfold = state(False)
    words, shift = look.words, draft.shift
    if shift is None:
        return text(words("ask_cover.no_shift"), "body", look.palette.muted)
    found = _among(hand_over.shifts, shift)
    chosen = next(i for i, each in enumerate(found) if _same(each, shift))
    parts: list[ft.Control] = [
        OneOf(look, words("ask_cover.shift"), shift_lines(look, found), chosen, lambda i: draft.choose_shift(found[i])),
        Stretch(look, draft.start, draft.end, draft.begin_at, draft.end_at, "ask"),
    ]
    if not link.online:
        parts.append(offline_line(look))
    elif not draft.is_whole:
        parts.append(problem_line(look, words("ask_cover.outside")))
    elif draft.error is not None:
        parts.append(problem_line(look, cover_wording.refusal(look.reader, draft.error)))
        parts.append(quiet(look, words("retry"), draft.look_up, icon=ft.Icons.REFRESH, key="ask-retry"))
    elif draft.candidates is None:
        parts.append(waits(look, "ask_cover.looking"))
    else:
        parts.append(text(words("ask_cover.whom"), "label", look.palette.ink))
        parts += _whom(look, draft, names, unfolded=unfolded)
        hidden = len(draft.candidates) - FIRST_SHOWN
        if hidden > 0 and not unfolded:
            more = words("ask_cover.more", count=hidden)
            parts.append(ft.Row([word(look, more, lambda: unfold(True), key="more-candidates")]))
        parts.append(note_field(look, draft.reason, draft.write))
        parts += _below(look, draft)
    return ft.Column(parts, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _among(found: list[MyShift], shift: MyShift) -> list[MyShift]:
    """My shifts ahead, with the one that is meant even where the clock has gone past its edge."""
    return found if any(_same(each, shift) for each in found) else [shift, *found]


def _same(one: MyShift, other: MyShift) -> bool:
    return one.schedule.id == other.schedule.id and one.shift.end == other.shift.end


def _whom(look: Look, draft: CoverDraft, names: Names, *, unfolded: bool) -> list[ft.Control]:
    found, asked = draft.candidates or (), draft.asked
    if not found:

        def choose(ident: str) -> None:
            draft.toggle(Ref(ident, names.name("people", ident)))

        chosen = tuple(each.id for each in asked)
        return [
            amber(look, ft.Icons.WARNING_AMBER_ROUNDED, look.words("ask_cover.nobody_free")),
            NamePicker(look, names, "people", chosen, choose, without=(look.person,)),
        ]
    return [candidate_rows(look, found if unfolded else found[:FIRST_SHOWN], asked, draft.toggle)]


def _below(look: Look, draft: CoverDraft) -> list[ft.Control]:
    words, asked = look.words, draft.asked
    parts: list[ft.Control] = [promise(look, words("hand_over.until_accepted"))]
    if draft.refused is not None:
        parts.append(problem_line(look, cover_wording.refusal(look.reader, draft.refused)))
    label = words("ask_cover.ask", who=look.reader.people(asked, is_brief=True)) if asked else words("ask_cover.choose")
    parts.append(filled(look, label, draft.send, busy=draft.busy or not asked, key="ask-send"))
    return parts

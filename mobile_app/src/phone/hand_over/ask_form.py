"""Asking for cover: which shift, which of its hours, whom of those who are free, and why."""

import flet as ft

from phone.base.draft import Draft
from phone.base.link import Link
from phone.base.look import Look
from phone.hand_over import cover_wording
from phone.hand_over.asking import REASON, AskingCover, CoverDraft
from phone.hand_over.shift_choice import OneOf, shift_lines
from phone.hand_over.store import HandOver
from phone.hand_over.tiles import FIRST_SHOWN, Stretch, amber, candidate_rows, note_field, offline_line, promise, waits
from phone.kit.controls import filled, quiet, word
from phone.kit.fields import problem_line
from phone.kit.hooks import state, touched_by
from phone.kit.text import text
from phone.names.name_picker import NamePicker
from phone.names.store import Names
from shared.wire.schedules import MyShift


@ft.component
def AskForm(
    asking: AskingCover, form: Draft[CoverDraft], names: Names, link: Link, look: Look, *, hand_over: HandOver
) -> ft.Control:
    """The best candidate is chosen already; the button names whoever is."""
    unfolded, unfold = state(False)
    touched_by(look.drafts, form)
    words, shift, draft = look.words, asking.shift, form.whole
    if shift is None:
        return text(words("ask_cover.no_shift"), "body", look.palette.muted)
    found = _among(hand_over.shifts, shift)
    chosen = next(i for i, each in enumerate(found) if _same(each, shift))
    parts: list[ft.Control] = [
        OneOf(
            look, words("ask_cover.shift"), shift_lines(look, found), chosen, lambda i: asking.choose_shift(found[i])
        ),
        Stretch(look, draft.start, draft.end, asking.begin_at, asking.end_at, "ask"),
    ]
    if not link.online:
        parts.append(offline_line(look))
    elif not asking.is_whole:
        parts.append(problem_line(look, words("ask_cover.outside")))
    elif asking.error is not None:
        parts.append(problem_line(look, cover_wording.refusal(look.reader, asking.error)))
        parts.append(quiet(look, words("retry"), asking.look_up, icon=ft.Icons.REFRESH, key="ask-retry"))
    elif asking.candidates is None:
        parts.append(waits(look, "ask_cover.looking"))
    else:
        parts.append(text(words("ask_cover.whom"), "label", look.palette.ink))
        parts += _whom(look, asking, names, unfolded=unfolded)
        hidden = len(asking.candidates) - FIRST_SHOWN
        if hidden > 0 and not unfolded:
            more = words("ask_cover.more", count=hidden)
            parts.append(ft.Row([word(look, more, lambda: unfold(True), key="more-candidates")]))
        parts.append(note_field(look, draft.reason, lambda value: form.type(REASON, value)))
        parts += _below(look, asking)
    return ft.Column(parts, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _among(found: list[MyShift], shift: MyShift) -> list[MyShift]:
    """My shifts ahead, with the one that is meant even where the clock has gone past its edge."""
    return found if any(_same(each, shift) for each in found) else [shift, *found]


def _same(one: MyShift, other: MyShift) -> bool:
    return one.schedule.id == other.schedule.id and one.shift.end == other.shift.end


def _whom(look: Look, asking: AskingCover, names: Names, *, unfolded: bool) -> list[ft.Control]:
    found, asked = asking.candidates or (), asking.asked
    if not found:
        chosen = tuple(each.id for each in asked)
        return [
            amber(look, ft.Icons.WARNING_AMBER_ROUNDED, look.words("ask_cover.nobody_free")),
            NamePicker(look, names, "people", chosen, asking.toggle, without=(look.person,)),
        ]
    return [candidate_rows(look, found if unfolded else found[:FIRST_SHOWN], asked, asking.toggle)]


def _below(look: Look, asking: AskingCover) -> list[ft.Control]:
    words, asked = look.words, asking.asked
    parts: list[ft.Control] = [promise(look, words("hand_over.until_accepted"))]
    if asking.refused is not None:
        parts.append(problem_line(look, cover_wording.refusal(look.reader, asking.refused)))
    label = words("ask_cover.ask", who=look.reader.people(asked, is_brief=True)) if asked else words("ask_cover.choose")
    parts.append(filled(look, label, asking.send, busy=asking.busy or not asked, key="ask-send"))
    return parts

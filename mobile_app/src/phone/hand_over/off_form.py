"""Time off: two tiles, the shifts inside with who might take each of them, one button that names who is asked."""

import flet as ft

from phone.base import moments
from phone.base.draft import Draft
from phone.base.link import Link
from phone.base.look import Look
from phone.base.window import Window
from phone.hand_over import cover_wording
from phone.hand_over.store import HandOver
from phone.hand_over.taking_off import REASON, OffDraft, TakingOff, key_of
from phone.hand_over.tiles import Stretch, amber, candidate_rows, note_field, offline_line, promise, reason, waits
from phone.kit.controls import Face, filled, quiet, tappable, word
from phone.kit.fields import problem_line
from phone.kit.hooks import touched_by
from phone.kit.marks import avatar
from phone.kit.text import text
from phone.names.name_picker import NamePicker
from phone.names.store import Names
from shared.wire.covers import AffectedShift


@ft.component
def OffForm(
    window: Window,
    off: TakingOff,
    form: Draft[OffDraft],
    names: Names,
    link: Link,
    look: Look,
    *,
    hand_over: HandOver,
) -> ft.Control:
    """From opening to sent is one tap for the hours that are proposed."""
    touched_by(look.drafts, form)
    words, palette, draft = look.words, look.palette, form.whole
    parts: list[ft.Control] = []
    if off.entered is None:
        parts.append(Stretch(look, draft.start, draft.end, off.begin_at, off.end_at, "off"))
    else:
        when = moments.stretch(words, off.entered.start, off.entered.end, look.zone)
        parts.append(text(words("off.entered", when=when), "strong", palette.ink))
    if not link.online:
        parts.append(offline_line(look))
    elif off.error is not None:
        parts.append(problem_line(look, cover_wording.refusal(look.reader, off.error)))
        parts.append(quiet(look, words("retry"), off.look_ahead, icon=ft.Icons.REFRESH, key="off-retry"))
    elif off.affected is None:
        parts.append(waits(look, "off.looking"))
    elif not off.is_whole:
        parts.append(problem_line(look, words("override.ends_first")))
    else:
        parts += _shifts(window, off, names, hand_over=hand_over)
        parts.append(note_field(look, draft.reason, lambda value: form.type(REASON, value)))
        parts += _below(look, off)
    return ft.Column(parts, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _below(look: Look, off: TakingOff) -> list[ft.Control]:
    words, asked = look.words, off.everybody
    parts: list[ft.Control] = []
    if off.affected:
        parts.append(promise(look, words("hand_over.until_accepted" if asked else "off.keeps")))
    if off.refused is not None:
        key = "off.half_sent" if off.entered is not None else "off.not_sent"
        parts.append(problem_line(look, words(key, reason=cover_wording.refusal(look.reader, off.refused))))
    label = words("ask_cover.ask", who=look.reader.people(asked, is_brief=True)) if asked else words("off.enter")
    if off.entered is not None and not asked:
        label = words("off.close")
    parts.append(filled(look, label, off.send, busy=off.busy, key="off-send"))
    return parts


def _shifts(window: Window, off: TakingOff, names: Names, *, hand_over: HandOver) -> list[ft.Control]:
    look, words = window.look, window.look.words
    found = off.affected or ()
    if not found:
        calm = ft.Icon(ft.Icons.CHECK, size=20, color=look.palette.ok)
        told = text(words("off.no_shift"), "body", look.palette.ink, expand=True)
        return [ft.Row([calm, told], spacing=10)]
    rows: list[ft.Control] = []
    for each in found:
        if rows:
            rows.append(ft.Container(height=1, bgcolor=look.palette.line))
        rows.append(_shift(window, off, names, each, hand_over=hand_over))
    return [
        ft.Semantics(live_region=True, content=text(words("off.inside", count=len(found)), "strong", look.palette.ink)),
        ft.Column(rows, spacing=10, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
    ]


def _shift(window: Window, off: TakingOff, names: Names, shift: AffectedShift, *, hand_over: HandOver) -> ft.Control:
    look, words, palette, key = window.look, window.look.words, window.look.palette, key_of(shift)
    when = cover_wording.hours(words, shift.start, shift.end, look.zone)
    parts: list[ft.Control] = [
        text(words("off.shift", when=when, schedule=shift.schedule.name), "small", palette.muted)
    ]
    if key in off.sent:
        who = look.reader.people([each.user for each in off.sent[key].asked])
        parts.append(_told(look, ft.Icons.CHECK, palette.ok, words("off.asked", who=who)))
    elif shift.request_id is not None:
        parts.append(_told(look, ft.Icons.SCHEDULE, palette.warning, words("off.asked_already")))
    elif not off.can_ask(shift):
        row = _told(look, ft.Icons.SCHEDULE, palette.warning, words("off.runs"))
        give = word(look, words("hand_over.give"), lambda: hand_over.turn("give"), key="off-give")
        parts.append(ft.Row([ft.Container(content=row, expand=True), give], spacing=4))
    elif off.changing == key:
        parts += _change(look, off, names, shift)
    else:
        parts.append(_asked(look, off, shift))
    return ft.Column(parts, spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _told(look: Look, sign: ft.IconData, colour: str, told: str) -> ft.Control:
    return ft.Row([ft.Icon(sign, size=20, color=colour), text(told, "body", look.palette.ink, expand=True)], spacing=10)


def _asked(look: Look, off: TakingOff, shift: AffectedShift) -> ft.Control:
    """Who would be asked, and the button to change that."""
    words, palette, asked = look.words, look.palette, off.asked(shift)
    best = {each.user.id: each for each in shift.candidates}
    if len(asked) == 1:
        lines: list[ft.Control] = [text(asked[0].name, "strong", palette.ink)]
        if asked[0].id in best:
            lines.append(reason(look, best[asked[0].id]))
        sign: ft.Control = avatar(look, asked[0].name, who=asked[0].id)
    elif asked:
        sign = avatar(look, asked[0].name, who=asked[0].id)
        lines = [
            text(words.names([each.name for each in asked]), "strong", palette.ink),
            text(words("off.first_takes"), "small", palette.muted),
        ]
    else:
        sign = ft.Container(
            content=ft.Icon(ft.Icons.WARNING_AMBER_ROUNDED, size=20, color=palette.warning),
            width=36,
            height=36,
            border_radius=36,
            bgcolor=palette.warning_bg,
            alignment=ft.Alignment.CENTER,
        )
        is_free = bool(shift.candidates)
        lines = [
            text(words("off.nobody_asked" if is_free else "off.nobody_free"), "strong", palette.warning),
            text(words("off.nobody_asked_text" if is_free else "off.nobody_free_text"), "small", palette.muted),
        ]
    label = words("off.change" if asked else "off.choose")
    spoken = words("off.change_of", schedule=shift.schedule.name, label=label)
    button = tappable(
        look,
        text(label, "button", palette.ink, label=spoken),
        lambda: off.change(key_of(shift)),
        face=Face(
            colour=palette.raised,
            side=ft.BorderSide(width=1, color=palette.line),
            radius=10,
            padding=ft.Padding.symmetric(horizontal=14, vertical=14),
        ),
        key=f"change-{key_of(shift)}",
    )
    return ft.Row([sign, ft.Column(lines, spacing=1, tight=True, expand=True), button], spacing=12)


def _change(look: Look, off: TakingOff, names: Names, shift: AffectedShift) -> list[ft.Control]:
    """Everybody who is free; where nobody is, everybody."""
    words, asked, key = look.words, off.asked(shift), key_of(shift)
    parts: list[ft.Control] = [candidate_rows(look, shift.candidates, asked, lambda ident: off.toggle(shift, ident))]
    if not shift.candidates:
        chosen = tuple(each.id for each in asked)
        parts = [
            amber(look, ft.Icons.WARNING_AMBER_ROUNDED, words("off.not_free")),
            NamePicker(look, names, "people", chosen, lambda ident: off.toggle(shift, ident), without=(look.person,)),
        ]
    nobody = word(look, words("off.ask_nobody"), lambda: off.ask_nobody(shift), key=f"nobody-{key}")
    done = word(look, words("off.done"), lambda: off.change(key), key=f"done-{key}")
    return [*parts, ft.Row([nobody, done], alignment=ft.MainAxisAlignment.SPACE_BETWEEN)]

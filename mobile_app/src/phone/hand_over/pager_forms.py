"""The pager, now: given for a while to somebody who is free, or taken from whoever has it."""

import flet as ft

from phone.base import moments
from phone.base.draft import Draft
from phone.base.link import Link
from phone.base.look import Look
from phone.base.window import Window
from phone.hand_over import cover_wording
from phone.hand_over.pager import LENGTHS, Pager, PagerDraft
from phone.hand_over.shift_choice import OneOf, watch_lines
from phone.hand_over.store import HandOver
from phone.hand_over.tiles import OneOfTheFree, offline_line, promise, waits
from phone.kit.choices import segments
from phone.kit.controls import filled, quiet
from phone.kit.fields import problem_line
from phone.kit.hooks import touched_by
from phone.kit.text import text
from phone.kit.when_field import WhenField
from phone.names.store import Names
from shared.wire.on_call import MyWatch


@ft.component
def GiveForm(
    window: Window,
    pager: Pager,
    form: Draft[PagerDraft],
    names: Names,
    link: Link,
    look: Look,
    *,
    hand_over: HandOver,
) -> ft.Control:
    """To one person, until an instant; nobody has to accept."""
    touched_by(look.drafts, form)
    words, watch = look.words, pager.watch
    if watch is None:
        return text(words("give.not_on_call"), "body", look.palette.muted)
    parts: list[ft.Control] = [*_watch(window, pager, watch, hand_over=hand_over), *_until(look, pager, form.whole)]
    if not link.online:
        parts.append(offline_line(look))
    elif not pager.is_ahead:
        parts.append(problem_line(look, words("cover_error.out_of_range")))
    elif pager.error is not None:
        parts.append(problem_line(look, cover_wording.refusal(look.reader, pager.error)))
        parts.append(quiet(look, words("retry"), pager.look_up, icon=ft.Icons.REFRESH, key="give-retry"))
    elif pager.candidates is None:
        parts.append(waits(look, "ask_cover.looking"))
    else:
        parts.append(text(words("give.whom"), "label", look.palette.ink))
        none = words("give.nobody_free")
        free = pager.candidates
        parts.append(
            OneOfTheFree(look, names, free, pager.to, pager.choose, without=(look.person,), none=none, about="give")
        )
        parts += _below(window, pager)
    return ft.Column(parts, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _watch(window: Window, pager: Pager, watch: MyWatch, *, hand_over: HandOver) -> list[ft.Control]:
    look, found = window.look, hand_over.watches
    chosen = next((i for i, each in enumerate(found) if each.schedule.id == watch.schedule.id), None)
    if chosen is None:
        found, chosen = [watch, *found], 0
    lines = watch_lines(look, found)
    return [OneOf(look, look.words("give.watch"), lines, chosen, lambda i: pager.choose_watch(found[i]))]


def _until(look: Look, pager: Pager, draft: PagerDraft) -> list[ft.Control]:
    words = look.words
    choices = [(each, moments.span(words, length), moments.span(words, length)) for each, length in LENGTHS.items()]
    choices.append(("own", words("give.own"), words("give.own")))
    parts: list[ft.Control] = [
        text(words("give.how_long"), "label", look.palette.ink),
        segments(look, choices, draft.length, pager.choose_length),
    ]
    if draft.length == "own":
        parts.append(WhenField(look, words("give.until"), draft.until, look.zone_name, pager.end_at, "give-until"))
    return parts


def _below(window: Window, pager: Pager) -> list[ft.Control]:
    look, words, to = window.look, window.look.words, pager.to
    until = moments.moment(words, pager.until, now=window.clock.now(), zone=look.zone)
    parts: list[ft.Control] = []
    if to is not None:
        who = look.reader.people([to], is_brief=True)
        ends = pager.watch.until if pager.watch is not None else None
        comes_back = ends is None or pager.until < ends
        told = words("give.at_once", who=who, until=until) if comes_back else words("give.to_end", who=who)
        parts.append(promise(look, told))
    if pager.refused is not None:
        parts.append(problem_line(look, cover_wording.refusal(look.reader, pager.refused)))
    label = words("give.choose")
    if to is not None:
        label = words("give.submit", who=look.reader.people([to], is_brief=True), until=until)
    parts.append(filled(look, label, pager.give, busy=pager.busy or to is None, key="give-send"))
    return parts


@ft.component
def TakeForm(window: Window, pager: Pager, link: Link, look: Look, *, hand_over: HandOver) -> ft.Control:
    """Asks once and says until when."""
    words, wanted = look.words, pager.taking
    if wanted is None:
        return ft.Container(height=0)
    until = moments.moment(words, wanted.until, now=window.clock.now(), zone=look.zone)
    args = {"schedule": wanted.schedule.name, "until": until}
    told = (
        words("take.gap", **args)
        if wanted.holder is None
        else words("take.from", who=look.reader.person(wanted.holder), **args)
    )
    parts: list[ft.Control] = [text(told, "body", look.palette.ink)]
    if wanted.holder is not None:
        parts.append(text(words("take.told", who=look.reader.person(wanted.holder)), "small", look.palette.muted))
    if not link.online:
        parts.append(offline_line(look))
    if pager.refused is not None:
        parts.append(problem_line(look, cover_wording.refusal(look.reader, pager.refused)))
    parts += [
        filled(
            look, words("take.submit", until=until), pager.take_it, busy=pager.busy or not link.online, key="take-send"
        ),
        quiet(look, words("cancel"), hand_over.close, key="cancel"),
    ]
    return ft.Column(parts, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)

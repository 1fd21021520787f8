"""A request for cover: what it asks, where it stands, and what the reader can do with it."""

from functools import partial
from typing import Final

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.window import Window
from phone.covers.store import Choosing, Covers, Doubt
from phone.hand_over import cover_wording
from phone.hand_over.cover_wording import condition
from phone.kit.controls import Face, filled, quiet, tappable, word
from phone.kit.marks import avatar, pill
from phone.kit.sheet import sheet
from phone.kit.text import heading, text
from phone.kit.when_field import WhenField
from shared.domain.covers.requests import CoverVerb
from shared.wire.covers import CoverRequest

ORDER: Final[tuple[CoverVerb, ...]] = ("accept", "approve", "decline", "reject", "cancel")
YES: Final = ("accept", "approve")


def cover_card(
    window: Window, request: CoverRequest, *, is_first: bool, with_buttons: bool, covers: Covers
) -> ft.Control:
    """What waits for the reader; of several, the first has the filled button, and one that is open beside has none."""
    look, palette = window.look, window.look.palette
    about = ft.Row(
        [
            avatar(look, request.requester.name, who=request.requester.id),
            ft.Column(told(window, request), spacing=2, tight=True, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    head = tappable(
        look,
        about,
        lambda: window.go(f"/covers/{request.id}"),
        face=Face(padding=ft.Padding.all(12), radius=12),
        key=f"cover-{request.id}",
    )
    inside: list[ft.Control] = [head]
    if with_buttons:
        buttons = cover_buttons(window, request, is_first=is_first, covers=covers)
        inside.append(ft.Container(content=buttons, padding=ft.Padding.only(left=16, right=16, bottom=12)))
    return ft.Container(
        content=ft.Column(inside, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
    )


def told(window: Window, request: CoverRequest) -> list[ft.Control]:
    """Who asks whom, for which hours of what, and why."""
    look, palette, words = window.look, window.look.palette, window.look.words
    when = cover_wording.hours(words, request.start, request.end, look.zone)
    lines: list[ft.Control] = [
        text(cover_wording.title(look.reader, request), "strong", palette.ink),
        text(when, "body", palette.ink),
        text(
            words(
                "cover.of",
                schedule=request.schedule.name,
                length=moments.hours(words, request.end - request.start),
            ),
            "small",
            palette.muted,
        ),
    ]
    if request.reason:
        lines.append(text(words("cover.reason", reason=request.reason), "small", palette.ink))
    return lines


def cover_buttons(window: Window, request: CoverRequest, *, is_first: bool = True, covers: Covers) -> ft.Control:
    """What the server says the reader can answer; taking back what somebody else asked is no answer."""
    look, verbs = window.look, answers(window, request)
    busy = covers.busy == request.id or not window.link.online
    parts: list[ft.Control] = []
    for verb in verbs:
        label, act, key = (
            look.words(f"cover.verb_{verb}"),
            partial(covers.doubt, verb, request),
            f"{verb}-{request.id}",
        )
        if verb in YES and (is_first or busy):
            parts.append(filled(look, label, act, busy=busy, height=48, key=key))
        elif not busy:
            parts.append(quiet(look, label, act, key=key))
    if "accept" in verbs and not busy:
        some = look.words("cover.verb_part")
        parts.append(word(look, some, lambda: covers.choose_part(request), key=f"part-{request.id}"))
    if not window.link.online:
        parts.append(text(look.words("hand_over.offline"), "small", look.palette.muted))
    return ft.Row(parts, wrap=True, spacing=12, run_spacing=4, vertical_alignment=ft.CrossAxisAlignment.CENTER)


def answers(window: Window, request: CoverRequest) -> list[CoverVerb]:
    """What the reader can do with it but for taking back what somebody else asked."""
    own = request.requester.id == window.look.person
    return [each for each in ORDER if each in request.can and (own or each != "cancel")]


def taking_back(window: Window, request: CoverRequest, covers: Covers) -> list[ft.Control]:
    """Whoever may edit the schedule may end what others asked: said apart from what is asked of them."""
    look = window.look
    if "cancel" not in request.can or request.requester.id == look.person or not window.link.online:
        return []
    who = look.reader.person(request.requester)
    label = look.words("cover.verb_cancel_for", who=who)
    act = partial(covers.doubt, "cancel", request)
    return [
        ft.Column(
            [
                text(look.words("cover.may_edit"), "small", look.palette.muted),
                ft.Row([quiet(look, label, act, key=f"cancel-{request.id}")], tight=True),
            ],
            spacing=6,
            tight=True,
        )
    ]


def state_of(window: Window, request: CoverRequest) -> ft.Container:
    """The state in a word with a sign."""
    palette, words = window.look.palette, window.look.words
    is_now = condition(request, window.clock.now())
    key = {None: is_now, "unanswered": "unanswered", "undone": "undone"}.get(request.closed_because, "needless")
    word = words(f"cover_state.{key}")
    if is_now == "agreed":
        return pill(word, palette.ok, palette.ok_bg, sign=ft.Icon(ft.Icons.CHECK, size=14, color=palette.ok))
    if is_now in ("open", "waiting"):
        sign = ft.Icon(ft.Icons.HOURGLASS_EMPTY, size=14, color=palette.warning)
        return pill(word, palette.warning, palette.warning_bg, sign=sign)
    return pill(word, palette.muted, palette.fill)


def cover_row(window: Window, request: CoverRequest, *, own: bool) -> ft.Control:
    """One of a list."""
    look, palette, words = window.look, window.look.palette, window.look.words
    when = cover_wording.hours(words, request.start, request.end, look.zone)
    lines: list[ft.Control] = [
        text(cover_wording.title(look.reader, request), "strong", palette.ink),
        text(words("off.shift", when=when, schedule=request.schedule.name), "small", palette.ink),
        text(cover_wording.state(look.reader, request, now=window.clock.now()), "small", palette.muted),
        ft.Row([state_of(window, request)], tight=True),
    ]
    row = ft.Row(
        [
            ft.Column(lines, spacing=3, tight=True, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted),
        ],
        spacing=12,
    )
    face = Face(
        padding=ft.Padding.symmetric(horizontal=16, vertical=12), colour=palette.accent_bg if own else "#00000000"
    )
    return tappable(
        look, row, lambda: window.go(f"/covers/{request.id}"), face=face, selected=own, key=f"cover-{request.id}"
    )


def rest_line(look: Look, request: CoverRequest) -> list[ft.Control]:
    """What accepting would mean to the reader: the hours and the rest that whoever asked was shown."""
    if request.mine is None:
        return []
    is_well = request.mine.is_rested and request.mine.clashes is None
    colour = look.palette.muted if is_well else look.palette.warning
    return [text(cover_wording.for_you(look.words, request.mine), "small", colour)]


@ft.component
def PartSheet(window: Window, covers: Covers, look: Look) -> ft.Control:
    """Draws nothing itself: in a sheet some of the hours are chosen, and whoever answers is asked once."""
    asked = _part(window, covers, look, covers.choosing) if covers.choosing is not None else None
    ft.use_dialog(_doubt(window, covers, look, covers.doubting) if covers.doubting is not None else asked)
    return ft.Container(width=0, height=0)


def _part(window: Window, covers: Covers, look: Look, part: Choosing) -> ft.BottomSheet:
    words, request = look.words, part.request

    def close() -> None:
        covers.choose_part(None)

    inside = request.start <= part.start < part.end <= request.end
    whole = (part.start, part.end) == (request.start, request.end)
    length = moments.hours(words, part.end - part.start)
    key = "part.outside" if not inside else "part.whole" if whole else "part.rest"
    parts: list[ft.Control] = [
        ft.Column(told(window, request), spacing=2, tight=True),
        WhenField(look, words("override.from"), part.start, look.zone_name, covers.begin_at, "part-from"),
        WhenField(look, words("override.to"), part.end, look.zone_name, covers.end_at, "part-to"),
        text(words(key), "small", look.palette.muted if inside else look.palette.warning),
        filled(
            look,
            words("part.submit", length=length) if inside else words("cover.verb_accept"),
            covers.accept_part,
            busy=not inside or covers.busy == request.id,
            key="part-send",
        ),
        quiet(look, words("cancel"), close, key="cancel"),
    ]
    return sheet(look, words("part.title"), parts, close)


def _doubt(window: Window, covers: Covers, look: Look, doubt: Doubt) -> ft.BottomSheet:
    words, verb, request = look.words, doubt.verb, doubt.request
    taker = look.reader.people([request.accepted_by] if request.accepted_by is not None else [])
    is_others = verb == "cancel" and request.requester.id != look.person
    key = "cover.ask_cancel_for" if is_others else f"cover.ask_{verb}"
    parts: list[ft.Control] = [
        ft.Column(told(window, request), spacing=2, tight=True),
        text(words(key, who=look.reader.person(request.requester), taker=taker), "body", look.palette.ink),
        *(rest_line(look, covers.find(request.id) or request) if verb == "accept" else []),
        filled(
            look, words(f"cover.verb_{verb}"), covers.be_sure, busy=covers.busy == request.id, key=f"sure-{request.id}"
        ),
        quiet(look, words("cancel"), covers.think_better, key="cancel"),
    ]
    return sheet(look, words(f"cover.title_{verb}"), parts, covers.think_better)


def waiting_cards(window: Window, *, most: int, beside: str | None = None, covers: Covers) -> list[ft.Control]:
    """Those that wait, at most so many, and the way to all of them."""
    look, words, found = window.look, window.look.words, covers.waiting
    cards: list[ft.Control] = [
        cover_card(window, each, is_first=i == 0 and beside is None, with_buttons=each.id != beside, covers=covers)
        for i, each in enumerate(found[:most])
    ]
    if len(found) > most:
        more = words("covers.more", count=len(found) - most)
        cards.append(ft.Row([word(look, more, lambda: window.go("/covers"), key="more-covers")]))
    return cards


def title_line(look: Look, title: str, *, margin: float) -> ft.Control:
    """A small heading over a part of a list."""
    return ft.Container(
        content=heading(title, "label", look.palette.muted),
        padding=ft.Padding.only(left=margin, right=margin, top=20, bottom=6),
    )

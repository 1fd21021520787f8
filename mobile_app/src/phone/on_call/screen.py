"""On call: my watch and what is left of it, then who is on call now, team by team."""

from collections.abc import Callable
from typing import Any, Final, cast

import flet as ft

from phone.base.link import Link
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.covers.cover_cards import PartSheet, waiting_cards
from phone.covers.store import Covers
from phone.hand_over.cover_wording import condition
from phone.hand_over.hand_over_sheet import HandOverSheet, hand_over_tiles
from phone.hand_over.store import HandOver
from phone.kit import placeholders
from phone.kit.bars import title_bar
from phone.kit.controls import icon, word
from phone.kit.hooks import state
from phone.kit.layout import column
from phone.kit.pulling import PullList
from phone.kit.sheet import sheet
from phone.on_call.next_in_line import NextInLine
from phone.on_call.next_shifts import next_shifts
from phone.on_call.person_sheet import PersonSheet
from phone.on_call.team_list import Show, everybody
from phone.on_call.watch import off_duty_card, watch_progress
from phone.rotas.on_call import OnCall
from phone.rotas.store import Rotas
from shared.wire.lists import Ref

WAITING_SHOWN: Final = 2
MINE: Final = 388
"""How wide the reader's own cards are on a tablet, in dp."""


@ft.component
def OnCallScreen(
    window: Window,
    on_call: OnCall,
    rotas: Rotas,
    covers: Covers,
    link: Link,
    look: Look,
    *,
    hand_over: HandOver,
    line: NextInLine,
) -> ft.Control:
    """The whole tab."""
    words = look.words
    shown, show = state(cast(Ref | None, None))
    ft.use_dialog(_sheet(window, hand_over, on_call, line, shown, lambda: show(None)))
    actions = [
        icon(
            look,
            ft.Icons.EVENT_AVAILABLE_OUTLINED,
            words("mine.title"),
            lambda: window.go("/schedules/mine"),
            key="my-shifts",
        ),
        icon(look, ft.Icons.REFRESH, words("refresh"), window.retry, key="refresh"),
    ]
    parts: list[ft.Control] = [title_bar(window, words("on_call.title"), actions)]
    if on_call.now is None:
        if rotas.error is not None:
            parts.append(placeholders.failed(look, rotas.error, window.retry))
        else:
            parts.append(placeholders.skeleton(look))
    else:
        parts += _content(window, covers=covers, hand_over=hand_over, on_call=on_call, rotas=rotas, show=show)
    del link
    doors: list[ft.Control] = [
        HandOverSheet(window, hand_over, look),
        PartSheet(window, covers, look),
    ]
    return ft.Column(
        [PullList(parts, window.retry), *doors],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _content(
    window: Window, *, covers: Covers, hand_over: HandOver, on_call: OnCall, rotas: Rotas, show: Show
) -> list[ft.Control]:
    cards, lists = (
        _mine(window, covers=covers, hand_over=hand_over, on_call=on_call),
        everybody(window, hand_over=hand_over, on_call=on_call, rotas=rotas, show=show),
    )
    later = _later(window, covers=covers, on_call=on_call, rotas=rotas)
    if not window.look.is_split:
        after = [ft.Container(content=column(later, spacing=12), padding=ft.Padding.only(top=24))] if later else []
        return [*([column(cards, spacing=12)] if cards else []), *lists, *after]
    # Mine beside everybody's: a tablet has room for both.
    left = ft.Container(content=column([*cards, *later], spacing=12), width=MINE + 2 * PHONE_MARGIN)
    right = ft.Container(
        content=ft.Column(lists, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        width=560,
        margin=ft.Margin.only(top=-20),
    )
    return [ft.Row([left, right], spacing=8, vertical_alignment=ft.CrossAxisAlignment.START)]


def _mine(window: Window, *, covers: Covers, hand_over: HandOver, on_call: OnCall) -> list[ft.Control]:
    mine = on_call.mine
    cards: list[ft.Control] = waiting_cards(window, most=WAITING_SHOWN, covers=covers)
    given = {each.schedule.id for each in hand_over.watches} if window.may_act else set[str]()
    for watch in mine.watches if mine else []:
        is_given = watch.schedule.id in given
        tiles = (hand_over_tiles(window, schedule_id=watch.schedule.id, door=hand_over),) if is_given else ()
        cards.append(watch_progress(window, watch, tiles))
    if mine is not None and not mine.watches:
        # Whoever has no shift ahead has nothing to hand over.
        tiles = (
            (hand_over_tiles(window, gives=False, door=hand_over),) if window.may_act and mine.next is not None else ()
        )
        cards.append(off_duty_card(window, mine, tiles))
    return cards


def _later(window: Window, *, covers: Covers, on_call: OnCall, rotas: Rotas) -> list[ft.Control]:
    """What of mine can wait until the reader knows who is on call."""
    look, cards = window.look, list[ft.Control]()
    if on_call.ahead:
        width = MINE if look.is_split else look.width - 2 * PHONE_MARGIN
        cards.append(next_shifts(window, on_call.ahead, rotas, width=width))
    return cards + _requests(window, covers=covers)


def _requests(window: Window, *, covers: Covers) -> list[ft.Control]:
    """The way to every request, with how many of mine are still open."""
    look, words, now = window.look, window.look.words, window.clock.now()
    if not covers.items:
        return []
    still = sum(condition(each, now) in ("open", "waiting") for each in covers.mine)
    label = words("covers.all_open", count=still) if still else words("covers.all")
    return [ft.Row([word(look, label, lambda: window.go("/covers"), key="all-covers")])]


def _sheet(
    window: Window,
    hand_over: HandOver,
    on_call: OnCall,
    line: NextInLine,
    shown: Ref | None,
    close: Callable[[], Any],
) -> ft.BottomSheet | None:
    if shown is None:
        return None
    look = window.look
    person = PersonSheet(window, hand_over, on_call, line, look, shown, close=close)
    return sheet(look, shown.name, [person], close)

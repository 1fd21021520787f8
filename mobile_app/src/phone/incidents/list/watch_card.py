"""The card on top: am I on call, until when; red when something waits for me, amber when I may miss it."""

from datetime import datetime

import flet as ft
from msgspec import structs

from phone.base.addresses import PUSH
from phone.base.window import Window
from phone.incidents import wording
from phone.incidents.stores import IncidentStores
from phone.incidents.verbs import Verbs
from phone.kit.controls import Handler, filled, quiet
from phone.kit.text import heading, sentence, text
from phone.kit.ticking import Ticking
from phone.on_call.watch import ends, ground, off_duty_card
from phone.rotas import watch_wording
from shared.wire.incidents import IncidentItem
from shared.wire.on_call import MyOnCall


def watch_card(window: Window, stores: IncidentStores, *, beside: str | None) -> ft.Control:
    """`beside` is the incident that is open next to the list: its button is there, so the card has none."""
    waiting, mine = stores.listed.waiting, _mine(window, stores)
    free = tuple(item for item in waiting if stores.outbox.verb_of(item.id) is None)
    if free:
        return _alarm(window, free, mine, with_button=beside not in {item.id for item in free}, verbs=stores.verbs)
    if mine is None:
        return ft.Container(height=0)
    if mine.unreachable is not None:
        return _amber(window, mine, give=stores.give)
    return _calm(window, mine, give=stores.give)


def _mine(window: Window, stores: IncidentStores) -> MyOnCall | None:
    """What the server said last; without it, what is worked out here, for the watch may have ended since."""
    said, worked_out = stores.listed.mine, stores.on_call.mine
    if window.link.online or worked_out is None:
        return said
    return structs.replace(worked_out, unreachable=said.unreachable if said is not None else None)


def _duty(window: Window, mine: MyOnCall | None, colour: str) -> ft.Control:
    look = window.look
    if mine is None or not mine.watches:
        return text(look.words("card.waits"), "label", colour)
    watch = mine.watches[0]
    until = watch_wording.watch_until(look.reader, watch, now=window.clock.minutes.at)
    left = text(look.words("card.on_call", schedule=watch.schedule.name), "label", colour)
    return ends(left, text(until, "small", colour) if until else None)


def _alarm(
    window: Window, waiting: tuple[IncidentItem, ...], mine: MyOnCall | None, *, with_button: bool, verbs: Verbs
) -> ft.Control:
    look, palette, count = window.look, window.look.palette, len(waiting)
    first = min(waiting, key=lambda item: (item.severity != "critical", item.triggered_at))
    title = first.title if count == 1 else look.words("card.many", count=count)

    def draw(now: datetime) -> ft.Control:
        pieces = wording.waiting_line(look.reader, first, now=now)
        return sentence(pieces, "body", palette.on_alarm, apart={"countdown": palette.on_alarm})

    parts: list[ft.Control] = [
        _duty(window, mine, palette.alarm_muted),
        heading(title, "title", palette.on_alarm, lines=3),
    ]
    parts.append(
        Ticking(window.clock.seconds, draw) if count == 1 else text(first.title, "body", palette.on_alarm, lines=1)
    )
    if with_button:
        label = look.words("verb.acknowledge") if count == 1 else look.words("card.acknowledge_all", count=count)
        button = filled(
            look,
            label,
            lambda: verbs.acknowledge_all(waiting) if count > 1 else verbs.acknowledge(first),
            colour=palette.alarm_button,
            ink=palette.on_alarm_button,
            key="card-acknowledge",
        )
        parts.append(ft.Container(content=button, padding=ft.Padding.only(top=8)))
    card = ground(parts, palette.alarm, palette.alarm_line)
    return ft.Semantics(live_region=True, content=card)


def _amber(window: Window, mine: MyOnCall, *, give: Handler) -> ft.Control:
    """Leads to where it is mended, or to somebody whom a page reaches."""
    look, palette = window.look, window.look.palette
    title = ft.Row(
        [
            ft.Icon(ft.Icons.NOTIFICATIONS_OFF_OUTLINED, size=22, color=palette.warning),
            ft.Container(content=heading(look.words("card.unreachable"), "lead", palette.ink), expand=True),
        ],
        spacing=10,
    )
    reason = text(watch_wording.unreachable_text(look.words, mine), "body", palette.ink)
    place = _where_mended(window, mine.unreachable)
    labels = {"/me/pair": "me.pair", PUSH: "card.mend_push"}
    label = look.words(labels.get(place, "card.mend"))
    mend = quiet(look, label, lambda: window.go(place), colour=palette.warning, key="card-mend")
    deeds = [mend, *_give(window, mine, give)]
    return ground([title, reason, ft.Row(list(deeds), wrap=True)], palette.warning_bg, palette.warning)


def _where_mended(window: Window, why: str | None) -> str:
    me = window.session.me
    if why == "no_push" and me is not None and "configuration:edit" in me.permissions:
        return PUSH
    return "/me/pair" if why == "no_phone" else "/me"


def _calm(window: Window, mine: MyOnCall, *, give: Handler) -> ft.Control:
    look, palette = window.look, window.look.palette
    if not mine.watches:
        return off_duty_card(window, mine)
    sign, colour, key = (
        (ft.Icons.CHECK, palette.ok, "card.calm")
        if window.link.online
        else (ft.Icons.CLOUD_OFF_OUTLINED, palette.warning, "card.unknown")
    )
    parts: list[ft.Control] = [
        _duty(window, mine, palette.muted),
        ft.Row(
            [
                ft.Icon(sign, size=18, color=colour),
                text(look.words(key), "strong", palette.ink, expand=True),
            ],
            spacing=8,
        ),
    ]
    if len(mine.watches) > 1:
        parts.append(text(look.words("card.also", count=len(mine.watches) - 1), "small", palette.muted))
    if deeds := _give(window, mine, give):
        parts.append(ft.Container(content=ft.Row(list(deeds), wrap=True), padding=ft.Padding.only(top=4)))
    return ground(parts, palette.raised, palette.line)


def _give(window: Window, mine: MyOnCall, give: Handler) -> list[ft.Control]:
    """The way to hand the pager over, while I have it."""
    if not mine.watches or not window.may_act or not window.link.online:
        return []
    label = window.look.words("hand_over.give")
    return [quiet(window.look, label, give, icon=ft.Icons.SWAP_HORIZ, key="card-give")]

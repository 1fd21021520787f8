"""One incident in the list: severity, title, service, age, and what its state means now."""

from datetime import datetime

import flet as ft

from phone.alerts.severity import severity_colour, shape
from phone.base import moments
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.incidents import wording
from phone.incidents.outbox import Outbox
from phone.incidents.preview import preview
from phone.incidents.selection import BULK, Selection
from phone.incidents.stores import IncidentStores
from phone.kit.controls import Face, tappable
from phone.kit.hooks import unless_gone
from phone.kit.marks import tick
from phone.kit.text import lines_for, sentence, text
from phone.kit.ticking import Ticking
from shared.wire.incidents import IncidentItem, Verb
from shared.wire.lists import Ref


def incident_row(window: Window, item: IncidentItem, stores: IncidentStores, *, selected: bool) -> ft.Control:
    """The row; swiping it right acknowledges what is still triggered."""
    look, palette, selection = window.look, window.look.palette, stores.selection
    is_picked = item.id in selection.ids
    ground = palette.accent_bg if selected or is_picked else palette.surface
    row = ft.Column(
        [
            tappable(
                look,
                _content(window, item, stores),
                lambda: selection.toggle(item.id) if selection.ids else window.go(f"/incidents/{item.id}"),
                face=Face(colour=ground, padding=ft.Padding.symmetric(horizontal=PHONE_MARGIN, vertical=13)),
                selected=True if selected and not selection.ids else None,
                checked=is_picked if selection.ids else None,
                key=f"row-{item.id}",
                hold=(lambda: selection.toggle(item.id)) if selectable(item) else None,
            ),
            ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=46)),
        ],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    # The ground is opaque: what lies under the row shows only where it was swiped away.
    body = ft.Container(content=row, bgcolor=ground)
    if "acknowledge" not in item.can or stores.outbox.verb_of(item.id) is not None or selection.ids:
        return ft.Container(content=body, key=item.id)
    return _swipable(window, item, body, stores)


def selectable(item: IncidentItem) -> bool:
    """Whether the reader may do anything to it together with others."""
    return any(verb in item.can for verb in BULK)


def _swipable(window: Window, item: IncidentItem, body: ft.Control, stores: IncidentStores) -> ft.Control:
    async def confirm(event: ft.DismissibleDismissEvent) -> None:
        await unless_gone(event.control.confirm_dismiss(False))
        stores.listed.swiped = True
        stores.verbs.acknowledge(item)

    return ft.Dismissible(
        key=f"swipe-{item.id}",
        content=body,
        dismiss_direction=ft.DismissDirection.START_TO_END,
        background=_swipe_ground(window.look),
        on_confirm_dismiss=confirm,
    )


def _swipe_ground(look: Look) -> ft.Control:
    palette = look.palette
    return ft.Container(
        bgcolor=palette.ok_bg,
        padding=ft.Padding.symmetric(horizontal=20),
        content=ft.Row([tick(palette.ok, 22), text(look.words("verb.acknowledge"), "strong", palette.ok)], spacing=10),
    )


def _content(window: Window, item: IncidentItem, stores: IncidentStores) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    colour = severity_colour(look, item.severity)

    def age(now: datetime) -> ft.Control:
        return text(moments.span(words, now - item.triggered_at), "small", palette.muted)

    about = [text(words(f"severity.{item.severity}"), "label", colour), text("·", "small", palette.muted)]
    if (owner := item.service or item.team) is not None:
        about.append(text(owner.name, "small", palette.muted, lines=1))
    if item.alert_count > 1:
        about += [
            text("·", "small", palette.muted),
            text(words("row.alerts", count=item.alert_count), "small", palette.muted),
        ]
    lines: list[ft.Control] = [
        ft.Row(
            [
                text(item.title, "strong", palette.ink, lines=lines_for(2), expand=True),
                Ticking(window.clock.minutes, age),
            ],
            spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        ft.Row(list(about), spacing=5, wrap=True, run_spacing=0),
        _state(window, item, stores.outbox),
    ]
    return ft.Row(
        [
            ft.Container(
                content=_sign(window, item, colour, stores.selection), width=22, padding=ft.Padding.only(top=4)
            ),
            ft.Column(lines, spacing=3, expand=True),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _sign(window: Window, item: IncidentItem, colour: str, selection: Selection) -> ft.Control:
    palette = window.look.palette
    if not selection.ids:
        return shape(item.severity, colour)
    is_picked = item.id in selection.ids
    sign = ft.Icons.CHECK_CIRCLE if is_picked else ft.Icons.RADIO_BUTTON_UNCHECKED
    return ft.Icon(sign, size=20, color=palette.accent if is_picked else palette.faint)


def _state(window: Window, item: IncidentItem, outbox: Outbox) -> ft.Control:
    look, palette = window.look, window.look.palette
    on_its_way = outbox.verb_of(item.id)
    if on_its_way is not None:
        label = _sending(window, item, on_its_way, outbox)
        return _signed(
            ft.Icon(ft.Icons.SCHEDULE, size=14, color=palette.warning),
            text(label, "small", palette.warning, lines=lines_for(2)),
        )
    ticks = window.clock.seconds if item.state == "triggered" and item.next is not None else window.clock.minutes
    loud = item.waits_for_me and item.state == "triggered"
    done = item.state != "triggered"
    colour = palette.ok if done else palette.critical if loud else palette.muted

    def draw(now: datetime) -> ft.Control:
        pieces = wording.state_line(look.reader, item, now=now)
        line = sentence(pieces, "small", colour, apart={"countdown": colour}, bold=loud)
        return _signed(tick(colour), line) if done else line

    return Ticking(ticks, draw)


def _sending(window: Window, item: IncidentItem, verb: Verb, outbox: Outbox) -> str:
    """The verb on its way, and what the incident will be then if that is another state."""
    words, me, now = window.look.words, window.session.me, window.clock.now()
    label = words("sending.verb", verb=words(f"verb.{verb}"))
    if me is None:
        return label
    foreseen = preview(item, outbox.pending, me=Ref(me.id, me.name), now=now)
    if (foreseen.state, foreseen.snoozed_until) == (item.state, item.snoozed_until):
        return label
    then = "".join(piece for piece, _ in wording.state_line(window.look.reader, foreseen, now=now))
    return words("sending.then", sending=label, then=then)


def _signed(sign: ft.Control, line: ft.Text) -> ft.Control:
    line.expand = True
    return ft.Row(
        [ft.Container(content=sign, padding=ft.Padding.only(top=2)), line],
        spacing=6,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )

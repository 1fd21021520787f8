"""The bar of an incident's verbs: one filled button, and four signs nearest the thumb."""

import flet as ft

from phone.base.window import Window
from phone.incidents.open_incident import OpenIncident
from phone.incidents.outbox import Outbox
from phone.incidents.verbs import QUIET_VERBS, Verbs
from phone.kit.controls import Face, Handler, filled, tappable
from phone.kit.text import text, whole_words
from shared.wire.incidents import Incident, Verb

MORE: tuple[Verb, ...] = (
    "resolve",
    "unacknowledge",
    "add_responders",
    "comment",
    "follow",
    "merge",
    "edit",
    "reopen",
)
PRIMARY_WIDTH = 280
"""With four verbs beside it, one row on the smallest tablet (1280: 730 for the bar)."""
SIGN_WIDTH = 104
SIGN_TEXT = 1.4
"""How many times the word under a sign grows at most."""


def incident_actions(
    window: Window, incident: Incident, margin: float, *, opened: OpenIncident, outbox: Outbox, verbs: Verbs
) -> list[ft.Control]:
    """Nothing for who may do nothing."""
    look, palette = window.look, window.look.palette
    first, others = (
        _primary(window, incident, opened=opened, outbox=outbox, verbs=verbs),
        _others(window, incident, margin, opened=opened, outbox=outbox, verbs=verbs),
    )
    if first is None and not others:
        return []
    row: ft.Control
    if look.is_split:
        tail = [ft.Container(content=each, width=SIGN_WIDTH) for each in others]
        head: list[ft.Control] = [ft.Container(content=first, width=PRIMARY_WIDTH)] if first is not None else []
        row = ft.Row([*head, *tail], spacing=4, wrap=True, run_spacing=4)
    else:
        parts: list[ft.Control] = [first] if first is not None else []
        tail = [ft.Container(content=each, expand=True) for each in others]
        parts += [ft.Row(list(tail), spacing=0)] if tail else []
        row = ft.Column(parts, spacing=4, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return [
        ft.Container(height=1, bgcolor=palette.line),
        ft.Container(
            content=row,
            bgcolor=palette.raised,
            padding=ft.Padding.only(left=margin, right=margin, top=12, bottom=4 if others else 12),
        ),
    ]


def on_its_way(incident_id: str, *, outbox: Outbox) -> Verb | None:
    """A verb that may change what the buttons do."""
    verb = outbox.verb_of(incident_id)
    return None if verb in QUIET_VERBS else verb


def _primary(
    window: Window, incident: Incident, *, opened: OpenIncident, outbox: Outbox, verbs: Verbs
) -> ft.Control | None:
    """Red while it waits, then accent; or what is on its way."""
    look, palette, words, can = window.look, window.look.palette, window.look.words, set(incident.can)
    verb = on_its_way(incident.id, outbox=outbox)
    if verb is not None:
        label = words("sending.verb", verb=words(f"verb.{verb}"))
        return filled(look, label, lambda: None, height=56, busy=True)
    if "acknowledge" in can:
        return filled(
            look,
            words("verb.acknowledge"),
            lambda: verbs.acknowledge(incident),
            colour=palette.critical_fill,
            ink=palette.on_critical,
            height=56,
            key="acknowledge",
        )
    if "resolve" in can:
        return filled(look, words("verb.resolve"), lambda: opened.ask("resolve"), height=56, key="resolve")
    if "reopen" in can:
        return filled(look, words("verb.reopen"), lambda: verbs.do("reopen", incident), height=56, key="reopen")
    return None


def _others(
    window: Window, incident: Incident, margin: float, *, opened: OpenIncident, outbox: Outbox, verbs: Verbs
) -> list[ft.Control]:
    can = set(incident.can)
    if on_its_way(incident.id, outbox=outbox) is not None:
        return []
    found: list[tuple[str, ft.IconData, Handler]] = []
    if "escalate" in can:
        found.append(("escalate", ft.Icons.TRENDING_UP, lambda: opened.ask("escalate")))
    if "unsnooze" in can:
        found.append(("unsnooze", ft.Icons.ALARM_ON, lambda: verbs.do("unsnooze", incident)))
    elif "snooze" in can:
        found.append(("snooze", ft.Icons.SNOOZE, lambda: opened.ask("snooze")))
    if "reassign" in can:
        found.append(("reassign", ft.Icons.PERSON_ADD_ALT_1, lambda: opened.ask("reassign")))
    if more_verbs(incident):
        found.append(("more", ft.Icons.MORE_HORIZ, lambda: opened.ask("more")))
    # All in one size, that of the longest word.
    room = SIGN_WIDTH if window.look.is_split else (window.look.width - 2 * margin) / max(1, len(found))
    most = min(
        [SIGN_TEXT, *(whole_words(window.look.words(f"verb.{name}"), "caption", room - 4) for name, _, _ in found)]
    )
    return [_sign(window, name, sign, handler, most=most) for name, sign, handler in found]


def more_verbs(incident: Incident) -> list[Verb]:
    """What stands under More: all that has no button of its own."""
    primary: Verb = "resolve" if "acknowledge" not in incident.can else "acknowledge"
    shown: list[Verb] = [verb for verb in MORE if verb in incident.can and verb != primary]
    alone = "acknowledge" not in incident.can and "resolve" not in incident.can
    return [verb for verb in shown if not (verb == "reopen" and alone)]


def _sign(window: Window, name: str, sign: ft.IconData, handler: Handler, *, most: float) -> ft.Control:
    look, palette = window.look, window.look.palette
    both = ft.Column(
        [
            ft.Icon(sign, size=24, color=palette.ink),
            text(look.words(f"verb.{name}"), "caption", palette.ink, lines=2, align=ft.TextAlign.CENTER, most=most),
        ],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    face = Face(padding=ft.Padding.symmetric(horizontal=2, vertical=8), radius=10, align=ft.Alignment.CENTER)
    return tappable(look, both, handler, face=face, key=name)

"""The bar of an incident's verbs: one filled button, and four others; on a phone as signs nearest the thumb."""

import flet as ft

from phone.base.window import Window
from phone.incidents.detail.action_bar import Other, Primary, laid_out
from phone.incidents.open_incident import OpenIncident
from phone.incidents.outbox import Outbox
from phone.incidents.verbs import QUIET_VERBS, Verbs
from phone.kit.controls import Handler, filled
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


def incident_actions(
    window: Window, incident: Incident, margin: float, *, opened: OpenIncident, outbox: Outbox, verbs: Verbs
) -> list[ft.Control]:
    """Nothing for who may do nothing."""
    palette = window.look.palette
    first = _primary(window, incident, opened=opened, outbox=outbox, verbs=verbs)
    others = _others(incident, opened=opened, outbox=outbox, verbs=verbs)
    if first is None and not others:
        return []
    row = laid_out(window.look, first, others, margin)
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
) -> Primary | None:
    """Red while it waits, then accent; or what is on its way."""
    look, palette, words, can = window.look, window.look.palette, window.look.words, set(incident.can)
    verb = on_its_way(incident.id, outbox=outbox)
    if verb is not None:
        label = words("sending.verb", verb=words(f"verb.{verb}"))
        return Primary.of(label, filled(look, label, lambda: None, height=56, busy=True))
    deeds: dict[Verb, Handler] = {
        "acknowledge": lambda: verbs.acknowledge(incident),
        "resolve": lambda: opened.ask("resolve"),
        "reopen": lambda: verbs.do("reopen", incident),
    }
    deed: Verb | None = next((each for each in deeds if each in can), None)
    if deed is None:
        return None
    colour, ink = (palette.critical_fill, palette.on_critical) if deed == "acknowledge" else (None, None)
    label = words(f"verb.{deed}")
    return Primary.of(label, filled(look, label, deeds[deed], colour=colour, ink=ink, height=56, key=deed))


def _others(incident: Incident, *, opened: OpenIncident, outbox: Outbox, verbs: Verbs) -> list[Other]:
    can = set(incident.can)
    if on_its_way(incident.id, outbox=outbox) is not None:
        return []
    found: list[Other] = []
    if "escalate" in can:
        found.append(Other("escalate", ft.Icons.TRENDING_UP, lambda: opened.ask("escalate")))
    if "unsnooze" in can:
        found.append(Other("unsnooze", ft.Icons.ALARM_ON, lambda: verbs.do("unsnooze", incident)))
    elif "snooze" in can:
        found.append(Other("snooze", ft.Icons.SNOOZE, lambda: opened.ask("snooze")))
    if "reassign" in can:
        found.append(Other("reassign", ft.Icons.PERSON_ADD_ALT_1, lambda: opened.ask("reassign")))
    if more_verbs(incident):
        found.append(Other("more", ft.Icons.MORE_HORIZ, lambda: opened.ask("more")))
    return found


def more_verbs(incident: Incident) -> list[Verb]:
    """What stands under More: all that has no button of its own."""
    primary: Verb = "resolve" if "acknowledge" not in incident.can else "acknowledge"
    shown: list[Verb] = [verb for verb in MORE if verb in incident.can and verb != primary]
    alone = "acknowledge" not in incident.can and "resolve" not in incident.can
    return [verb for verb in shown if not (verb == "reopen" and alone)]

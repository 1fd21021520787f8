"""Verbs on incidents: put on their way, confirmed in words, taken back while that is possible."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from phone.base import moments
from phone.base.api.errors import ApiError
from phone.base.people import People, Reader
from phone.base.toast import Message
from phone.base.window import Window
from phone.incidents import wording
from phone.incidents.open_incident import OpenIncident
from phone.incidents.outbox import Outbox, Pending
from phone.incidents.store import Incidents
from shared.wire.incidents import BulkResult, BulkVerb, Incident, IncidentItem, Verb
from shared.wire.lists import Ref

ALL_ON_THEIR_WAY: Final = "action.acknowledging_all"
QUIET_VERBS: Final[tuple[Verb, ...]] = ("comment", "follow")
"""Verbs that change nothing about who is paged."""


class Verbs:
    """What a tap on a verb does: the server decides, this says what came of it."""

    def __init__(self, window: Window, outbox: Outbox, *, incidents: Incidents, incident: OpenIncident) -> None:
        self._window = window
        self._outbox = outbox
        self._incidents = incidents
        self._incident = incident

    def acknowledge(self, item: IncidentItem) -> None:
        """It is mine now."""
        self.do("acknowledge", item)

    def acknowledge_all(self, items: Sequence[IncidentItem]) -> None:
        """All of them are mine now."""
        self._act("acknowledge", items, {})

    def do(self, verb: Verb, item: IncidentItem, **body: Any) -> None:
        """Any verb, with what it needs; the sheet that asked closes."""
        self._incident.ask(None)
        self._act(verb, [item], {name: value for name, value in body.items() if value not in (None, "")})

    def undo(self, incident_ids: Sequence[str]) -> None:
        """Take the last verb back."""
        before = len(self._outbox.pending)
        for incident_id in incident_ids:
            self._outbox.put("undo", incident_id)
        if len(self._outbox.pending) < before:
            self._window.toast.show(Message(key="action.taken_back"))
        else:
            self._window.toast.close()

    def _act(self, verb: Verb, items: Sequence[IncidentItem], body: dict[str, object]) -> None:
        for item in items:
            self._outbox.put(verb, item.id, body)
        undo = partial(self.undo, [item.id for item in items])
        if not self._window.link.online:
            self._window.toast.show(Message(key="action.offline", kind="waiting", undo=undo))
        elif len(items) > 1:
            args: dict[str, object] = {"count": len(items)}
            self._window.toast.show(Message(key=ALL_ON_THEIR_WAY, args=args, kind="waiting", undo=undo))

    def done(self, pending: Pending, incident: Incident) -> None:
        """The server did it."""
        self._incidents.put(incident)
        self._incident.put(incident)
        self._window.hurry()
        if any(entry.verb == pending.verb for entry in self._outbox.pending):
            return
        shown = self._window.toast.message
        if shown is not None and shown.key == ALL_ON_THEIR_WAY and pending.verb == "acknowledge":
            told = Message(key="action.acknowledged_all", args=shown.args, undo=shown.undo)
        else:
            told = self._confirmation(pending, incident)
        self._window.toast.show(told)

    def _confirmation(self, pending: Pending, incident: Incident) -> Message:
        if pending.verb == "undo":
            left = incident.pages_left
            return Message(key="action.undone_left", args={"count": left}) if left else Message(key="action.undone")
        undo = partial(self.undo, [incident.id]) if "undo" in incident.can else None
        key, args = self._told(pending.verb, incident)
        return Message(key=key, args=args, undo=undo if pending.verb not in QUIET_VERBS else None)

    def _told(self, verb: Verb, incident: Incident) -> tuple[str, dict[str, object]]:
        reader = self._window.look.reader
        match verb:
            case "acknowledge" if others := _others(reader, incident):
                return "action.acknowledged_next", {"next": reader.people(others)}
            case "acknowledge":
                return "action.acknowledged", {}
            case "escalate" if paged := wording.paged_now(incident, now=self._window.clock.now()):
                return "action.escalated", {"who": reader.people(paged)}
            case "reassign" if who := self._given_to(incident):
                return "action.reassigned", {"who": who}
            case "snooze" if incident.snoozed_until is not None:
                until = moments.day_clock(reader.words, incident.snoozed_until, reader.zone)
                return "action.snoozed", {"until": until}
            case "merge" if incident.merged_into is not None:
                return "action.merged", {"number": incident.merged_into.number}
            case "reopen" if incident.alert_count and not incident.open_alert_count:
                return "action.reopened_quiet", {}
            case _:
                return f"action.done_{verb}", {}

    def _given_to(self, incident: Incident) -> People | str | None:
        policy, paged = incident.escalation.policy, wording.paged_now(incident, now=self._window.clock.now())
        if policy is not None:
            return policy.name
        return self._window.look.reader.people(paged) if paged else None

    def bulk_done(self, verb: BulkVerb, result: BulkResult) -> None:
        """What came of a verb on several incidents."""
        done = [item.id for item in result.items if item.done]
        undo = partial(self.undo, done) if done and verb in ("acknowledge", "resolve", "snooze") else None
        key = "select.told_refused" if result.refused else "select.told"
        args: dict[str, object] = {"count": result.done, "refused": result.refused}
        args["verb"] = self._window.look.words(f"select.{verb}")
        self._window.toast.show(Message(key=key, args=args, undo=undo))
        self._window.hurry()

    def stalled(self, pending: Pending) -> None:
        """It could not be sent; it is tried again."""
        shown = self._window.toast.message
        if pending.verb != "undo" and (shown is None or shown.key != "action.offline"):
            undo: Callable[[], None] | None = partial(self.undo, [pending.incident_id])
            if shown is not None and shown.key == ALL_ON_THEIR_WAY:
                undo = shown.undo
            self._window.toast.show(Message(key="action.offline", kind="waiting", undo=undo))

    def refused(self, _pending: Pending, error: ApiError) -> None:
        """The server would not."""
        self._window.refuse(error)
        self._window.hurry()


def _others(reader: Reader, incident: Incident) -> list[Ref]:
    """Whom the next level would have paged beside the reader."""
    return [each for each in wording.next_level(incident.escalation) if each.id != reader.id]

"""What the fake server's verbs make of an incident."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from shared.domain.incidents import Situation, legal_verbs, refusal
from shared.wire.incidents import Incident, MergedInto, Responder, Snooze, Verb
from shared.wire.lists import Ref
from tests.kit import night
from tests.kit.night import ANA, BO, JONAS, MEI, NOW

PEOPLE = {each.id: each for each in (JONAS, BO, ANA, MEI)}
PARTS: dict[str, Verb] = {"responders": "add_responders", "comments": "comment", "followers": "follow"}
UNDOABLE = ("acknowledge", "unacknowledge", "snooze", "unsnooze", "resolve", "reassign", "reopen")


def after(found: Incident, part: str, body: dict[str, Any], others: list[Incident]) -> Incident | str:
    """The incident after a verb, or the code of its refusal."""
    verb: Verb = PARTS.get(part) or msgspec.convert(part, Verb)
    if verb == "undo":
        before = next(each for each in night.incidents() if each.id == found.id)
        return msgspec.structs.replace(before, rev=found.rev + 1)
    why = refusal(verb, _situation(found), now=NOW)
    if why is not None:
        return why.code
    changed = msgspec.structs.replace(found, rev=found.rev + 1, **_change(found, verb, body, others))
    undo_until = NOW + timedelta(seconds=5) if verb in UNDOABLE else None
    changed = msgspec.structs.replace(changed, undo_until=undo_until)
    return msgspec.structs.replace(changed, can=legal_verbs(_situation(changed), now=NOW))


def _situation(found: Incident) -> Situation:
    return Situation(
        state=found.state,
        is_snoozed=found.snoozed_until is not None,
        is_merged=found.merged_into is not None,
        undo_until=found.undo_until,
    )


def _until(snooze: Snooze) -> datetime:
    return snooze.until or NOW + timedelta(seconds=snooze.seconds or 0)


def _change(found: Incident, verb: Verb, body: dict[str, Any], others: list[Incident]) -> dict[str, Any]:
    quiet: dict[str, Any] = {"waits_for_me": False, "paging": [], "next": None}
    taken = {"state": "acknowledged", "acknowledged_at": NOW, "acknowledged_by": JONAS, **quiet}
    again = {"state": "triggered", "acknowledged_at": None, "acknowledged_by": None, "snoozed_until": None}
    people = [PEOPLE[each] for each in body.get("user_ids", [])]
    match verb:
        case "acknowledge":
            return {**taken, "escalation": night.escalation(running=False)}
        case "snooze":
            return {**taken, "snoozed_until": _until(msgspec.convert(body, Snooze))}
        case "unacknowledge" | "unsnooze" | "reopen":
            return {**again, "paging": [JONAS], "waits_for_me": True}
        case "resolve":
            return {"state": "resolved", "resolved_at": NOW, "resolved_by": JONAS, **quiet, **body}
        case "escalate":
            return {"paging": [BO], "waits_for_me": False, "next": None}
        case "reassign":
            return {**again, "paging": people or [ANA], "waits_for_me": False, "next": None}
        case "merge":
            into = next(each for each in others if each.id == body["into"])
            target = MergedInto(id=into.id, number=into.number, title=into.title)
            return {"state": "resolved", "resolved_at": NOW, "merged_into": target, **quiet}
        case "add_responders":
            called = [Responder(user=each, state="asked", at=NOW, asked_by=JONAS) for each in people]
            return {"responders": [*found.responders, *called]}
        case "follow":
            return {"followers": [*found.followers, *(people or [Ref(JONAS.id, JONAS.name)])]}
        case _:
            return {}

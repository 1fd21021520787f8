"""What the fake server's verbs make of an incident."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from shared.domain.incidents.allowed_verbs import Situation, legal_verbs, refusal
from shared.wire.incidents import (
    Escalation,
    EscalationStep,
    EscalationTarget,
    Incident,
    MergedInto,
    NextPage,
    Responder,
    Snooze,
    Verb,
)
from shared.wire.lists import Ref
from tests.kit import night
from tests.kit.night import ANA, BO, JONAS, MEI, NOW

PEOPLE = {each.id: each for each in (JONAS, BO, ANA, MEI)}
PARTS: dict[str, Verb] = {"responders": "add_responders", "comments": "comment", "followers": "follow"}
UNDOABLE = ("acknowledge", "snooze", "resolve", "escalate")


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


def _at(step: EscalationStep, at: datetime) -> EscalationStep:
    return msgspec.structs.replace(step, at=at)


def _begun_anew(people: list[Ref]) -> dict[str, Any]:
    """A run that has not paged yet: those who were chosen, then the team's managers; or the first level of a policy."""
    chosen = [EscalationTarget(kind="user", id=each.id, name=each.name, people=[each]) for each in people]
    first = chosen or [EscalationTarget(kind="schedule", id="s-plat", name="Platform", people=[MEI])]
    last = EscalationTarget(kind="fallback", id="t-pay", name="Payments", people=[ANA])
    steps = [
        EscalationStep(level=1, state="next", at=NOW, targets=first),
        EscalationStep(level=2, state="next", at=night.ahead(5), targets=[last]),
    ]
    policy = None if people else Ref("p-plat", "Platform working hours")
    run = Escalation(policy=policy, state="running", level=0, levels=1, next_at=NOW, steps=steps)
    paged = [each for target in first for each in target.people]
    coming = NextPage(at=NOW, level=1, names=[each.name for each in paged], people=paged)
    return {"escalation": run, "next": coming}


def _change(found: Incident, verb: Verb, body: dict[str, Any], others: list[Incident]) -> dict[str, Any]:
    quiet: dict[str, Any] = {"waits_for_me": False, "paging": [], "next": None}
    taken = {"state": "acknowledged", "acknowledged_at": NOW, "acknowledged_by": JONAS, **quiet}
    again = {"state": "triggered", "acknowledged_at": None, "acknowledged_by": None, "snoozed_until": None}
    people = [PEOPLE[each] for each in body.get("user_ids", [])]
    match verb:
        case "acknowledge":
            return {**taken, "snoozed_until": None, "escalation": night.escalation(running=False)}
        case "snooze":
            kept = quiet if found.state == "acknowledged" else taken
            return {**kept, "state": "acknowledged", "snoozed_until": _until(msgspec.convert(body, Snooze))}
        case "unacknowledge" | "reopen":
            return {**again, "paging": [JONAS], "waits_for_me": True}
        case "resolve":
            ended = {"state": "resolved", "resolved_at": NOW, "resolved_by": JONAS, "snoozed_until": None}
            return {**ended, **quiet, **body}
        case "escalate":
            # As the server answers: the step is due, and taken afterwards.
            run = night.escalation(running=True)
            steps = [run.steps[0], _at(run.steps[1], NOW), _at(run.steps[2], night.ahead(5))]
            coming = NextPage(at=NOW, level=2, names=[BO.name], people=[BO])
            run = msgspec.structs.replace(run, next_at=NOW, steps=steps)
            return {**again, "waits_for_me": False, "next": coming, "escalation": run}
        case "reassign":
            return {**again, **quiet, "why": [], **_begun_anew(people)}
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
            return {"snoozed_until": None} if verb == "unsnooze" else {}

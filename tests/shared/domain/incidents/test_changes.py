"""What every change is like, whatever the verb: it can be written, and what is undone is as it was."""

from datetime import timedelta
from typing import Any, get_args

import msgspec
import pytest

from shared.domain.incidents.allowed_verbs import Condition, Refusal, Verb
from shared.domain.incidents.changes import (
    Restore,
    Resume,
    Stop,
    TakeBackSteps,
)
from shared.domain.incidents.timeline import KINDS
from tests.shared.domain.incidents.cases import (
    DECIDE,
    INCIDENTS,
    NEXT_AT,
    NOW,
    case_of,
    changed,
    stands,
    undoable,
)

CONDITIONS: tuple[Condition, ...] = get_args(Condition)
STANDS: Stop = Stop(2, NEXT_AT)


@pytest.mark.parametrize("verb", DECIDE)
@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("has_run", [True, False])
def test_whatever_is_changed_can_be_written(verb: Verb, condition: Condition, has_run: bool) -> None:
    incident = undoable(condition, "acknowledge") if verb == "undo" else INCIDENTS[condition]
    facts: dict[str, Any] = {"incident": incident} | ({} if has_run else {"run": None})
    found = DECIDE[verb](case_of(condition, **facts))
    if isinstance(found, Refusal):
        return
    for entry in found.entries:
        assert set(entry.args) == set(KINDS[entry.kind])
    assert found.run is None or has_run, "what isn't there neither stops nor goes on"
    assert found.wakes_at is None or not found.awake
    snoozed_until = found.of(incident).snoozed_until
    assert (snoozed_until is None) or found.wakes_at == snoozed_until or verb == "add_responders"
    if incident.snoozed_until is not None and snoozed_until is None:
        assert found.awake, "nothing wakes what no longer sleeps"
    if found.is_turn:
        assert found.of(incident).silenced_until is None


@pytest.mark.parametrize("verb", ["acknowledge", "snooze", "resolve", "escalate"])
@pytest.mark.parametrize("condition", ["triggered", "acknowledged", "snoozed"])
def test_what_is_undone_is_as_it_was(verb: Verb, condition: Condition) -> None:
    case = case_of(condition, groups=("i",), queued=1)
    found = DECIDE[verb](case)
    if isinstance(found, Refusal):
        return
    after, run = found.of(case.incident), case.run
    assert run is not None
    moved = {"state": "running" if isinstance(found.run, Resume) else "stopped"}
    moved |= {"position": found.run.position} if found.run else {}
    undone = changed(
        "undo",
        case_of(condition, incident=after, run=msgspec.structs.replace(run, **moved), now=NOW + timedelta(seconds=2)),
    )
    assert stands(undone.of(after)) == stands(case.incident)
    if condition == "triggered":
        assert (undone.run, undone.pages) == (Resume(2, NEXT_AT), Restore(NOW))
    else:
        assert undone.run == (STANDS if verb == "escalate" else None)
    assert undone.steps == (TakeBackSteps(2) if verb == "escalate" else None)
    assert undone.wakes_at == case.incident.snoozed_until
    assert undone.call_unanswered_at == NOW

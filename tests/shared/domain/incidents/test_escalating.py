"""Who is paged besides: the place where the run goes on, a cycle of one's own, silences that are overruled."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared.domain.incidents.allowed_verbs import Verb
from shared.domain.incidents.changes import (
    Change,
    Resume,
    Start,
)
from shared.domain.incidents.escalating import escalate
from tests.shared.domain.incidents.cases import (
    LATER,
    NEXT_AT,
    NOW,
    OPEN,
    OTHERS,
    RUN,
    STOPPED,
    case_of,
    changed,
)


def test_a_level_that_was_reached_is_not_paged_twice() -> None:
    assert changed("unacknowledge", case_of("acknowledged", has_reached=True)).run == Resume(2, NEXT_AT)
    past = msgspec.structs.replace(STOPPED, next_at=NOW - timedelta(seconds=1))
    assert changed("unacknowledge", case_of("acknowledged", has_reached=True, run=past)).run == Resume(2, NOW)


@pytest.mark.parametrize(
    ("position", "level", "goes_on_at"), [(2, 1, 0), (2, 3, 2), (3, 1, 0), (4, 1, 3), (5, 3, 5), (6, 2, 4), (9, 1, 3)]
)
def test_escalating_to_a_level_stays_in_the_round(position: int, level: int, goes_on_at: int) -> None:
    found = escalate(case_of("triggered", run=msgspec.structs.replace(RUN, position=position)), level=level)
    assert isinstance(found, Change)
    assert found.run == Resume(goes_on_at, NOW)
    assert found.entries[-1].args == {"level": level, "levels": 3}


def test_without_a_run_the_fallback_is_paged() -> None:
    escalated = changed("escalate", case_of("triggered", run=None))
    handed_back = changed("unacknowledge", case_of("acknowledged", run=None))
    for found in (escalated, handed_back):
        assert (found.run, found.start) == (None, Start(3, None))


def test_other_people_are_paged_in_a_cycle_of_their_own() -> None:
    found = changed("reassign", case_of("triggered", queued=2))
    assert (found.start, found.new["cycle"], found.frees_called) == (Start(4, OTHERS), 4, True)
    assert found.entries[-1].args == {"people": ["Cy"], "policy": None, "cancelled": 2}


@pytest.mark.parametrize("verb", ["escalate", "reassign"])
@pytest.mark.parametrize("silenced_until", [None, LATER])
def test_who_wants_others_paged_overrules_what_silences_hold(verb: Verb, silenced_until: Any) -> None:
    incident = msgspec.structs.replace(OPEN, silenced_until=silenced_until)
    found = changed(verb, case_of("triggered", incident=incident))
    assert found.new.get("pages_anyway", False) == (silenced_until is not None)

"""Which facts a verb is refused on, and what an undo keeps."""

from datetime import timedelta
from typing import get_args

import pytest

from shared.domain.incidents.allowed_verbs import REFUSED, Condition, Refusal, Verb
from shared.domain.incidents.case import Case
from shared.domain.incidents.timeline import Who
from tests.shared.domain.incidents.cases import (
    ANA,
    BO,
    DECIDE,
    NOW,
    OPEN,
    case_of,
    changed,
    undoable,
)

CONDITIONS: tuple[Condition, ...] = get_args(Condition)


@pytest.mark.parametrize("verb", [verb for verb in DECIDE if verb != "undo"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_verb_is_refused_where_the_table_says_so_and_nowhere_else(verb: Verb, condition: Condition) -> None:
    found = DECIDE[verb](case_of(condition))
    code = found.code if isinstance(found, Refusal) else None
    assert code == REFUSED[verb].get(condition)


def test_nobody_undoes_what_somebody_else_did() -> None:
    found = DECIDE["undo"](case_of("acknowledged", incident=undoable("acknowledged", "acknowledge"), by=BO))
    assert isinstance(found, Refusal)
    assert found.code == "not_yours_to_undo"


@pytest.mark.parametrize(
    ("by", "after_s", "code"),
    [(ANA, 0, None), (ANA, 10, None), (ANA, 11, "too_late_to_undo"), (BO, 11, "too_late_to_undo")],
)
def test_an_undo_has_its_time(by: Who, after_s: int, code: str | None) -> None:
    incident, now = undoable("acknowledged", "acknowledge"), NOW + timedelta(seconds=after_s)
    found = DECIDE["undo"](case_of("acknowledged", incident=incident, by=by, now=now))
    assert (found.code if isinstance(found, Refusal) else None) == code


def test_sources_take_nothing_back_and_have_nothing() -> None:
    by = Who("integration", "prometheus")
    after = changed("acknowledge", case_of("triggered", by=by)).of(OPEN)
    assert (after.state, after.acknowledged_by, after.undo) == ("acknowledged", None, None)


def test_a_case_without_facts_is_one_that_just_began() -> None:
    assert changed("acknowledge", Case(incident=OPEN, now=NOW)).run is None

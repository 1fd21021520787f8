"""Who follows an incident, and of what followers get a notice."""

from datetime import timedelta

import pytest

from shared.domain.incidents.allowed_verbs import Condition, Refusal, Verb
from shared.domain.incidents.case import Follower
from shared.domain.incidents.changes import Change
from shared.domain.incidents.following import NOTABLE, UNDOABLE, UNNOTICED, Notice, follow, notices_of, unfollow
from shared.domain.incidents.timeline import KINDS, Entry
from tests.shared.domain.incidents.cases import ANA, DECIDE, INCIDENTS, NOW, case_of, undoable

BO, CY = Follower("bo", "Bo"), Follower("cy", "Cy")


def test_new_followers_are_named_and_the_others_go_on() -> None:
    found = follow(case_of("triggered", followers=(BO,)), people=[BO, CY])
    line = Entry("followers_added", {"people": ["Cy"]}, ANA)
    assert found == Change(entries=(line,), commutes=True, follows=("cy",))


def test_whoever_follows_already_changes_nothing() -> None:
    assert follow(case_of("triggered", followers=(BO, CY)), people=[CY]) == Change()


def test_whoever_leaves_is_named() -> None:
    line = Entry("follower_removed", {"person": "Bo"}, ANA)
    found = unfollow(case_of("resolved", followers=(BO, CY)), id="bo")
    assert found == Change(entries=(line,), commutes=True, unfollows="bo")


def test_whoever_does_not_follow_leaves_nothing() -> None:
    assert unfollow(case_of("triggered", followers=(BO,)), id="cy") == Change()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_notable_entry_is_one_notice(kind: str) -> None:
    entries = [Entry("described", {}), Entry(kind, {})]
    at = NOW + timedelta(seconds=5) if kind in UNDOABLE else NOW
    notices = (Notice(kind, at),) if kind in NOTABLE else ()
    assert notices_of(case_of("triggered", is_followed=True), entries) == notices
    assert notices_of(case_of("triggered"), entries) == ()


@pytest.mark.parametrize("verb", DECIDE)
@pytest.mark.parametrize("condition", INCIDENTS)
def test_nobody_has_to_ask_who_follows_before_what_is_never_notable(verb: Verb, condition: Condition) -> None:
    incident = undoable(condition, "resolve") if verb == "undo" else INCIDENTS[condition]
    found = DECIDE[verb](case_of(condition, incident=incident))
    if not isinstance(found, Refusal) and verb in UNNOTICED:
        assert not NOTABLE & {entry.kind for entry in found.entries}

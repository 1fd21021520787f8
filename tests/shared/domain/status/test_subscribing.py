"""A scope says who hears of what."""

from datetime import timedelta

import pytest

from shared.domain.status.subscribing import WAITS, Scope, is_for, wait_after

PARTS = ("checkout", "api")


@pytest.mark.parametrize(
    ("scope", "hears"),
    [
        (Scope(), True),
        (Scope(is_for_all=False), False),
        (Scope(is_for_all=False, component_ids=("api", "web")), True),
        (Scope(is_for_all=False, component_ids=("web",)), False),
        (Scope(is_for_all=False, event_ids=("e1",)), True),
        (Scope(is_for_all=False, event_ids=("e2",)), False),
        (Scope(is_for_all=False, component_ids=("web",), event_ids=("e1",)), True),
    ],
)
def test_all_components_or_one_event(scope: Scope, hears: bool) -> None:
    assert is_for(scope, event_id="e1", component_ids=PARTS) == hears


def test_an_event_that_names_no_component_is_for_those_who_want_all_or_itself() -> None:
    some = Scope(is_for_all=False, component_ids=PARTS)
    assert not is_for(some, event_id="e1", component_ids=())
    assert is_for(Scope(), event_id="e1", component_ids=())


def test_a_scope_of_nothing_is_empty() -> None:
    assert Scope(is_for_all=False).is_empty
    assert not Scope(is_for_all=False, event_ids=("e",)).is_empty
    assert not Scope().is_empty


def test_a_letter_is_tried_for_some_hours_each_time_later() -> None:
    waits = [wait_after(n) for n in range(1, len(WAITS) + 2)]
    assert waits == [*WAITS, None]
    assert list(WAITS) == sorted(WAITS)
    assert timedelta(hours=2) < sum(WAITS, timedelta()) < timedelta(hours=4)

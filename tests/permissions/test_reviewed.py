"""The reviewed table and the server know the same operations."""

import pytest

from tests.permissions.requests import OPERATIONS
from tests.permissions.reviewed import LEFT, ONE, OUTSIDE, READS, REVIEWED


def test_every_operation_was_reviewed_and_every_reviewed_one_exists() -> None:
    assert set(OPERATIONS) - set(OUTSIDE) - set(REVIEWED) == set()
    assert (set(REVIEWED) | set(OUTSIDE)) - set(OPERATIONS) == set()


@pytest.mark.parametrize("name", sorted(REVIEWED))
def test_the_handler_declares_what_was_reviewed(name: str) -> None:
    assert OPERATIONS[name].opt["permission"] == REVIEWED[name].permission


@pytest.mark.parametrize("name", sorted(OUTSIDE))
def test_what_has_no_name_is_public(name: str) -> None:
    assert OPERATIONS[name].opt["permission"] == "public"


@pytest.mark.parametrize("name", sorted(REVIEWED))
def test_what_changes_something_says_what_it_leaves_in_the_trail(name: str) -> None:
    audit = REVIEWED[name].audit
    if OPERATIONS[name].is_changing:
        assert audit in (ONE, LEFT) or audit.startswith("none: ")
    else:
        assert audit == READS

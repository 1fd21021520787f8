"""Refusals that many rooms give have one code each."""

import pytest

from server.kernel.errors import PreconditionFailed
from server.kernel.refusals import name_taken, no_offset, require_rev


@pytest.mark.parametrize("rev", [None, 4])
def test_a_change_on_what_is_there_goes_on(rev: int | None) -> None:
    require_rev(4, rev)


@pytest.mark.parametrize("rev", [0, 3, 5])
def test_a_change_on_anything_else_is_refused(rev: int) -> None:
    with pytest.raises(PreconditionFailed) as refused:
        require_rev(4, rev)
    assert "4" in refused.value.detail


def test_a_taken_name_is_a_conflict_and_a_missing_offset_names_its_field() -> None:
    taken, flaw = name_taken("another team"), no_offset("starts_at")
    assert (taken.status, taken.code, taken.detail) == (409, "name_taken", "another team has this name")
    assert (flaw.field, flaw.code) == ("starts_at", "no_offset")

"""Refusals that many rooms give have one code each."""

import dataclasses

import pytest
from msgspec import structs

from server.kernel.errors import PreconditionFailed
from server.kernel.refusals import no_offset, require_rev
from shared.domain.flaws import no_offset as flaw_without_offset


@pytest.mark.parametrize("rev", [None, 4])
def test_a_change_on_what_is_there_goes_on(rev: int | None) -> None:
    require_rev(4, rev)


@pytest.mark.parametrize("rev", [0, 3, 5])
def test_a_change_on_anything_else_is_refused(rev: int) -> None:
    with pytest.raises(PreconditionFailed) as refused:
        require_rev(4, rev)
    assert "4" in refused.value.detail


def test_a_missing_offset_names_its_field() -> None:
    flaw = no_offset("starts_at")
    assert structs.asdict(flaw_without_offset("starts_at")) == dataclasses.asdict(flaw), "the same words in the domain"
    assert (flaw.field, flaw.code) == ("starts_at", "no_offset")

"""A silence keeps the level that was due, and its end pages whom the run had reached."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared.domain.incidents.changes import (
    Hush,
    Resume,
    Stop,
)
from shared.domain.incidents.silencing import silence, silence_over
from shared.domain.incidents.timeline import Entry
from tests.shared.domain.incidents.cases import (
    LATER,
    NOW,
    OPEN,
    RUN,
    STOPPED,
    case_of,
)


@pytest.mark.parametrize(
    ("back_s", "levels_back_s", "stop"),
    [
        (-1, None, Stop(2, NOW + timedelta(seconds=1))),
        (0, None, Stop(3, NOW)),
        (0, -60, Stop(2, NOW + timedelta(seconds=60))),
    ],
)
def test_a_silence_keeps_the_level_that_was_due_as_the_one_to_page(back_s: int, levels_back_s: Any, stop: Stop) -> None:
    levels_at = None if levels_back_s is None else NOW - timedelta(seconds=levels_back_s)
    run = msgspec.structs.replace(RUN, next_at=NOW - timedelta(seconds=back_s), levels_at=levels_at)
    found = silence(case_of("triggered", run=run, queued=2), until=LATER)
    assert (found.run, found.pages, found.new) == (stop, Hush(), {"silenced_until": LATER})
    assert found.entries == (Entry("silenced", {"until": LATER, "cancelled": 2}),)


def test_a_silence_that_holds_it_still_is_told_once() -> None:
    incident = msgspec.structs.replace(OPEN, silenced_until=LATER)
    found = silence(case_of("triggered", incident=incident, run=STOPPED), until=LATER)
    assert (found.new, found.entries, found.run, found.pages) == ({}, (), None, Hush())


def test_after_a_silence_the_level_that_was_reached_is_paged() -> None:
    found = silence_over(case_of("triggered", run=STOPPED))
    assert (found.run, found.new, found.is_turn) == (Resume(1, NOW), {"silenced_until": None}, True)

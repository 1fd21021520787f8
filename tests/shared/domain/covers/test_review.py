"""What a request for cover still asks once its matter has changed."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from shared.domain.covers.review import Closing, Matter, Revision, held_hours, revise
from shared.domain.on_call.shifts import Shift

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def at(hour: float) -> datetime:
    return NOON + timedelta(hours=hour)


MATTER = Matter(
    start=at(0),
    end=at(8),
    requester_id="ana",
    waiting=("bo", "cy"),
    accepted_by=None,
    is_archived=False,
    held=((at(0), at(8)),),
    gone=frozenset(),
)


def revised(**changes: object) -> Revision | None:
    return revise(msgspec.structs.replace(MATTER, **changes))


def test_what_stands_as_it_was_stays() -> None:
    assert revised() is None
    assert revised(waiting=()) is None
    assert revised(gone=frozenset({"di"})) is None
    assert revised(unable=frozenset({"di", "ana"})) is None


@pytest.mark.parametrize(
    ("changes", "closing"),
    [
        ({"is_archived": True}, "ended"),
        ({"is_archived": True, "gone": frozenset({"ana"}), "held": ()}, "ended"),
        ({"gone": frozenset({"ana"})}, "left"),
        ({"gone": frozenset({"ana"}), "held": ()}, "left"),
        ({"held": ()}, "moved"),
    ],
)
def test_nothing_to_ask_about_closes_it(changes: dict[str, object], closing: Closing) -> None:
    assert revised(**changes) == Revision(closing=closing)


def test_hours_that_became_somebody_elses_are_cut_off_and_out() -> None:
    for held in (((at(1), at(6)),), ((at(0), at(2)), (at(4), at(8))), ((at(1), at(2)), (at(4), at(6)))):
        assert revised(held=held) == Revision(parts=held)


def test_who_is_gone_answers_no_more_and_the_last_of_them_ends_it() -> None:
    assert revised(gone=frozenset({"bo"})) == Revision(leaves=("bo",))
    assert revised(gone=frozenset({"bo", "cy"})) == Revision(leaves=("bo", "cy"), closing="unanswered")
    assert revised(gone=frozenset({"bo"}), unable=frozenset({"cy"})) == Revision(
        leaves=("bo", "cy"), closing="unanswered"
    )
    assert revised(unable=frozenset({"bo"}), waiting=("bo",), accepted_by="cy") == Revision(leaves=("bo",))
    assert revised(gone=frozenset({"bo"}), accepted_by="cy") == Revision(leaves=("bo",))
    taken = revised(gone=frozenset({"cy"}), accepted_by="cy")
    assert taken == Revision(leaves=("cy",), loses_taker=True), "the others are asked again"
    alone = revised(gone=frozenset({"cy"}), accepted_by="cy", waiting=("cy",))
    assert alone == Revision(leaves=("cy",), loses_taker=True, closing="unanswered")
    unable = revised(unable=frozenset({"cy"}), accepted_by="cy")
    assert unable == Revision(leaves=("cy",), loses_taker=True)


def shift(user_id: str, start: float, end: float, role_id: str | None = None) -> Shift:
    return Shift(start=at(start), end=at(end), user_id=user_id, role_id=role_id)


def test_held_hours_are_the_persons_own_in_one_piece_where_they_touch() -> None:
    made = [
        shift("ana", 4, 9),
        shift("ana", -2, 2),
        shift("ana", 2, 3, "backup"),
        shift("bo", 3, 4),
        shift("ana", 1, 2),
    ]
    assert held_hours(made, "ana", at(0), at(8)) == ((at(0), at(3)), (at(4), at(8)))
    assert held_hours(made, "cy", at(0), at(8)) == ()
    assert held_hours(made, "ana", at(3), at(4)) == ()

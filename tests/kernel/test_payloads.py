"""What a due row is about is kept as it always was, so that rows outlast releases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import pytest

from server.accounts.people.mail import MAIL, AccountMail
from server.covers.notify import HANDED, Handed
from server.covers.requests import COVER_NOTICE, CoverNotice
from server.delivery.enqueue import RECEIVED, Received
from server.escalation.runs import ADVANCE
from server.incidents.follower_notices import NOTIFY, EntryRef
from server.kernel.database import Priority, Writes
from server.kernel.due import Claimed, Duties, Kind
from server.schedules.shift_changes import REVIEW, Changed
from server.services.silences import BEGUN, ENDED, Looked

ID = "01a1fc16-e000-73c5-bd14-c22268549a25"
AT = "2026-11-21T04:00:00.123456+00:00"
LONGEST_REF = 120
KEPT: list[tuple[Kind[Any], Any, str]] = [
    (MAIL, AccountMail("invitation", ID), f"invitation {ID}"),
    (MAIL, AccountMail("reset", ID), f"reset {ID}"),
    (MAIL, AccountMail("claimed", ID, "bo"), f"claimed {ID} bo"),
    (RECEIVED, Received(ID, "seen"), f"{ID}.seen"),
    (NOTIFY, EntryRef(ID, "resolved", 1_796_000_000_000_000), f"{ID}/resolved/1796000000000000"),
    (COVER_NOTICE, CoverNotice(ID, "asked"), f"{ID}/asked"),
    (COVER_NOTICE, CoverNotice(ID, "asked", but="bo"), f"{ID}/asked/bo"),
    (COVER_NOTICE, CoverNotice(ID, "taker_left", taker=ID), f"{ID}/taker_left//{ID}"),
    (HANDED, Handed(ID, "given"), f"{ID}/given"),
    (HANDED, Handed(ID, "taken_back", ID, AT), f"{ID}/taken_back/{ID}/{AT}"),
    (REVIEW, Changed(ID), ID),
    (BEGUN, Looked(ID), ID),
    (ENDED, Looked(ID, after="z"), f"{ID}/z"),
]


@pytest.mark.parametrize(("kind", "payload", "ref"), KEPT, ids=lambda each: str(each))
def test_a_payload_is_kept_as_its_row_says_it_and_read_again(kind: Kind[Any], payload: Any, ref: str) -> None:
    assert payload.as_ref() == ref
    assert kind.read(ref) == payload
    assert len(ref) <= LONGEST_REF, "a row has no room for more"


def test_every_kind_that_says_more_than_an_id_stands_in_this_table() -> None:
    assert {kind.payload for kind, _, _ in KEPT} == {type(payload) for _, payload, _ in KEPT}
    assert ADVANCE.read(ID) == ID


@pytest.mark.parametrize("ref", ["", "01a1", f"{ID}/resolved", f"{ID}/resolved/soon"])
def test_what_nobody_wrote_is_an_error(ref: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        NOTIFY.read(ref)


ONE, OTHER = Kind("test.one", Priority.PAGE), Kind("test.other", Priority.BULK)


def duties() -> Duties:
    """Both kinds are handled by one class, which takes one part and makes the other itself."""
    made = Duties()

    @made.handles(ONE, at_once=64, aside=448)
    @made.handles(OTHER, at_once=1, in_batches=True, may_be_late=True)
    @dataclass(frozen=True)
    class _Both:
        app_url: str
        most: int = 3

        async def __call__(self, _: Claimed, __: datetime) -> Writes:
            return Writes()

    return made


def test_a_handler_is_made_once_of_the_parts_that_it_names() -> None:
    bindings = duties().bind({"app_url": "https://here", "secrets": None})
    assert list(bindings) == [ONE, OTHER]
    one, other = bindings[ONE], bindings[OTHER]
    assert one.handler is other.handler
    assert vars(one.handler) == {"app_url": "https://here", "most": 3}
    assert (one.at_once, one.aside, one.in_batches, one.may_be_late) == (64, 448, False, False)
    assert (other.at_once, other.aside, other.in_batches, other.may_be_late) == (1, 0, True, True)


def test_a_part_that_nobody_has_is_told_before_anything_runs() -> None:
    with pytest.raises(KeyError, match="app_url"):
        duties().bind({})


def test_a_kind_has_one_handler() -> None:
    made = duties()
    with pytest.raises(ValueError, match=r"test\.one"):
        made.handles(ONE)(object)  # pyright: ignore[reportArgumentType] refused before it is looked at

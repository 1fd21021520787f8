"""A page shows as many as were asked for, and says where the next one begins."""

import pytest

from server.kernel.errors import Invalid
from server.kernel.http import cut, decode_cursor, encode_cursor


def place(row: int) -> tuple[int]:
    return (row,)


@pytest.mark.parametrize("found", [[], [1], [1, 2]])
def test_the_last_page_has_no_cursor(found: list[int]) -> None:
    assert cut(found, 2, place) == (found, None)


def test_one_row_too_many_is_not_shown_and_the_cursor_stands_at_the_last_that_is() -> None:
    shown, more = cut([1, 2, 3], 2, place)
    assert shown == [1, 2]
    assert more == encode_cursor(2)


def test_a_cursor_gives_back_what_it_was_made_of() -> None:
    assert decode_cursor(encode_cursor(7, "Ana"), int, str) == (7, "Ana")


@pytest.mark.parametrize("cursor", ["", "nonsense", "é", encode_cursor("7"), encode_cursor(7, 8)])
def test_what_is_no_cursor_of_this_list_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        decode_cursor(cursor, int)
    assert [(flaw.field, flaw.code) for flaw in refused.value.errors] == [("cursor", "bad_cursor")]

"""What a reader of the history is told."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.domain.differences import Difference, differences

PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"name": "a"}, {"name": "a"}, []),
        ({"name": "a", "rounds": 1}, {"name": "b", "rounds": 1}, [Difference("name", "a", "b")]),
        (
            {"levels": [{"delay_s": 60}, {"delay_s": 300}]},
            {"levels": [{"delay_s": 60}, {"delay_s": 900}]},
            [Difference("levels[1].delay_s", 300, 900)],
        ),
        ({"levels": [{"a": 1}]}, {"levels": []}, [Difference("levels[0]", {"a": 1}, None)]),
        ({"labels": ["a", "b"]}, {"labels": ["a"]}, [Difference("labels", ["a", "b"], ["a"])]),
        (None, {"name": "a"}, [Difference("", None, {"name": "a"})]),
    ],
)
def test_a_difference_names_the_field_that_changed(before: Any, after: Any, expected: list[Difference]) -> None:
    assert differences(before, after) == expected


@given(VALUES)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert differences(value, value) == []


def said(value: Any) -> Any:
    """Without what is nothing, in objects and lists of objects."""
    if isinstance(value, dict):
        return {name: said(each) for name, each in value.items() if each is not None}
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return [said(each) for each in value]
    return value


@given(VALUES, VALUES)
@example([{"a": False}, {}], [{"a": False}, {"a": None}])
def test_whatever_differs_is_told_and_every_difference_is_one(before: Any, after: Any) -> None:
    told = differences(before, after)
    assert all(each.before != each.after for each in told)
    assert bool(told) == (said(before) != said(after))

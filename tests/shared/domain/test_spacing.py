"""Chinese beside other scripts."""

import pytest

from shared.domain.spacing import needs_space


@pytest.mark.parametrize(
    ("before", "after", "needed"),
    [
        ("将呼叫", "Bo", True),
        ("Bo", "请你协助", True),
        ("第", "3", True),
        ("将呼叫", "王芳", False),
        ("将呼叫 ", "Bo", False),
        ("“", "Bo", False),
        ("Bo", "。", False),
        ("page ", "Bo", False),
        ("", "Bo", False),
        ("将呼叫", "", False),
    ],
)
def test_a_space_stands_where_a_word_or_a_number_touches_chinese(before: str, after: str, needed: bool) -> None:
    assert needs_space(before, after) is needed

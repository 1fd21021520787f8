"""The list of planted bugs doesn't rot: each can still be planted, and its tests are still there."""

import ast
from collections import Counter

import pytest

from tests.architecture.sources import ROOT
from tests.planted.bugs import Bug, load_bugs

BUGS = load_bugs()


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_can_be_planted_and_its_tests_are_there(bug: Bug) -> None:
    planted = bug.planted_in((ROOT / bug.file).read_text("utf-8"))
    assert planted is not None, f"{bug.file} has changed there: write the bug anew"
    assert bug.new != bug.old
    if bug.file.endswith(".py"):
        ast.parse(planted)
    for test in bug.tests:
        file, *names = test.split("[")[0].split("::")
        text = (ROOT / file).read_text("utf-8")
        assert all(f" {name}(" in text for name in names), test


def test_each_bug_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(bug.name for bug in BUGS).items() if count > 1] == []

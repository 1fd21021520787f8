"""The list of planted bugs doesn't rot: each can still be planted, and its tests are still there."""

import ast
from collections import Counter

import pytest

from tests.architecture.sources import ROOT
from tests.planted.__main__ import is_chosen
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


def test_what_a_bug_replaces_stands_once_or_it_is_stale() -> None:
    bug = Bug(name="b", line="10.A1", file="f", old="if a:", new="if not a:", tests=())
    assert bug.planted_in("if a: x") == "if not a: x"
    assert (bug.planted_in("if b: x"), bug.planted_in("if a: x\nif a: y")) == (None, None)


def test_bugs_are_chosen_by_name_and_by_lines() -> None:
    bug = Bug(name="b", line="10.A14", file="f", old="", new="", tests=())
    for names, is_meant in (([], True), (["b"], True), (["10.A14"], True), (["10.A"], True), (["10"], True)):
        assert is_chosen(bug, names) == is_meant
    assert not any(is_chosen(bug, [name]) for name in ("10.A1", "10.B", "12.8", "bug"))


def test_each_bug_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(bug.name for bug in BUGS).items() if count > 1] == []

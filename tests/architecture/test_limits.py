"""No test fails because a machine is slow: only what hangs is ended, by the one limit of pyproject.toml."""

import ast

from hypothesis import settings

from tests.architecture.sources import modules, place, tree


def test_no_property_has_a_deadline() -> None:
    found = [
        place(path, node.value)
        for path in modules("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.keyword) and node.arg == "deadline"
        if not (isinstance(node.value, ast.Constant) and node.value.value is None)
    ]
    assert found == []


def test_what_says_nothing_of_deadlines_has_none() -> None:
    assert settings.default is not None
    assert settings.default.deadline is None


def test_no_test_has_a_limit_of_its_own() -> None:
    found = [
        place(path, node)
        for path in modules("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "timeout" and ast.unparse(node.value).endswith("mark")
    ]
    assert found == []

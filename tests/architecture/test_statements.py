"""Every statement says what it reads."""

import ast

from tests.architecture.sources import modules, place, tree


def test_what_is_read_is_named() -> None:
    found = [
        place(path, node)
        for path in modules("server")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "SELECT *" in node.value
    ]
    assert found == [], "`<fields>` stands for the fields of the struct that is read"

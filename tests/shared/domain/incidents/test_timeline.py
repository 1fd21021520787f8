"""Every kind of line is written by somebody, with the arguments that it carries."""

import ast

from shared.domain.incidents.timeline import KINDS
from tests.architecture.sources import modules, place, tree


def written() -> list[tuple[str, str, ast.expr]]:
    """Where, the kind, and the arguments of each `Entry` in the code."""
    return [
        (place(path, node), kind.value, node.args[1])
        for path in modules("server", "shared")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Entry"
        if len(node.args) > 1 and isinstance(kind := node.args[0], ast.Constant) and isinstance(kind.value, str)
    ]


def test_no_kind_is_left_over_and_none_is_unknown() -> None:
    assert {kind for _, kind, _ in written()} == set(KINDS)


def test_lines_carry_the_arguments_of_their_kind() -> None:
    said = {
        (where, kind): {key.value for key in args.keys if isinstance(key, ast.Constant)}
        for where, kind, args in written()
        if isinstance(args, ast.Dict) and None not in args.keys
    }
    assert {key: names for key, names in said.items() if names != set(KINDS[key[1]])} == {}

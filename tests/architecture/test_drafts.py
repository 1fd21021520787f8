"""Forms: drafts are structs, places in them expressions, and nothing counts up to be drawn again."""

import ast
import re

from tests.architecture.sources import ROOT, modules, tree

APP = ROOT / "mobile_app" / "src" / "phone"
NOT_FORMS = {"console/audit"}
"""What the audit trail kept is JSON of every shape there ever was: it is read, and never sent."""
DOTTED = re.compile(r"[a-z_]+(\.(\d+|[a-z_]+|\{\}))+")
WRITERS = {"choose", "type", "edit", "value", "place", "then"}


def _app() -> list[tuple[str, ast.AST]]:
    return [
        (path.relative_to(APP).as_posix(), tree(path)) for path in modules("mobile_app") if path.is_relative_to(APP)
    ]


def _called(node: ast.Call) -> str:
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def test_no_form_of_the_console_casts() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, module in _app()
        if name.startswith("console/") and not any(name.startswith(f"{room}/") for room in NOT_FORMS)
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and _called(node) == "cast"
    ]
    assert found == []


def test_no_place_of_a_draft_is_a_text() -> None:
    found = [
        f"{name}:{node.lineno} {ast.unparse(node)}"
        for name, module in _app()
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and _called(node) in WRITERS and node.args and _is_dotted(node.args[0])
    ]
    assert found == []


def _is_dotted(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values)
        return DOTTED.fullmatch(text) is not None
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and DOTTED.fullmatch(node.value) is not None


def test_nothing_counts_up_to_be_drawn_again() -> None:
    """A number that is raised and read by nobody."""
    found: list[str] = []
    for name, module in _app():
        for node in ast.walk(module):
            is_redraw = isinstance(node, ast.Call) and re.search("draw", _called(node)) and _raises(node.args)
            is_count = isinstance(node, ast.AugAssign) and "draw" in ast.unparse(node.target)
            if is_redraw or is_count:
                found.append(f"{name} {ast.unparse(node)}")
    assert found == []


def _raises(given: list[ast.expr]) -> bool:
    return any(isinstance(each, ast.BinOp) and isinstance(each.op, ast.Add) for each in given)


def test_what_is_typed_goes_to_a_draft() -> None:
    """Not into a list of one, a dictionary, or an attribute by its name: nothing watches those, and no type holds."""
    found = [
        f"{name}:{node.lineno} {ast.unparse(node)}"
        for name, module in _app()
        for node in ast.walk(module)
        if isinstance(node, ast.Lambda)
        and isinstance(node.body, ast.Call)
        and _called(node.body) in ("__setitem__", "setattr")
    ]
    assert found == []

"""What many rooms need is written once."""

import ast
import re

from tests.architecture.sources import modules, place, tree


def test_old_revisions_are_refused_in_one_place() -> None:
    """`require_rev` and `moved_on` are the words for it."""
    raised = [
        place(path, node)
        for path in modules("server")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "PreconditionFailed"
    ]
    assert [each.partition(":")[0] for each in raised] == ["server/kernel/refusals.py"]


def test_pages_are_cut_in_one_place() -> None:
    """`cut` knows what is shown and where the next page goes on."""
    encoding = [
        place(path, node)
        for path in modules("server")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "encode_cursor"
    ]
    assert [each.partition(":")[0] for each in encoding] == ["server/kernel/http/pages.py"]


def test_names_of_people_are_read_in_one_place() -> None:
    """Joins aside, and what is asked of somebody besides their name."""
    by_hand = re.compile(r"SELECT (id, )?name FROM user_account( WHERE id (=|IN) :\w+)?( UNION .*)?")
    reading = [
        place(path, node)
        for path in modules("server")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and by_hand.fullmatch(node.value)
    ]
    assert {each.partition(":")[0] for each in reading} == {"server/accounts/access/names.py"}


def test_what_answers_requests_holds_no_statement() -> None:
    """Handlers say who may and what is asked; what is read stands beside them."""
    asking = {"rows", "row", "values", "value", "select", "insert", "update", "sql", "query"}
    answering = [path for path in modules("server") if path.stem.endswith("api")]
    assert len(answering) > 30
    assert [
        place(path, node)
        for path in answering
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in asking
    ] == []

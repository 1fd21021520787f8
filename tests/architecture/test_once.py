"""What many rooms need is written once."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import imported, modules, place, tree

OTHER_NAMES = {
    "invitations.NewInvitation",
    "schedules.GroupAddress",
    "schedules.LayerInput",
    "sessions.MeChange",
    "sessions.Setup",
}
"""May be empty, or are one's own, which forms without the app check by themselves."""


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


def test_what_many_rooms_refuse_has_one_check() -> None:
    """A name that is taken, a text that says nothing, a zone that isn't, and an instant without an offset."""
    wanted = {
        ("blank", "server/accounts/access/ownership.py"),
        ("blank", "server/incidents/by_hand.py"),
        ("blank", "server/incidents/verbs.py"),
        ("blank", "server/kernel/reading/misfits.py"),
        ("blank", "shared/domain/flaws.py"),
        ("unknown_time_zone", "server/status_pages/pages.py"),
        ("unknown_time_zone", "shared/domain/flaws.py"),
        ("name_taken", "server/accounts/access/ownership.py"),
        ("no_offset", "server/kernel/refusals.py"),
        ("no_offset", "shared/domain/flaws.py"),
    }
    found = {
        (node.value, place(path))
        for path in modules("server", "shared")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and node.value in ("name_taken", "blank", "unknown_time_zone", "no_offset")
    }
    assert found == wanted, "the kernel knows nothing of the domain; a test holds both to the same words"


def test_names_that_people_give_are_of_one_type() -> None:
    """`shared/wire/names`: what may be empty, or is a person's whole form, checks itself."""
    given = {
        f"{path.stem}.{node.name}"
        for path in modules("shared")
        if path.parent.name == "wire"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Written" for base in node.bases)
        for each in node.body
        if isinstance(each, ast.AnnAssign) and ast.unparse(each.target) == "name"
        if not re.fullmatch(r"(Long|Short)?Name( \| None)?", ast.unparse(each.annotation))
    }
    assert given == OTHER_NAMES


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
    assert [place(path, node) for path in answering for node in _named(tree(path), asking)] == []


def _named(module: ast.Module, names: set[str]) -> Iterator[ast.AST]:
    """Called or not: `ask = db.rows` asks later, and so do `getattr(db, "rows")` and another name for `select`."""
    called = {id(node.func) for node in ast.walk(module) if isinstance(node, ast.Call)}
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr in names:
            if id(node) in called or ast.unparse(node.value).rpartition(".")[2] == "db":
                yield node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            by_text = {each.value for each in node.args if isinstance(each, ast.Constant)}
            if node.func.id in names or (node.func.id == "getattr" and by_text & names):
                yield node
    yield from (node for node, name in imported(module) if name.removeprefix("server.kernel.database.") in names)

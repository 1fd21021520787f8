"""Whatever people are sent is made in few places: notices by one `send`, pages where they are planned and cleared."""

import ast
from collections.abc import Iterator

from tests.architecture.sources import modules, place, tree

MAKES = {
    "server/notices/send.py": {"Message", "enqueue"},
    "server/pages/render.py": {"Message"},
    "server/pages/plan.py": {"enqueue"},
    "server/pages/clear.py": {"Message", "enqueue"},
}


def _made() -> Iterator[tuple[str, str]]:
    for path in modules("server"):
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"Message", "enqueue"}
            ):
                yield place(path), node.func.id


def test_messages_are_made_and_queued_where_they_are_to_be() -> None:
    found: dict[str, set[str]] = {}
    for where, what in _made():
        found.setdefault(where, set()).add(what)
    assert found == MAKES

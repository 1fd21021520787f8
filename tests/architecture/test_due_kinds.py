"""Whatever can be armed is handled: each kind is declared once, with its priority, and bound once."""

import ast
import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator
from typing import Any

import server
from server.kernel.due import Kind
from tests.architecture.sources import modules, place, tree
from tests.kit.world import World


def _declared() -> Iterator[tuple[str, Kind]]:
    """(module, kind) of every call of `Kind` in the server, which stands at a module's top."""
    for found in pkgutil.walk_packages(server.__path__, "server."):
        if ".migrations" in found.name:
            continue
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            for kind in _kinds_in(value):
                yield found.name, kind


def _kinds_in(value: Any) -> list[Kind]:
    if isinstance(value, dict):
        return [each for each in value.values() if isinstance(each, Kind)]
    return [value] if isinstance(value, Kind) else []


async def test_every_kind_is_bound_with_the_priority_it_is_armed_with(world: World) -> None:
    declared = {str(kind): kind for _, kind in _declared()}
    bound = {str(kind): kind for kind in world.engine.due.bindings}
    assert declared.keys() == bound.keys()
    assert all(declared[name] is bound[name] for name in declared)
    assert frozenset(world.engine.auditor.kinds) == bound.keys()


def test_a_kind_is_declared_at_the_top_of_a_module_and_once() -> None:
    names: list[str] = []
    for path in modules("server"):
        calls = [node for node in ast.walk(tree(path)) if _declares(node)]
        at_top = [node for each in tree(path).body if isinstance(each, ast.Assign) for node in ast.walk(each)]
        assert [place(path, call) for call in calls if call not in at_top] == []
        names += [ast.unparse(call.args[0]) for call in calls if isinstance(call, ast.Call)]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert len(names) == len({str(kind) for _, kind in _declared()})


def _declares(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Kind", "DueKind")

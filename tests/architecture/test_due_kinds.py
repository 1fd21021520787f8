"""Whatever can be armed is handled: each kind is declared once, with its priority, and bound once."""

import ast
import importlib
import pkgutil
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import structs

import server
from server.kernel.due import Kind, Payload
from tests.architecture.sources import ROOT, modules, place, tree
from tests.architecture.test_owners import declared
from tests.kit.world import World


def _declared() -> Iterator[tuple[str, Kind[Any]]]:
    """(module, kind) of every call of `Kind` in the server, which stands at a module's top."""
    for found in pkgutil.walk_packages(server.__path__, "server."):
        if ".migrations" in found.name:
            continue
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            for kind in _kinds_in(value):
                yield found.name, kind


def _kinds_in(value: Any) -> list[Kind[Any]]:
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


ARMS = ("arm", "arm_unless_armed", "bring_forward")
ROW = re.compile(r"^\| `(?P<kind>[a-z_.]+)` \| (?P<rest>.+) \|$", re.MULTILINE)


def _armed_by() -> dict[str, set[str]]:
    """For each kind, the modules that arm it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in modules("server"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ARMS and node.args:
                for kind in _named(path, node.args[1]):
                    found[kind].add(place(path).removeprefix("server/").removesuffix(".py"))
    return found


def _named(path: Path, node: ast.expr) -> list[Kind[Any]]:
    """The kinds that an argument may be: a constant of the module, one of a table, or what a loop goes through."""
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    loops = [each for each in ast.walk(tree(path)) if isinstance(each, ast.For)]
    for loop in loops:
        if isinstance(loop.target, ast.Name) and loop.target.id in names:
            names |= {each.id for each in ast.walk(loop.iter) if isinstance(each, ast.Name)}
    held = vars(importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)))
    found = [kind for name in sorted(names) for kind in _kinds_in(held.get(name))]
    assert found or path.parts[-2] == "due", f"{place(path, node)}: which kind?"
    return found


async def test_the_table_of_kinds_says_what_is_so(world: World) -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition("\n## Due kinds\n")[2].partition("\n## ")[0]
    armed_by = _armed_by()
    wanted = {
        str(kind): [
            kind.priority.name.lower(),
            ", ".join(f"`{module}`" for module in sorted(armed_by[kind])),
            f"`{type(binding.handler).__name__}`",
            str(binding.at_once) + (f" + {binding.aside}" if binding.aside else ""),
        ]
        for kind, binding in world.engine.due.bindings.items()
    }
    said = {row["kind"]: row["rest"].split(" | ") for row in ROW.finditer(text)}
    assert {kind: [*cells[:3], cells[4]] for kind, cells in said.items()} == wanted
    assert list(said) == sorted(said)
    assert all(cells[3] for cells in said.values())


def test_the_table_says_what_a_row_is_about() -> None:
    """Of a kind with a payload its fields as they are kept, of others the one thing whose id the ref is."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition("\n## Due kinds\n")[2].partition("\n## ")[0]
    said = {row["kind"]: row["rest"].split(" | ")[3] for row in ROW.finditer(text)}
    kinds = {str(kind): kind for _, kind in _declared()}
    things = {*declared().values(), "channel"}
    for name, cell in said.items():
        payload = kinds[name].payload
        if issubclass(payload, Payload):
            assert cell == _told(payload), name
        elif cell != "`all`":
            thing = cell.removeprefix("an ").removeprefix("a ").replace(" ", "_")
            assert thing in things, name


def _told(payload: type[Payload]) -> str:
    """Its fields in their order, as they are kept: a field with a default may be missing."""
    parts = [f"`{each.name}`" if each.required else f"[`{each.name}`]" for each in structs.fields(payload)]
    return f" {payload.separator.strip()} ".join(parts).replace("  ", " ")

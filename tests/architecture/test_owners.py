"""One owner for each table: a room writes its own tables only, and reads its own and those of lower rooms.

A column that another room keeps in a table's row is that room's (decision 50): it alone writes the column, and of the
rest of the row it may read what names it.
"""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from inspect import ismodule
from pathlib import Path
from typing import Any

import pytest
from piccolo.table import Table

from tests.architecture.sources import ROOT, modules, tree

OWNERS = {
    "accounts": "user_account team membership permission_set set_permission permission_grant invitation audit chain"
    " session recovery_code password_reset api_key pairing_code contact_code",
    "delivery": "address delivery way_out channel_setting message_privacy",
    "timeline": "timeline tally",
    "services": "service integration integration_health service_change rule silence service_calendar",
    "notices": "notification_rules",
    "pages": "notification waiting",
    "schedules": "schedule schedule_member override on_call_role planned_turn shift_notice shift_change time_off"
    " calendar_feed",
    "covers": "cover_request cover_asked time_off_calendar",
    "shift_notices": "shift_remark",
    "escalation": "escalation_policy policy_target escalation_run escalation_step",
    "incidents": "alert incident incident_responder incident_follower saved_filter",
    "pipeline": "event lane",
    "status_pages": "status_page status_image status_group status_component status_event status_update"
    " status_update_version status_event_link status_template status_rule status_match status_proposal"
    " status_publication status_subscriber status_letter",
    "paging_health": "coverage_warning",
    "kernel": "due idempotency change counter attempt",
}
COLUMNS = {"timeline": {"incident": {"timeline_n", "timeline_hash", "sealed_n", "rev"}}}
"""By the room that keeps them in a row of another room's table."""
NAMES = {"incident": {"id", "number", "team_id"}}
"""What says which row it is: whoever keeps columns in it may read these too."""
NAMED = re.compile(r"\b(?P<verb>DELETE FROM|FROM|JOIN|INTO|UPDATE)\s+\"?(?P<table>[a-z_]+)")
BESIDE = re.compile(r"\bFROM\s+[a-z_]+(?:\s+[a-z_]+)?(?P<more>(?:,\s*[a-z_]+)+)")
"""Tables after the first of one FROM."""
HIDDEN = re.compile(r"\b(DELETE FROM|FROM|JOIN|INTO|UPDATE)\s+\?")
BUILT = {"incidents/lists/filtering.py", "pipeline/search.py"}
"""Reads that are put together from parts of their own room."""
READING = {"living", "select"}
CHANGES = {"delete", "insert", "update"}
TELLING = {"publish_change_of", "publish_to_each", "touch_each"}
"""Functions of the kernel that are given a table to read its ids."""
WRITES = {"INTO", "UPDATE", "DELETE FROM"}
SET = re.compile(r"\bSET\s+(?P<sets>.*?)(?:\s+WHERE\b|$)", re.DOTALL)
LISTED = re.compile(r"\bINTO\s+(?P<table>[a-z_]+)\s*\((?P<columns>[^)]*)\)")
WORD = re.compile(r"(?<![:\w.'])(?:(?P<of>[a-z_]+)\.)?(?P<word>[a-z_]+)\b(?!\s*\()")


@cache
def owners() -> dict[str, str]:
    return {table: room for room, tables in OWNERS.items() for table in tables.split()}


@cache
def heights() -> dict[str, int]:
    """How high each room stands, as the import contract says."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each.get("containers") == ["server"])
    return {name: -n for n, layer in enumerate(layers) for name in re.findall(r"\w+", layer)}


@cache
def declared() -> dict[str, str]:
    """Each table by the class that declares it."""
    return {
        node.name: ast.literal_eval(keyword.value)
        for path in modules("server")
        if path.parent.name == "tables" or path.name == "tables.py"
        for node in tree(path).body
        if isinstance(node, ast.ClassDef)
        for keyword in node.keywords
        if keyword.arg == "tablename"
    }


@cache
def columns_of(table: str) -> frozenset[str]:
    """All columns of a table, as the class that declares it says."""
    found = next(node for path in modules("server") for node in _classes(path) if node[0] == table)
    return frozenset(target.id for each in found[1].body for target in _targets(each))


def _classes(path: Path) -> Iterator[tuple[str, ast.ClassDef]]:
    if path.parent.name == "tables" or path.name == "tables.py":
        for node in tree(path).body:
            if isinstance(node, ast.ClassDef):
                yield from ((ast.literal_eval(each.value), node) for each in node.keywords if each.arg == "tablename")


def _targets(node: ast.stmt) -> list[ast.Name]:
    return [each for each in node.targets if isinstance(each, ast.Name)] if isinstance(node, ast.Assign) else []


def texts(module: ast.Module) -> Iterator[str]:
    """Every statement of a file; constants of its own stand where an f-string names them."""
    constants = {
        name.id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
        for name in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(name, ast.Name) and isinstance(node.value.value, str)
    }
    inner = {id(part) for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(_part(part, constants) for part in node.values)


def _part(part: ast.expr, constants: dict[str, str]) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    named = part.value if isinstance(part, ast.FormattedValue) else None
    return constants.get(named.id, "?") if isinstance(named, ast.Name) else "?"


def columns_in(text: str, table: str) -> set[str]:
    """The columns of a table that a statement names; what is another table's by its name is not meant."""
    others = {found["table"] for found in NAMED.finditer(text)} & owners().keys() - {table}
    theirs = {column for other in others for column in columns_of(other)}
    mine = {found["word"] for found in WORD.finditer(text) if found["of"] == table}
    plain = {found["word"] for found in WORD.finditer(text) if found["of"] is None}
    return (mine | (plain - theirs)) & columns_of(table)


def set_in(text: str, table: str) -> set[str]:
    """The columns of a table that a statement writes."""
    sets = SET.search(text) if re.search(rf"\bUPDATE\s+{table}\b", text) else None
    found = set(re.findall(r"\b([a-z_]+)\s*=", sets["sets"])) if sets else set[str]()
    for listed in LISTED.finditer(text):
        found |= set(re.findall(r"[a-z_]+", listed["columns"])) if listed["table"] == table else set()
    return found & columns_of(table)


def keeps_to_its_columns(room: str, text: str, table: str) -> bool:
    """Whether a room that keeps columns in another's row touches those alone."""
    mine = COLUMNS.get(room, {}).get(table)
    if mine is None or "?" in text:
        return False
    return columns_in(text, table) <= mine | NAMES[table] and set_in(text, table) <= mine


def uses(path: Path, room: str) -> Iterator[tuple[str, str]]:
    """(writes or reads, table) for every table that a file names, but for columns of its own in others' rows."""
    module = tree(path)
    for text in texts(module):
        for found in NAMED.finditer(text):
            if found["table"] in owners() and not keeps_to_its_columns(room, text, found["table"]):
                yield "writes" if found["verb"] in WRITES else "reads", found["table"]
        for found in BESIDE.finditer(text):
            for table in re.findall(r"[a-z_]+", found["more"]):
                if table in owners() and not keeps_to_its_columns(room, text, table):
                    yield "reads", table
    found = _named(module, held_by(path))
    read = {each for each, _ in _read(module, found)}
    yield from (("reads" if each in read else "writes", table) for each, table in found.items())


@cache
def held_by(path: Path) -> Mapping[str, Any]:
    """What a file's names stand for, those that its functions import included."""
    return vars(importlib.import_module(name_of(path))) | dict(_imported_within(tree(path)))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imported_within(module: ast.Module) -> Iterator[tuple[str, Any]]:
    """What functions import for themselves."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node not in module.body and (node.module or "").startswith("server."):
            held = importlib.import_module(node.module or "")
            for alias in node.names:
                with suppress(ModuleNotFoundError):
                    importlib.import_module(f"{node.module}.{alias.name}")
                yield alias.asname or alias.name, getattr(held, alias.name, None)


def _named(module: ast.Module, held: Mapping[str, Any]) -> dict[int, str]:
    """Where a file names a table's class, by whatever name and through whatever module; not where it is told of."""
    told_of = {
        id(each)
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TELLING
        for each in node.args
    }
    return {
        id(node): found._meta.tablename
        for node in ast.walk(module)
        if isinstance(node, ast.Name | ast.Attribute) and id(node) not in told_of
        if isinstance(found := meant(node, held), type) and issubclass(found, Table) and found is not Table
    }


def meant(node: ast.expr, held: Mapping[str, Any]) -> Any:
    """What a name of the module, or of a module that it names, stands for."""
    if isinstance(node, ast.Name):
        return held.get(node.id)
    within = meant(node.value, held) if isinstance(node, ast.Attribute) else None
    return getattr(within, node.attr, None) if isinstance(node, ast.Attribute) and ismodule(within) else None


def _read(module: ast.Module, named: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """The places where a table is named to be read: `select(Table)`, and columns of it."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and id(node.value) in named:
            if node.attr not in CHANGES:
                yield id(node.value), named[id(node.value)]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in READING:
            yield from ((id(each), named[id(each)]) for each in node.args[:1] if id(each) in named)


def writers_of(table: str) -> Iterator[str]:
    """The files that write a table, within `server`."""
    for path in modules("server"):
        place = path.relative_to(ROOT / "server")
        if place.parts[0] != "tables" and ("writes", table) in uses(path, place.parts[0]):
            yield str(place)


def borrowed() -> set[str]:
    """`room/file writes|reads table`, for what is neither its own nor, when it reads, a lower room's."""
    found = set[str]()
    for path in modules("server"):
        room, *rest = path.relative_to(ROOT / "server").with_suffix("").parts
        if room == "tables":
            continue
        for verb, table in uses(path, room):
            owner = owners()[table]
            is_lower = verb == "reads" and heights()[owner] < heights().get(room, 0)
            if owner != room and not is_lower:
                found.add(f"{'/'.join((room, *rest))} {verb} {table}")
    return found


def test_every_table_has_one_owner() -> None:
    assert sorted(owners()) == sorted(declared().values())
    assert sum(len(tables.split()) for tables in OWNERS.values()) == len(owners())


def test_columns_that_a_room_keeps_in_anothers_row_are_written_by_it_alone() -> None:
    for keeper, tables in COLUMNS.items():
        for table, columns in tables.items():
            assert owners()[table] != keeper
            assert columns <= columns_of(table)
            assert not columns & NAMES[table]
            for path in modules("server"):
                room = path.relative_to(ROOT / "server").parts[0]
                if room not in (keeper, "tables"):
                    for text in texts(tree(path)):
                        assert not set_in(text, table) & columns, f"{path}: {text}"


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("UPDATE incident SET rev = rev + 1, timeline_n = timeline_n + :entries WHERE id = :id", True),
        ("UPDATE incident SET rev = rev + 1, title = :title WHERE id = :id", False),
        ("UPDATE incident SET rev = rev + 1 WHERE id = :id AND state = 'triggered'", False),
        ("UPDATE incident SET number = :number WHERE id = :id", False),
        ("INSERT INTO timeline (incident_id, n, kind) SELECT id, timeline_n - :back, :kind FROM incident", True),
        ("INSERT INTO timeline (incident_id, n, kind) SELECT id, cycle, :kind FROM incident", False),
        ("SELECT tally.title, number FROM tally JOIN incident ON incident.id = incident_id", True),
        ("SELECT incident.title FROM tally JOIN incident ON incident.id = incident_id", False),
        ("SELECT open_alert_count FROM incident WHERE id IN :ids", False),
    ],
)
def test_a_statement_is_read_by_its_columns(text: str, is_kept: bool) -> None:
    assert keeps_to_its_columns("timeline", text, "incident") == is_kept


def test_one_file_writes_incidents() -> None:
    """In SQL or by a query of Piccolo's, one row or many; timeline keeps columns of its own there."""
    assert set(writers_of("incident")) == {"incidents/write.py"}


def test_nobody_touches_what_belongs_to_another_room() -> None:
    assert borrowed() == set(), "ask its owner, or move the cut"


def test_the_page_on_architecture_says_whose_each_table_is() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    rows = re.findall(r"^\| `server/(\w+)` \|.*\| ((?:`\w+` ?)*)\|$", page, re.MULTILINE)
    assert {room: tables.replace("`", "").split() for room, tables in rows if tables} == {
        room: tables.split() for room, tables in OWNERS.items()
    }


def test_no_statement_hides_whose_table_it_touches() -> None:
    hidden = {
        path.relative_to(ROOT / "server").as_posix()
        for path in modules("server")
        if not path.is_relative_to(ROOT / "server/kernel")
        for text in texts(tree(path))
        if HIDDEN.search(text)
    }
    assert hidden == BUILT

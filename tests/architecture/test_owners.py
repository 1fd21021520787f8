"""One owner for each table: a room writes its own tables only, and reads its own and those of lower rooms.

What breaks that today stands in `borrowed.txt`, a line each; the list may only become shorter.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.sources import ROOT, modules, tree

BORROWED = Path(__file__).with_name("borrowed.txt")
OWNERS = {
    "accounts": "user_account team membership permission_set permission_grant invitation audit chain session"
    " recovery_code password_reset api_key pairing_code contact_code",
    "delivery": "address delivery way_out channel_setting message_privacy",
    "timeline": "timeline tally",
    "services": "service integration integration_health service_change rule silence service_calendar",
    "notices": "notification_rules",
    "notifications": "notification waiting",
    "schedules": "schedule override on_call_role planned_turn shift_notice shift_change time_off calendar_feed",
    "covers": "cover_request time_off_calendar",
    "shift_notices": "shift_remark",
    "escalation": "escalation_policy escalation_run escalation_step",
    "incidents": "alert incident incident_responder incident_follower saved_filter",
    "pipeline": "event lane",
    "paging_health": "coverage_warning",
    "kernel": "due idempotency change counter attempt",
}
NAMED = re.compile(r"\b(?P<verb>DELETE FROM|FROM|JOIN|INTO|UPDATE)\s+\"?(?P<table>[a-z_]+)")
WRITES = {"INTO", "UPDATE", "DELETE FROM"}


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


def uses(path: Path) -> Iterator[tuple[str, str]]:
    """(writes or reads, table) for every table that a file names."""
    classes = declared()
    module = tree(path)
    mine = {
        alias.asname or alias.name: classes[alias.name]
        for node in module.body
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(("server.tables", "server.kernel.tables"))
        for alias in node.names
        if alias.name in classes
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for found in NAMED.finditer(node.value):
                if found["table"] in owners():
                    yield "writes" if found["verb"] in WRITES else "reads", found["table"]
        elif isinstance(node, ast.Name) and node.id in mine:
            yield "writes", mine[node.id]


def borrowed() -> set[str]:
    """`room/file writes|reads table`, for what is neither its own nor, when it reads, a lower room's."""
    found = set[str]()
    for path in modules("server"):
        room, *rest = path.relative_to(ROOT / "server").with_suffix("").parts
        if room == "tables" or not rest:
            continue
        for verb, table in uses(path):
            owner = owners()[table]
            is_lower = verb == "reads" and heights()[owner] < heights()[room]
            if owner not in (room, "kernel") and not is_lower:
                found.add(f"{room}/{'/'.join(rest)} {verb} {table}")
    return found


def test_every_table_has_one_owner() -> None:
    assert sorted(owners()) == sorted(declared().values())
    assert sum(len(tables.split()) for tables in OWNERS.values()) == len(owners())


def test_nobody_touches_what_belongs_to_another_room() -> None:
    listed = set(BORROWED.read_text("utf-8").splitlines())
    assert borrowed() - listed == set(), "ask its owner, or move the cut"
    assert listed - borrowed() == set(), "mended: take it out of the list"

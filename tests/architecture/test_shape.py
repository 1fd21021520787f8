"""Files stay small and are named after what they do."""

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

from tests.architecture.sources import ROOT, files, modules, place, tree

MAX_LINES = 400
MAX_FILES = 25
UNLIMITED = {"shared/wire": "one file per resource"}
WRITTEN = (".py", ".pyi", ".js", ".css", ".html", ".md", ".toml", ".sh", ".dart", ".kt", ".swift")
NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "service", "base", "data", "info"}
CONTRACTS = {f"server/{family}/base.py" for family in ("integrations", "channels", "datasources", "importers")}
GROUND = {"mobile_app/src/phone/base", "tests/mobile_app/base"}
"""What every part of the app stands on; within it `base` says nothing."""
OF_NO_ROOM = {"architecture", "budgets", "chaos", "e2e", "permissions", "planted", "stories", "storms"}
"""Tests of the whole."""
OF_A_WHOLE_ROOM = {
    "accounts/audit": "audit",
    "accounts/people": "roles told visibility",
    "accounts/reach": "reach",
    "accounts/sign_in": "fresh priorities session_machine",
    "answers": "actions owners",
    "channels": "contract cover_notice fakes payload",
    "covers": "cover_buttons covers guards",
    "delivery": "can_leave",
    "escalation": "who_can_answer",
    "incidents": "assigning machine numbers private_merge reopening saved_filters snooze telling undo",
    "incidents/paging": "hanging_and_gone runs stray_rows unreached",
    "ingest": "answers durable forgiving idempotency many_labels mutants one_bad_field pagerduty_paths"
    " power_cut storm unknown_keys unreadable",
    "integrations": "contract one_bad_field",
    "kernel": "all_at_once answers bodies ending misfits one_process payloads postgres_commits queries"
    " small_parts strangers strict_http",
    "notices": "wording",
    "pages": "cleared provider_errors receipts",
    "paging_health": "auditor heads",
    "pipeline": "lanes order plans rules silenced_runs silences",
    "schedules": "named saving",
    "services": "rule_effects service_calendars",
    "status_pages/site": "access",
    "timeline": "guards unsealing",
}
"""Tests of what several files of a room do together, by its folder; a test of one file is named like it."""
NOUNLESS = {"Known", "Kept", "Wanted", "Row", "Condition"}
SILENCED = re.compile(r"# *(noqa(: *[A-Z]+\d+(, *[A-Z]+\d+)*)?|(pyright|type): ignore(\[[\w, -]+\])?)(?P<why>.*)")
WORDS = re.compile(r"Utils?|Helpers?|Common|Manager|Base")


def test_no_file_is_longer_than_a_reader_keeps_in_mind() -> None:
    apart = [path for path in ROOT.iterdir() if path.suffix in WRITTEN or path.name == "Makefile"]
    written = [path for path in files(*WRITTEN) if "fixtures" not in path.parts]
    lines = {place(path): len(path.read_text("utf-8").splitlines()) for path in (*written, *apart)}
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}


def test_no_room_has_more_files_than_one_can_hold_in_the_head() -> None:
    counts = Counter(place(path.parent) for path in modules("server", "shared", "mobile_app"))
    assert {room: count for room, count in counts.items() if count > MAX_FILES and room not in UNLIMITED} == {}


def test_no_module_has_a_name_that_fits_anything() -> None:
    named = [
        path
        for path in modules()
        if path.stem in NAMES or (path.parent.name in NAMES and place(path.parent) not in GROUND)
    ]
    assert [place(path) for path in named if place(path) not in CONTRACTS] == []


def test_no_class_has_a_name_that_fits_anything() -> None:
    found = [
        f"{place(path, node)} {node.name}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and WORDS.search(node.name)
    ]
    assert found == []


def test_a_struct_of_the_server_says_whose_row_or_what_it_keeps() -> None:
    """`Known`, `Kept`, `Wanted` and `_Row` get their noun in front or behind."""
    found = {
        f"{place(path)} {node.name}"
        for path in modules("server", "shared")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and node.name.lstrip("_") in NOUNLESS
    }
    assert found == set()


def test_every_module_says_in_one_line_what_it_does() -> None:
    found: list[str] = []
    for path in modules():
        if path.name == "__init__.py" and not path.read_text("utf-8").strip():
            continue
        first, *rest = (ast.get_docstring(tree(path)) or "").split("\n")
        if not first or (rest and rest[0]):
            found.append(place(path))
    assert found == []


def test_whoever_silences_a_tool_says_why() -> None:
    found = [
        f"{place(path)}:{number} {silenced[0]}"
        for path in modules()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (silenced := SILENCED.search(line)) and len(silenced["why"].strip(" -(")) < 4
    ]
    assert found == []


def test_the_phone_is_given_all_that_it_shares() -> None:
    listed = tomllib.loads((ROOT / "shared/pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    assert set(listed) == {place(path.parent).replace("/", ".") for path in modules("shared")}


def test_every_pure_module_has_tests_of_its_own_and_they_stand_where_it_does() -> None:
    pure = [path.relative_to(ROOT) for path in modules("shared") if "domain" in path.parts and path.stem != "__init__"]
    tests = {path: _tests_of(path) for path in pure}
    assert [str(path) for path, found in tests.items() if not found] == []
    assert set((ROOT / "tests/shared/domain").rglob("test_*.py")) == set().union(*tests.values())


def test_tests_stand_in_folders_named_like_the_rooms_they_are_about() -> None:
    tests = [path for path in modules("tests") if path.stem.startswith("test_")]
    rooms = {path.parent.relative_to(ROOT / "server") for path in modules("server")}
    app = ROOT / "mobile_app/src/phone"
    rooms |= {"mobile_app" / path.parent.relative_to(app) for path in modules("mobile_app") if app in path.parents}
    folders = {path.parent.relative_to(ROOT / "tests") for path in tests} - rooms
    assert {str(each) for each in folders if each.parts[0] != "shared"} == OF_NO_ROOM


def test_a_test_is_named_like_the_file_it_is_about_or_stands_in_the_list_of_those_about_several() -> None:
    apart, listed = set[str](), {f"{room}/{name}" for room, names in OF_A_WHOLE_ROOM.items() for name in names.split()}
    for path in modules("tests"):
        place = path.relative_to(ROOT / "tests")
        if path.stem.startswith("test_") and place.parts[0] not in {*OF_NO_ROOM, "shared", "mobile_app"}:
            about = {each.stem for each in (ROOT / "server" / place.parent).iterdir() if each.stem != "__pycache__"}
            name = path.stem.removeprefix("test_")
            if not any(name == each or name.startswith(f"{each}_") for each in about):
                apart.add(f"{place.parent}/{name}")
    assert apart - listed == set(), "name it like what it tests"
    assert listed - apart == set(), "it is named like a file now, or gone"


def _tests_of(module: Path) -> set[Path]:
    folder = ROOT / "tests" / module.parent
    return {*folder.glob(f"test_{module.stem}.py"), *folder.glob(f"test_{module.stem}_*.py")}

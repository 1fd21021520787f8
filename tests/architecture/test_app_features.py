"""The app's features: who stands on whom, few files in each, and a kit that knows none of them."""

import re
from collections import Counter

from tests.architecture.sources import ROOT, imported, modules, place, tree

APP = ROOT / "mobile_app" / "src" / "phone"
MOST_FILES = 12
ROOMY = {"kit", "base"}
"""What every feature is drawn with and stands on: as large as a room may be."""
ON_CALL = re.compile(
    r"incident|severity|on_call|on-call|schedule|shift|escalat|cover|polic|service|responder|rota\b", re.I
)
DRAWN = {"ft.Icons.SCHEDULE"}
STANDS_ON = {
    "first_run": {"console", "me"},
    "incidents": {"alerts", "names", "on_call", "rotas", "status"},
    "console": {"alerts", "schedules"},
    "time_off": {"hand_over", "schedules"},
    "on_call": {"covers", "hand_over", "names", "rotas"},
    "schedules": {"alerts", "hand_over", "names", "rotas"},
    "covers": {"hand_over"},
    "hand_over": {"names", "rotas"},
    "me": {"alerts"},
    "outbox": {"alerts"},
    "search": {"alerts"},
    "alerts": {"names"},
    "status": {"names"},
}
"""Whom a feature knows beside the kit and the ground; everything else meets at an address."""


def test_a_feature_knows_no_other_than_it_is_said_to() -> None:
    found: dict[str, set[str]] = {}
    for path in modules("mobile_app"):
        if path.is_relative_to(APP) and path.parent != APP:
            own = path.relative_to(APP).parts[0]
            known = {name.split(".")[1] for _, name in imported(tree(path)) if name.startswith("phone.")}
            found.setdefault(own, set()).update(known - {own, "kit", "base"})
    assert {own: known for own, known in found.items() if known} == STANDS_ON


def test_no_feature_has_more_files_than_one_can_hold_in_the_head() -> None:
    counts = Counter(path.parent.relative_to(APP).as_posix() for path in modules("mobile_app") if APP in path.parents)
    assert {room: count for room, count in counts.items() if count > MOST_FILES + 1 and room not in ROOMY} == {}


def test_the_kit_has_no_word_of_being_on_call() -> None:
    found: list[str] = []
    for path in (APP / "kit").glob("*.py"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            for drawn in DRAWN:
                line = line.replace(drawn, "")
            if ON_CALL.search(line):
                found.append(f"{place(path)}:{number} {line.strip()}")
    assert found == []

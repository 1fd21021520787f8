"""What people write about an incident is recorded as far as it differs, and a severity is theirs or the alerts'."""

import msgspec
import pytest

from shared.domain.alerts import Severity
from shared.domain.incidents.changes import Change
from shared.domain.incidents.editing import Edit, Wording, comment, edit
from shared.domain.incidents.timeline import KINDS, Entry
from tests.shared.domain.incidents.cases import ANA, INCIDENTS, OPEN, case_of

BEFORE = Wording(title="Disk full", description="db-1", impact="none yet")
PINNED = msgspec.structs.replace(OPEN, severity_pinned=True)
FIRING = (Severity.INFO, Severity.CRITICAL)
EDITS = [
    Edit(title=" Disk is full "),
    Edit(title="Disk full "),
    Edit(description="db-2"),
    Edit(description=""),
    Edit(description="db-1"),
    Edit(impact="shop down", method="restarted"),
    Edit(impact=""),
    Edit(impact="none yet", lessons=""),
    Edit(severity=Severity.CRITICAL),
    Edit(severity=Severity.WARNING),
    Edit(severity=Severity.INFO),
    Edit(severity_pinned=True),
    Edit(severity_pinned=False),
    Edit(title="Disk", severity=Severity.INFO, lessons="watch it"),
    Edit(),
]
OUTCOMES = [
    ({"title": "Disk is full"}, "retitled"),
    ({}, ""),
    ({"description": "db-2"}, "described"),
    ({"description": ""}, "described"),
    ({}, ""),
    ({"impact": "shop down", "method": "restarted"}, "reviewed"),
    ({"impact": None}, "reviewed"),
    ({}, ""),
    ({"severity_pinned": True, "severity": Severity.CRITICAL}, "severity_changed"),
    ({"severity_pinned": True}, ""),
    ({"severity_pinned": True, "severity": Severity.INFO}, "severity_changed"),
    ({"severity_pinned": True}, ""),
    ({}, ""),
    (
        {"title": "Disk", "lessons": "watch it", "severity_pinned": True, "severity": Severity.INFO},
        "retitled reviewed severity_changed",
    ),
    ({}, ""),
]


def edited(wanted: Edit) -> Change:
    return edit(case_of("triggered"), BEFORE, wanted)


@pytest.mark.parametrize(("wanted", "outcome"), list(zip(EDITS, OUTCOMES, strict=True)))
def test_what_differs_is_changed_and_recorded(wanted: Edit, outcome: tuple[object, str]) -> None:
    found = edited(wanted)
    assert (found.new, " ".join(entry.kind for entry in found.entries)) == outcome
    assert all(set(entry.args) == set(KINDS[entry.kind]) for entry in found.entries)
    assert found.looks_for_milder == (found.new.get("severity") == Severity.CRITICAL)


def test_a_new_title_names_the_one_before() -> None:
    assert edited(Edit(title="Disk")).entries == (Entry("retitled", {"title": "Disk", "before": "Disk full"}, ANA),)


@pytest.mark.parametrize(
    ("firing", "severity", "kinds"),
    [
        (FIRING, Severity.CRITICAL, ["severity_unpinned", "severity_changed"]),
        ((Severity.WARNING,), Severity.WARNING, ["severity_unpinned"]),
        ((), Severity.WARNING, ["severity_unpinned"]),
    ],
)
def test_unpinned_it_is_the_worst_of_the_open_alerts_again(
    firing: tuple[Severity, ...], severity: Severity, kinds: list[str]
) -> None:
    case, wanted = case_of("triggered", incident=PINNED, firing=firing), Edit(severity_pinned=False)
    assert wanted.unpins(PINNED)
    found = edit(case, BEFORE, wanted)
    after = found.of(PINNED)
    assert (after.severity, after.severity_pinned) == (severity, False)
    assert [entry.kind for entry in found.entries] == kinds


def test_one_that_is_named_stays_pinned_whatever_fires() -> None:
    case = case_of("triggered", incident=PINNED, firing=FIRING)
    assert edit(case, BEFORE, Edit(severity=Severity.INFO)).new == {"severity": Severity.INFO}
    assert not Edit(severity=Severity.INFO).unpins(PINNED)
    assert not Edit(severity_pinned=False).unpins(OPEN)


def test_a_comment_changes_nothing_and_rests_on_nothing() -> None:
    for condition in INCIDENTS:
        said = Entry("commented", {"text": "on it"}, ANA)
        assert comment(case_of(condition), text="on it") == Change(entries=(said,), commutes=True)

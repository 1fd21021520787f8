"""What people write about an incident, and how grave they find it: what each edit changes."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from shared.domain.alerts import Severity
from shared.domain.incidents.allowed_verbs import worst
from shared.domain.incidents.case import Case, IncidentFacts
from shared.domain.incidents.changes import Change
from shared.domain.incidents.timeline import Entry

REVIEW: Final = ("impact", "root_cause", "method", "lessons")
"""What is written once it is over."""


class Wording(Struct, frozen=True, kw_only=True):
    """What is written about it, as it stands."""

    title: str
    description: str | None = None
    impact: str | None = None
    root_cause: str | None = None
    method: str | None = None
    lessons: str | None = None


class Edit(Struct, frozen=True, kw_only=True):
    """What is to be otherwise: what is None stays, an empty text takes one away.

    A severity that is named is pinned; `severity_pinned` as False unpins it.
    """

    title: str | None = None
    description: str | None = None
    severity: Severity | None = None
    severity_pinned: bool | None = None
    impact: str | None = None
    root_cause: str | None = None
    method: str | None = None
    lessons: str | None = None

    def retitles(self, before: Wording) -> bool:
        return self.title is not None and self.title.strip() != before.title

    def unpins(self, incident: IncidentFacts) -> bool:
        """Whether its open alerts say again how grave it is."""
        return incident.severity_pinned and self.severity is None and self.severity_pinned is False


def comment(case: Case, *, text: str) -> Change:
    """Somebody says something; it rests on nothing."""
    return Change(entries=(Entry("commented", {"text": text}, case.by),), commutes=True)


def edit(case: Case, before: Wording, wanted: Edit) -> Change:
    """What differs from before is changed and recorded."""
    parts = (_retitled(case, before, wanted), _reviewed(case, before, wanted), _graded(case, wanted))
    new = {name: value for part in parts for name, value in part.new.items()}
    return Change(
        new=new,
        entries=tuple(entry for part in parts for entry in part.entries),
        looks_for_milder=new.get("severity", case.incident.severity).rank > case.incident.severity.rank,
    )


def _retitled(case: Case, before: Wording, wanted: Edit) -> Change:
    new, entries = dict[str, Any](), list[Entry]()
    if wanted.title is not None and wanted.retitles(before):
        new["title"] = wanted.title.strip()
        entries.append(Entry("retitled", {"title": new["title"], "before": before.title}, case.by))
    if wanted.description is not None and wanted.description != (before.description or ""):
        new["description"] = wanted.description
        entries.append(Entry("described", {}, case.by))
    return Change(new=new, entries=tuple(entries))


def _reviewed(case: Case, before: Wording, wanted: Edit) -> Change:
    given: Mapping[str, str | None] = {name: getattr(wanted, name) for name in REVIEW}
    written = {name: text or None for name, text in given.items() if text is not None}
    new = {name: text for name, text in written.items() if text != getattr(before, name)}
    return Change(new=new, entries=(Entry("reviewed", {"fields": list(new)}, case.by),) if new else ())


def _graded(case: Case, wanted: Edit) -> Change:
    """A severity that is named is pinned; unpinned, it is the worst of the open alerts again."""
    incident, new, entries = case.incident, dict[str, Any](), list[Entry]()
    severity, is_pinned = wanted.severity or incident.severity, wanted.severity is not None
    if not is_pinned:
        is_pinned = incident.severity_pinned if wanted.severity_pinned is None else wanted.severity_pinned
    if wanted.unpins(incident):
        entries.append(Entry("severity_unpinned", {}, case.by))
        severity = worst(case.firing, otherwise=incident.severity)
    if is_pinned != incident.severity_pinned:
        new["severity_pinned"] = is_pinned
    if severity != incident.severity:
        new["severity"] = severity
        entries.append(Entry("severity_changed", {"was": incident.severity, "now": severity}, case.by))
    return Change(new=new, entries=tuple(entries))

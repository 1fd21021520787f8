"""Coverage in sentences: what is proven, and exactly where nobody would be reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from phone.console.form.kind import Known
from phone.console.policies.levels import wait
from phone.console.schedules.shift_changes import span_text
from shared.wire.coverage import Coverage, CoverageHole, CoverageReport
from shared.wire.lists import Ref

SEVERITIES: Final = ("critical", "warning", "info")


@dataclass(frozen=True)
class ServiceCoverage:
    """One service, with its holes first."""

    service: Ref
    team: Ref | None
    holes: tuple[Coverage, ...]
    proven: tuple[Coverage, ...]


def by_service(report: CoverageReport) -> list[ServiceCoverage]:
    """Services with holes first, the earliest hole first; then the proven ones by name."""
    grouped: dict[str, list[Coverage]] = {}
    for each in report.items:
        grouped.setdefault(each.service.id, []).append(each)
    found = [
        ServiceCoverage(
            service=items[0].service,
            team=items[0].team,
            holes=tuple(sorted((each for each in items if each.hole is not None), key=_hole_order)),
            proven=tuple(each for each in items if each.hole is None),
        )
        for items in grouped.values()
    ]
    return sorted(found, key=_service_order)


def _hole_order(each: Coverage) -> tuple[float, int, int]:
    start = each.hole.start.timestamp() if each.hole is not None else 0.0
    return start, each.level, SEVERITIES.index(each.severity.value)


def _service_order(each: ServiceCoverage) -> tuple[bool, float, str]:
    first = _hole_order(each.holes[0])[0] if each.holes else 0.0
    return not each.holes, first, each.service.name.casefold()


def joined(holes: Sequence[Coverage]) -> list[tuple[Coverage, ...]]:
    """Severities of a level with the same hole stand together, to be told once."""
    found: list[list[Coverage]] = []
    for each in holes:
        same = next((one for one in found if (one[0].level, one[0].hole) == (each.level, each.hole)), None)
        if same is None:
            found.append([each])
        else:
            same.append(each)
    return [tuple(each) for each in found]


def where(known: Known, several: Sequence[Coverage]) -> str:
    """ "Level 2, critical and warning"."""
    words = known.words
    names = words.names([words(f"severity.{each.severity.value}") for each in several])
    if several[0].hole is not None and several[0].hole.cause == "no_policy":
        return names
    return words("coverage.level", level=several[0].level, severities=names)


def sentence(known: Known, report: CoverageReport, hole: CoverageHole, zone: tzinfo) -> str:
    """The counter-example: from when to when nobody is reached, and why."""
    words = known.words
    when = span_text(words, hole.start, hole.end, zone)
    if _lasts(report, hole):
        when = words("coverage.whole_time")
    schedules = words.names([each.name for each in hole.schedules])
    within = wait(known, report.within_s)
    return words(f"coverage.cause_{hole.cause}", when=when, schedules=schedules, within=within)


def _lasts(report: CoverageReport, hole: CoverageHole) -> bool:
    return hole.start <= report.start and hole.end >= report.end


def unreached(known: Known, hole: CoverageHole) -> list[str]:
    """Each person who is meant, and why a page would come too late."""
    words, reader = known.words, known.reader
    return [words(f"coverage.why_{each.why}", who=reader.person(each.user)) for each in hole.unreached]


def proven_text(known: Known, report: CoverageReport) -> str:
    """How many are proven of how many, and for how long."""
    days = round((report.end - report.start).total_seconds() / 86_400)
    return known.words("coverage.proven", count=report.proven, total=len(report.items), days=days)


def total_text(known: Known, hole: CoverageHole) -> str:
    """How much of the window is like that, when it is more than the first time."""
    hours = round(hole.total_s / 3600)
    first = (hole.end - hole.start).total_seconds()
    return known.words("coverage.total", count=hours) if hole.total_s > first and hours else ""

"""A service's coming days as one line: where nobody is reached, where one person stands alone, what isn't planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

from phone.console.coverage.sentences import ServiceCoverage
from shared.wire.coverage import Alone, Coverage, CoverageReport

Part = Literal["covered", "thin", "hole", "unplanned"]
RANK: Final[dict[Part, int]] = {"covered": 0, "thin": 1, "unplanned": 2, "hole": 3}
LONG: Final = timedelta(days=7)
"""A hole at the end of what was looked at that lasts so long is a plan that ends, not a gap in one."""


@dataclass(frozen=True)
class Segment:
    """One stretch of the line, of one kind throughout."""

    part: Part
    start: datetime
    end: datetime


def segments(report: CoverageReport, each: ServiceCoverage, days: int) -> list[Segment]:
    """The line from now on for so many days, without a break, the worst of all levels and severities at each time."""
    end = min(report.end, report.start + timedelta(days=days))
    spans = [
        Segment(part, max(start, report.start), min(until, end))
        for part, start, until in (*_holes(report, each.holes), *_thin(each))
        if start < end and until > report.start
    ]
    edges = sorted({report.start, end, *(span.start for span in spans), *(span.end for span in spans)})
    found: list[Segment] = []
    for start, until in pairwise(edges):
        parts: list[Part] = [span.part for span in spans if span.start <= start and until <= span.end]
        part: Part = max(parts, key=RANK.__getitem__) if parts else "covered"
        if found and found[-1].part == part:
            found[-1] = Segment(part, found[-1].start, until)
        else:
            found.append(Segment(part, start, until))
    return found


def _holes(report: CoverageReport, holes: Sequence[Coverage]) -> list[tuple[Part, datetime, datetime]]:
    found: list[tuple[Part, datetime, datetime]] = []
    for each in holes:
        if each.hole is None:
            continue
        for one in (each.hole, *each.hole.again):
            ends_the_plan = (
                each.hole.cause == "nobody_on_call"
                and one.end >= report.end
                and one.start > report.start
                and one.end - one.start >= LONG
            )
            found.append(("unplanned" if ends_the_plan else "hole", one.start, one.end))
    return found


def _thin(each: ServiceCoverage) -> list[tuple[Part, datetime, datetime]]:
    return [("thin", one.start, one.end) for one in alone_of(each)]


def alone_of(each: ServiceCoverage) -> list[Alone]:
    """When nobody stands behind one person, by the severity for which that is soonest; in order."""
    lists = [item.alone for item in (*each.holes, *each.proven) if item.alone]
    return min(lists, key=lambda told: (told[0].start, -len(told))) if lists else []

"""What Configure says of each kind at first sight: what is wrong with one of it, else which there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from phone.base import moments
from phone.console.coverage.sentences import by_service
from phone.console.form.kind import Health, Kind, Known
from shared.wire.coverage import CoverageReport

NAMED: Final = 3


@dataclass(frozen=True)
class Danger:
    """What could keep a page from arriving, and the address where that is mended."""

    told: str
    address: str


def state_of(known: Known, kind: Kind[Any, Any], items: tuple[Any, ...] | None) -> Health:
    """The worst that one of them says of itself, else their names, else what the kind is for."""
    words = known.words
    wrong = _wrong(known, kind, items)
    if wrong:
        item, health = wrong[0]
        told = words("tile.wrong", name=kind.title(known, item), what=health.text)
        return Health(health.tone, words("tile.and_more", told=told, count=len(wrong) - 1) if len(wrong) > 1 else told)
    if not items:
        return Health("quiet", words(f"kind_lead.{kind.slug}"))
    names = [kind.title(known, each) for each in items]
    return Health("quiet", words("list.comma").join(names[:NAMED]) + ("…" if len(names) > NAMED else ""))


def coverage_state(known: Known, report: CoverageReport | None) -> Health:
    """How many services have hours in which nobody is reached."""
    if report is None or not report.items:
        return Health("quiet", known.words("kind_lead.coverage"))
    holes = sum(bool(each.holes) for each in by_service(report))
    if holes:
        return Health("critical", known.words("tile.holes", count=holes))
    return Health("ok", known.words("tile.proven"))


def dangers(known: Known, kinds: Sequence[Kind[Any, Any]], report: CoverageReport | None) -> list[Danger]:
    """Services with a hole first, the soonest before the others; then what objects say of themselves."""
    words, found = known.words, list[Danger]()
    for each in by_service(report) if report is not None else ():
        hole = each.holes[0].hole if each.holes else None
        if hole is not None and report is not None:
            now = hole.start <= known.now
            when = moments.moment(words, hole.start, now=known.now, zone=known.reader.zone)
            key = "danger.hole_now" if now else "danger.hole"
            found.append(Danger(words(key, service=each.service.name, when=when), "/configure/coverage"))
    for kind in kinds:
        for item, health in _wrong(known, kind, known.lists.items(kind.slug)):
            told = words("tile.wrong", name=kind.title(known, item), what=health.text)
            found.append(Danger(told, f"/configure/{kind.slug}/{kind.ident(item)}"))
    return found


def _wrong(known: Known, kind: Kind[Any, Any], items: tuple[Any, ...] | None) -> list[tuple[Any, Health]]:
    told = [(each, kind.health(known, each)) for each in items or ()]
    return [(each, health) for each, health in told if health is not None and health.tone in ("warning", "critical")]

"""Requests for cover, time off and a handover of the account whose night `night` tells."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.alerts import Severity
from shared.wire.covers import AskedPerson, CoverCandidate, CoverRequest, TimeOff, TimeOffCalendar
from shared.wire.handovers import Handover, HandoverIncident, HandoverSilence, NoisyService, Remark
from shared.wire.lists import Ref
from tests.kit.night import ANA, BO, JONAS, MEI, NOW, PRIMARY, SECONDARY, ago, ahead


def at(day: int, hour: int, month: int = 11) -> datetime:
    """A wall time of Berlin's winter."""
    return datetime(2026, month, day, hour - 1, tzinfo=UTC)


def request(id: str, requester: Ref, asked: list[Ref], start: datetime, end: datetime, **given: Any) -> CoverRequest:
    fields: dict[str, Any] = {
        "schedule": PRIMARY,
        "reason": "",
        "state": "open",
        "needs_approval": False,
        "accepted_by": None,
        "decided_by": None,
        "override_id": None,
        "created_at": ago(95),
        "updated_at": ago(95),
        "rev": 1,
    }
    declined: dict[str, datetime] = given.pop("declined", {})
    fields |= {"asked": [AskedPerson(user=each, declined_at=declined.get(each.id)) for each in asked], **given}
    return CoverRequest(id=id, requester=requester, start=start, end=end, **fields)


def requests() -> list[CoverRequest]:
    """Ana asks Jonas and Bo; Jonas has asked for two shifts; Mei's was settled, Bo's waits for a manager."""
    return [
        request(
            "cover-ana",
            ANA,
            [JONAS, BO],
            at(28, 9),
            at(30, 9),
            reason="My sister's wedding is that weekend",
        ),
        request(
            "cover-mine",
            JONAS,
            [BO, MEI],
            at(27, 9),
            at(28, 9),
            created_at=ago(300),
            declined={BO.id: ago(200)},
        ),
        request(
            "cover-bo",
            BO,
            [ANA, MEI],
            at(2, 9, 12),
            at(4, 9, 12),
            schedule=SECONDARY,
            state="accepted",
            needs_approval=True,
            accepted_by=ANA,
            created_at=ago(1500),
        ),
        request(
            "cover-done",
            JONAS,
            [ANA],
            at(7, 9, 12),
            at(9, 9, 12),
            schedule=SECONDARY,
            state="accepted",
            accepted_by=ANA,
            override_id="o-1",
            created_at=ago(4000),
        ),
        request(
            "cover-late", MEI, [JONAS], at(18, 9), at(19, 9), state="expired", created_at=ago(7000), reason="Dentist"
        ),
    ]


def candidates() -> list[CoverCandidate]:
    """Bo is fresh, Ana has been on call a lot, Mei would hardly rest."""
    return [
        CoverCandidate(user=BO, hours=48, rest_h=99, is_rested=True, shares="schedule"),
        CoverCandidate(user=ANA, hours=216, rest_h=24, is_rested=True, shares="schedule"),
        CoverCandidate(user=MEI, hours=96.5, rest_h=3, is_rested=False, shares="team"),
    ]


def time_off() -> list[TimeOff]:
    """A week at Christmas, a day from a calendar, and one that was taken back."""
    whole: dict[str, Any] = {"user": JONAS, "created_at": ago(9000)}
    return [
        TimeOff(id="off-back", start=at(25, 9), end=at(26, 9), reason="", source="entered", cancelled_at=NOW, **whole),
        TimeOff(id="off-cal", start=at(4, 1, 12), end=at(5, 1, 12), reason="Training", source="calendar", **whole),
        TimeOff(id="off-xmas", start=at(23, 9, 12), end=at(30, 9, 12), reason="", source="entered", **whole),
    ]


def calendars() -> list[TimeOffCalendar]:
    """A file that was taken once, and an address that could not be read the last time."""
    return [
        TimeOffCalendar(
            id="cal-file",
            name="Holidays 2026",
            url=None,
            entries=3,
            read_at=ago(9000),
            problem=None,
            created_at=ago(9000),
        ),
        TimeOffCalendar(
            id="cal-hr",
            name="Leave portal",
            url="https://leave.nordwind.example/jonas.ics",
            entries=1,
            read_at=ago(50),
            problem="http_503",
            created_at=ago(9000),
        ),
    ]


def handover() -> Handover:
    """What Ana left for whoever comes next."""
    return Handover(
        schedule=PRIMARY,
        incidents=[
            HandoverIncident(
                id="inc-4820",
                number=4820,
                title="Payment webhooks delayed by 11 min",
                severity=Severity.CRITICAL,
                state="acknowledged",
                since=ago(18),
            )
        ],
        silences=[HandoverSilence(id="sil-1", name="pg-payments-2 is being resized", ends_at=ahead(420))],
        noise=[
            NoisyService(service=Ref("svc-pg", "postgres"), alerts=31),
            NoisyService(service=Ref("svc-relay", "webhook-relay"), alerts=12),
        ],
        remark=Remark(
            text="The webhook relay is slow since the deploy on Thursday. Restarting it helps for an hour.",
            by=ANA,
            at=NOW - timedelta(hours=18),
        ),
        on_call=[JONAS],
    )

"""What each notice says, from facts alone and in both languages."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from server.channels.base import Asked
from server.notices.code import code_notice
from server.notices.cover import CoverFacts, CoverTurn, cover_notice
from server.notices.incident import LONGEST_QUOTE, IncidentFacts, incident_notice
from server.notices.invitation import invitation_notice
from server.notices.pager import PagerFacts, pager_notice
from server.notices.phone_claimed import ClaimedPhone, phone_claimed
from server.notices.reader import Reader
from server.notices.refused_events import RefusedEvents, refused_events
from server.notices.reset import reset_notice
from server.notices.shift import ChangeFacts, ShiftFacts, shift_ahead, shift_begins, shift_for_group, shifts_changed
from server.notices.status_approval import ApprovalFacts, approval_notice
from server.notices.status_follow_up import FollowUpFacts, follow_up_notice
from server.notices.trial import trial_notice
from server.notices.way_lost import LostWay, way_lost
from shared.domain.on_call.layer_edits import Change
from shared.wire.handovers import Handover, NoisyService, Remark
from shared.wire.lists import Ref

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA = Reader(user_id="ana", language="en", time_zone="Europe/Paris")
LI = Reader(user_id="li", language="zh", time_zone="Asia/Tokyo")
URL = "https://app.example.com/x"
CONCERNED: tuple[CoverTurn, ...] = ("decide", "approved", "rejected", "not_paged")


def incident(kind: str = "acknowledged", actor: str | None = "Bo", **args: Any) -> IncidentFacts:
    return IncidentFacts(
        incident_id="i",
        number=7,
        title="Disk full",
        severity="critical",
        rev=3,
        place="checkout",
        kind=kind,
        args=args,
        actor=actor,
        url=URL,
    )


def test_an_incident_is_spoken_of_by_whoever_did_it_or_by_itself() -> None:
    assert incident_notice(incident(), ANA).body == "Bo acknowledged #7."
    assert incident_notice(incident(), LI).body == "Bo 已认领 #7。"
    assert incident_notice(incident(actor=None), ANA).body == "#7 was acknowledged by its source."
    assert incident_notice(incident("merged_into", number=9), ANA).body == "Bo merged #7 into #9."
    notice = incident_notice(incident(), ANA)
    assert (notice.title, notice.url) == ("Disk full", "")
    assert notice.subject is not None
    assert (notice.subject.rev, notice.subject.service, notice.subject.url) == (3, "checkout", URL)


def test_how_it_was_resolved_is_quoted_and_long_words_are_cut() -> None:
    assert incident_notice(incident("resolved"), ANA).body == "Bo resolved #7."
    assert incident_notice(incident("resolved", method="restarted"), ANA).body == "Bo resolved #7: restarted"
    body = incident_notice(incident("commented", text="x" * (LONGEST_QUOTE + 1)), ANA).body
    assert body == f"Bo on #7: {'x' * (LONGEST_QUOTE - 1)}…"
    assert "…" not in incident_notice(incident("commented", text="x" * LONGEST_QUOTE), ANA).body


def cover(what: CoverTurn, reader: Reader = ANA, *, reason: str = "Dentist") -> Any:
    facts = CoverFacts(
        request_id="r",
        schedule="Night",
        who=Ref("bo", "Bo"),
        taker=Ref("cy", "Cy"),
        by="Ed",
        start=NOON,
        end=NOON + timedelta(hours=3),
        reason=reason,
        url=URL,
    )
    return cover_notice(what, facts, reader)


def test_whoever_is_asked_for_cover_reads_why_and_can_answer_on_the_spot() -> None:
    notice = cover("asked")
    assert notice.title == "Bo asks you to stand in"
    assert notice.body == "Night, Mon 2 Mar 13:00 to 16:00 (Europe/Paris): Dentist"
    assert (notice.verbs, notice.cover) == (("accept_cover", "decline_cover"), Asked(request_id="r", user_id="ana"))
    assert cover("asked", reason="").body.endswith("(Europe/Paris)")
    assert "21:00" in cover("asked", LI).body
    assert "3 月 3 日（周二）00:00" in cover("asked", LI).body, "to another day on this clock"


@pytest.mark.parametrize(
    ("what", "title", "ending"),
    [
        ("accepted", "Cy stands in for you", "(Europe/Paris)"),
        ("waiting", "Cy would stand in for you", "A manager has to approve it first."),
        ("decide", "Cy would stand in for Bo", "It waits for your approval."),
        ("approved", "Cy stands in for Bo: approved", "(Europe/Paris)"),
        ("rejected", "Cy doesn't stand in for Bo: not approved", "(Europe/Paris)"),
        ("declined", "Nobody can stand in for you", "the hours are still yours."),
        ("expired", "Nobody stands in for you", "The hours have begun and are yours."),
        ("cancelled", "Bo needs no cover any more", "(Europe/Paris)"),
        ("taken_back", "Ed took back your request for cover", "(Europe/Paris)"),
        ("moved", "You need no cover any more", "These hours are somebody else's now."),
        ("ended", "You need no cover any more", "The schedule was archived."),
        ("cut", "A cover has other hours now", "What became somebody else's is left out."),
        ("taker_left", "Cy can't stand in for you any more", "or they may not act for the team any more."),
        ("taken_over", "Cy stands in for you now", "from whoever had agreed to it."),
        ("not_paged", "Cy stands in for Bo and isn't paged", "find somebody else for these hours."),
        ("expired_taker", "You don't stand in for Bo: nobody approved it in time", "(Europe/Paris)"),
    ],
)
def test_what_becomes_of_a_request_has_no_buttons_and_keeps_the_reason(
    what: CoverTurn, title: str, ending: str
) -> None:
    notice = cover(what)
    assert notice.title == title
    assert notice.body.endswith(ending)
    assert "Dentist" not in notice.body
    assert (notice.verbs, notice.cover, notice.url) == ((), None, URL)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_is_concerned_by_a_cover_is_you_and_not_named(language: str) -> None:
    bo, cy = (structs.replace(ANA, user_id=id, language=language) for id in ("bo", "cy"))
    for what in CONCERNED:
        for reader, own, other in ((bo, "Bo", "Cy"), (cy, "Cy", "Bo")):
            title = cover(what, reader).title
            assert own not in title, title
            assert other in title, title
    assert cover("approved", structs.replace(bo, language="en")).title == "Cy stands in for you: approved"
    assert cover("approved", structs.replace(cy, language="en")).title == "You stand in for Bo: approved"


def test_a_pager_that_changed_hands() -> None:
    facts = PagerFacts(schedule="Night", maker="Bo", start=NOON, end=NOON + timedelta(hours=1), reason="Train", url=URL)
    assert pager_notice("given", facts, ANA).title == "Bo gave you the pager"
    assert pager_notice("taken", facts, ANA).title == "Bo took the pager from you"
    assert pager_notice("given", facts, ANA).body == "Night, Mon 2 Mar 13:00 to 14:00 (Europe/Paris): Train"


def shift(
    people: tuple[Ref, ...] = (Ref("bo", "Bo"), Ref("ana", "Ana")), until: datetime | None = None, description: str = ""
) -> ShiftFacts:
    return ShiftFacts(schedule="Night", at=NOON, until=until, people=people, description=description, url=URL)


def test_shifts_ahead_and_groups() -> None:
    assert shift_ahead("enter", shift(), ANA).title == "Night: you go on call at 13:00"
    assert shift_ahead("leave", shift(), ANA).body == "At Mon 2 Mar 13:00 (Europe/Paris)."
    assert shift_ahead("daily", shift(description="Read the book"), ANA).body == "On call: you and Bo.\nRead the book"
    assert shift_ahead("daily", shift(), structs.replace(LI, user_id="cy")).body == "值班人员：Bo、Ana。"
    assert shift_for_group("handoff", shift(), ANA).title == "Night: handoff at 13:00"
    assert shift_for_group("daily", shift(people=()), ANA).body == "Nobody is on call."


def test_who_comes_on_call_reads_until_when_and_what_to_know() -> None:
    assert shift_begins(shift(), None, ANA).body == "Nobody follows you on this schedule."
    handover = Handover(
        schedule=Ref("s", "Night"),
        incidents=[],
        silences=[],
        noise=[NoisyService(service=Ref("c", "checkout"), alerts=1)],
        remark=Remark(text="Mind the disk", by=Ref("bo", "Bo"), at=NOON),
        on_call=[],
    )
    lines = shift_begins(shift(until=NOON + timedelta(hours=8)), handover, ANA).body.split("\n")
    assert lines == [
        "Until Mon 2 Mar 21:00 (Europe/Paris).",
        "Noisiest of the last week: checkout, 1 alert.",
        "Bo left you word: Mind the disk",
    ]


def test_changed_shifts_name_five_and_count_the_rest() -> None:
    changes = tuple(
        Change(
            user_id="ana",
            role_id=None,
            gains=n % 2 == 0,
            start=NOON + timedelta(days=n),
            end=NOON + timedelta(days=n, hours=1),
        )
        for n in range(7)
    )
    notice = shifts_changed(ChangeFacts(schedule="Night", maker="Bo", changes=changes, url=URL), ANA)
    lines = notice.body.split("\n")
    assert notice.title == "Bo changed your shifts on Night"
    assert [line[0] for line in lines[:2]] == ["+", "−"]
    assert (len(lines), lines[-1]) == (6, "and 2 more")
    nobody = ChangeFacts(schedule="Night", maker="", changes=changes[:1], url=URL)
    assert shifts_changed(nobody, ANA).title == "Your shifts on Night changed"


def test_what_is_about_an_account_says_everything() -> None:
    lost = LostWay(id="a", user_id="ana", name="Phone", label="…42", dead_at=NOON)
    phone = ClaimedPhone(id="a", user_id="ana", name="Phone", claimer="Bo")
    notices = [way_lost(lost, ANA), phone_claimed(phone, NOON, ANA), code_notice(NOON, ANA)]
    assert [notice.kind for notice in notices] == ["account"] * 3
    assert [notice.has_code for notice in notices] == [False, False, True]
    assert "Mon 2 Mar 13:00 (Europe/Paris)" in notices[0].body
    assert "{code}" in notices[2].body
    assert "13:00 (Europe/Paris)" in notices[2].body


def test_a_test_keeps_its_severity() -> None:
    assert (trial_notice("info", NOON, ANA).kind, trial_notice("info", NOON, ANA).severity) == ("test", "info")


def test_invitations_and_resets_carry_their_links() -> None:
    assert URL in invitation_notice("Bo", URL, ANA).body
    assert "Dogwatch invites you" in invitation_notice("", URL, ANA).body
    assert URL in reset_notice(URL, LI).body


def test_refused_events_say_what_their_sender_was_answered() -> None:
    facts = RefusedEvents(kind="removed", name="Grafana", status=410, reason="it is gone", url=URL)
    assert refused_events(facts, ANA).title == "Events still come for Grafana, which was removed"
    assert "410: it is gone" in refused_events(facts, ANA).body


def test_who_may_approve_a_publication_is_asked_and_who_published_hears_that_it_is_over() -> None:
    asked = ApprovalFacts(page="Nordwind", rule="Checkout is down", number=7, url=URL)
    found = approval_notice(asked, ANA)
    assert (found.title, found.url) == ("Nordwind: publish this?", URL)
    assert "“Checkout is down” wants to publish #7" in found.body
    assert "#7" in approval_notice(asked, LI).body
    over = FollowUpFacts(page="Nordwind", number=7, url=URL)
    assert follow_up_notice(over, ANA).body.startswith("#7 is resolved, but the status page Nordwind")
    assert follow_up_notice(over, LI).body.startswith("#7 已解决")

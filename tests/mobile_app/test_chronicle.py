"""What people did is told in sentences, with the words of the reader."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from phone.chronicle import told
from phone.i18n import Words
from phone.wording import Reader
from shared.wire.incidents import Actor, TimelineEntry

AT = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)


def sentence(language: Any, kind: str, args: dict[str, Any], *, by: Any = "user") -> str:
    reader = Reader(words=Words(language), zone=timezone(timedelta(hours=1)), id="me")
    entry = TimelineEntry(n=1, at=AT, actor=Actor(kind=by, id="ana", name="Ana"), kind=kind, args=args)
    return "".join(text for text, _ in told(reader, (entry,))[0].what)


@pytest.mark.parametrize(
    ("kind", "args", "text"),
    [
        ("opened_by_hand", {"title": "T", "people": []}, "opened it by hand"),
        ("opened_by_hand", {"title": "T", "people": ["Bo", "Cy"]}, "opened it by hand and paged Bo and Cy"),
        ("reassigned", {"people": ["Bo"], "policy": None, "cancelled": 0}, "gave it to Bo"),
        ("reassigned", {"people": [], "policy": "Nights", "cancelled": 0}, "gave it to the policy Nights"),
        ("undone", {"verb": "acknowledge", "left": 0}, "took back “Acknowledge”"),
        ("undone", {"verb": "escalate", "left": 1}, "took back “Escalate”; 1 message had left already"),
        ("snooze_ended", {"reason": "unsnoozed"}, "ended the snooze: by hand"),
        ("reviewed", {"fields": ["impact", "lessons"]}, "wrote about it: impact and lessons"),
        ("merged_into", {"number": 7, "title": "Disk", "cancelled": 0}, "merged it into #7, Disk"),
        ("merged_from", {"number": 6, "title": "Disk", "count": 1}, "merged #6 into it with 1 alert: Disk"),
        ("commented", {"text": "It is the disk"}, "“It is the disk”"),
        ("resolved", {"via": "app", "cancelled": 0, "method": "restarted"}, "resolved in the app: “restarted”"),
    ],
)
def test_what_people_do_is_a_sentence(kind: str, args: dict[str, Any], text: str) -> None:
    assert sentence("en", kind, args) == text
    assert sentence("zh", kind, args) not in ("", text.replace(" ", ""))


def test_a_snooze_says_when_it_ends_in_the_readers_zone() -> None:
    args = {"via": "app", "until": "2026-11-21T08:30:00Z", "cancelled": 0}
    assert "09:30" in sentence("en", "snoozed", args)
    assert "09:30" in sentence("zh", "snoozed", args)


def test_the_machine_ends_a_snooze_in_its_own_words() -> None:
    assert sentence("en", "snooze_ended", {"reason": "over"}, by="system") == (
        "The snooze ended: its time is up, so it pages again"
    )

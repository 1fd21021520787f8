"""A merge in the trail names what it went into, or what went into it; trails of before name neither."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import pytest

from phone.console.audit.sentences import sentence
from shared.domain.differences import Difference
from shared.wire.audit import AuditEntry
from shared.wire.sessions import Language
from tests.mobile_app.console.test_audit_sentences import known

AT: Final = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Mei Chen merged the incident “INC-7 Disk full” into INC-9 Latency."),
        ("zh", "Mei Chen 将故障“INC-7 Disk full”并入 INC-9 Latency。"),
    ],
)
def test_a_merge_names_what_it_went_into(language: Language, told: str) -> None:
    into = {"into": {"id": "i-9", "number": 9, "title": "Latency"}, "sources": []}
    entry = AuditEntry(
        id="a",
        at=AT,
        actor_kind="user",
        actor_id="u-mei",
        actor_name="Mei Chen",
        verb="merge",
        object_kind="incident",
        object_id="i-7",
        object_name="#7 Disk full",
        team_id=None,
        differences=[Difference(field="", before=None, after=into)],
    )
    assert "".join(text for text, _ in sentence(known(language), entry)) == told
    taken = replace_differences(entry, {"into": None, "sources": [into["into"]]})
    assert "INC-9 Latency" in "".join(text for text, _ in sentence(known(language), taken))
    before = replace_differences(entry, {"into": "01a1fe80", "sources": []})
    assert "01a1fe80" not in "".join(text for text, _ in sentence(known(language), before))


def replace_differences(entry: AuditEntry, after: Any) -> AuditEntry:
    return msgspec.structs.replace(entry, differences=[Difference(field="", before=None, after=after)])

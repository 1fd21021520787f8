"""A sentence of the audit trail says about whom or what a thing was done, not only on which object."""

from dataclasses import replace
from typing import Any, Final

import msgspec
import pytest

from phone.console.audit.details import lines
from phone.console.audit.sentences import sentence
from shared.domain.differences import differences
from shared.wire.sessions import Language
from tests.kit.raw import READER
from tests.mobile_app.console.test_audit_sentences import Named, entries, known

FOLLOWS: Final = "You follow the incident “INC-38 Tokyo”"
BO: Final = {"user_ids": ["u-bo"]}
WHERE: Final = [[{"key": "labels.env", "values": ["prod"], "op": "in"}]]


def said_of(verb: str, kind: str, state: dict[str, Any], language: Language = "en") -> str:
    entry = msgspec.structs.replace(entries(verb, kind)[0], differences=differences(None, state))
    lists = Named(
        {"u-bo": "Bo Lindqvist", READER.id: READER.name}, services={"s": "checkout"}, policies={"p": "Nights"}
    )
    return "".join(piece for piece, _ in sentence(replace(known(language), lists=lists), entry))


@pytest.mark.parametrize(
    ("verb", "kind", "state", "english", "chinese"),
    [
        (
            *("made", "silence", {"conditions": WHERE, "service_id": "s"}),
            *("You silenced alerts of checkout where env is prod", "静默了 checkout 中 env 为 prod 的告警"),
        ),
        (
            *("ended", "silence", {"conditions": [], "service_id": "s"}),
            *("You ended the silence of all alerts of checkout", "结束了对 checkout 的全部告警的静默"),
        ),
        ("follow", "incident", {"user_ids": [READER.id]}, f"{FOLLOWS}.", "你关注了故障"),
        ("follow", "incident", {"user_ids": []}, f"{FOLLOWS}.", "你关注了故障"),
        ("follow", "incident", BO, "You added Bo Lindqvist to the followers of the", "你让 Bo Lindqvist 关注故障"),
        ("unfollow", "incident", {"user_ids": [READER.id]}, f"{FOLLOWS} no more.", "你不再关注故障"),
        (
            *("unfollow", "incident", BO),
            *("You took Bo Lindqvist off the followers of the incident", "你取消了 Bo Lindqvist 对故障"),
        ),
        ("reassign", "incident", BO | {"policy_id": None}, "to Bo Lindqvist.", "重新分派给 Bo Lindqvist。"),
        ("reassign", "incident", {"user_ids": [READER.id]}, "to yourself.", "重新分派给自己。"),
        (
            *("reassign", "incident", {"user_ids": [], "policy_id": "p"}),
            *("to the policy “Nights”.", "重新分派给策略“Nights”。"),
        ),
        ("add_responders", "incident", BO, "You called Bo Lindqvist in on the", "你请 Bo Lindqvist 协助处理故障"),
        ("opened", "incident", BO, "by hand and had Bo Lindqvist paged.", "并呼叫 Bo Lindqvist。"),
    ],
)
def test_a_sentence_says_about_whom_or_what(
    verb: str, kind: str, state: dict[str, Any], english: str, chinese: str
) -> None:
    hours = {"starts_at": "2026-12-04T02:00:00Z", "ends_at": "2026-12-04T09:00:00Z"} if kind == "silence" else {}
    assert english in said_of(verb, kind, state | hours)
    assert chinese in said_of(verb, kind, state | hours, "zh").replace("\xa0", " ")
    if hours:
        assert said_of(verb, kind, state | hours).endswith("Fri 4 Dec 03:00 to 10:00.")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, {"title": {"en": "", "zh": " "}}, []),
        (None, {"title": {"en": "Slow", "zh": ""}}, ["Title: Slow"]),
        (
            {"title": {"en": "", "zh": "慢"}},
            {"title": {"en": "Slow", "zh": "很慢"}},
            ["Title (English): nothing → Slow", "Title (中文): 慢 → 很慢"],
        ),
    ],
)
def test_words_in_two_languages_are_told_apart(before: Any, after: Any, told: list[str]) -> None:
    entry = msgspec.structs.replace(entries("changed", "status_template")[0], differences=differences(before, after))
    assert lines(known("en"), entry) == told

"""Whatever the server writes into the audit trail is told in sentences: nothing raw, in either language."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from itertools import count, product
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from msgspec import Struct, inspect

from phone.base.i18n import LANGUAGES, Words, catalogue
from phone.base.people import Reader
from phone.console.audit.details import LABELS, lines
from phone.console.audit.sentences import sentence
from phone.console.form.kind import Known
from server.accounts.audit.trail import HIDDEN, UNTOLD
from server.accounts.people.invitations import InvitationRow
from server.accounts.people.people import UserRow
from server.incidents.merging import Merged
from shared.domain.differences import Difference, differences
from shared.domain.incidents.allowed_verbs import VERBS
from shared.wire import (
    covers,
    devices,
    escalation_policies,
    handovers,
    incidents,
    notifications,
    on_call_roles,
    people,
    roles,
    schedules,
    service_calendars,
    services,
    status_pages,
    status_publishing,
    status_subscribers,
)
from shared.wire.api_keys import ApiKey
from shared.wire.audit import AuditEntry
from shared.wire.lists import Ref
from shared.wire.sessions import Language
from tests.kit.audited import Hours, Imported, OfTeam, Picture, Removed, Sent, Settings
from tests.kit.fake_api import FakeApi
from tests.kit.raw import OTHER, READER, flaws

SERVER: Final = Path(__file__).parents[3] / "server"
AT: Final = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
KEPT: Final = "Tokyo\nTerraform\nAna Ruiz\n陈梅\njonas@example.com\nPixel 9"


KINDS: Final[dict[str, tuple[type[Struct], ...]]] = {
    "service": (services.Service,),
    "integration": (services.IntegrationInput, services.IntegrationChange),
    "rule": (services.Rule,),
    "silence": (services.Silence,),
    "service_calendar": (service_calendars.ServiceCalendar,),
    "escalation_policy": (escalation_policies.EscalationPolicy,),
    "schedule": (schedules.Schedule, schedules.Override, handovers.Remark),
    "on_call_role": (on_call_roles.OnCallRole,),
    "team": (people.Team, OfTeam),
    "user": (UserRow, roles.Grant),
    "role": (roles.PermissionSet,),
    "invitation": (InvitationRow, Sent),
    "api_key": (ApiKey,),
    "session": (),
    "pairing_code": (),
    "device": (devices.Device,),
    "contact_method": (people.ContactMethod,),
    "notification": (),
    "notification_rules": (notifications.NotificationRules,),
    "notification_settings": (notifications.NotificationSettings,),
    "channel": (Settings,),
    "cover_request": (covers.CoverRequest,),
    "time_off": (Hours, covers.TimeOff),
    "time_off_calendar": (Settings,),
    "saved_filter": (incidents.SavedFilter,),
    "status_page": (
        status_pages.StatusPage,
        status_pages.ComponentsInput,
        Picture,
        status_subscribers.Subscription,
        Imported,
        Removed,
    ),
    "status_event": (status_pages.StatusEvent, status_pages.StatusUpdate),
    "status_template": (status_pages.StatusTemplate,),
    "status_rule": (status_publishing.StatusRule,),
    "incident": (
        *(incidents.NewIncident, incidents.ChangeIncident, incidents.Resolve, incidents.Escalate, incidents.Snooze),
        *(incidents.Reassign, incidents.AddResponders, incidents.AddFollowers, incidents.Comment),
        *(incidents.Merge, Merged),
    ),
}
"""What the server notes of each kind: the structs that it hands to `note`."""
NAMES: Final = {
    "contact_method": "email jonas@example.com",
    "notification": "push Pixel 9",
    "incident": "#38 Tokyo",
    "user": OTHER.name,
    "pairing_code": READER.name,
    "notification_rules": READER.name,
    "notification_settings": "lock screen",
    "time_off": READER.name,
    "silence": "…",
    "session": "",
    "invitation": "12 people",
}
VERBS_MADE: Final = (
    "made", "changed", "removed", "pager_given", "pager_taken", "pager_given_back", "pager_taken_back",
    "test_trigger", "test_resolve", "unfollow",
)  # fmt: skip
"""Those that the sources put together."""


@cache
def written() -> tuple[set[str], set[str]]:
    """The verbs and the kinds in the server's sources."""
    code = "\n".join(file.read_text(encoding="utf-8") for file in SERVER.rglob("*.py"))
    verbs = {*re.findall(r'\bverb="([a-z_]+)"', code), *VERBS, *VERBS_MADE}
    verbs |= {*re.findall(r'case\.done\(writes, after, "([a-z]+)"', code)}
    verbs |= {each for pair in re.findall(r'\bverb ?= ?"([a-z_]+)" if .* else "([a-z_]+)"', code) for each in pair}
    return verbs, set(re.findall(r'\bAbout\(\s*"([a-z_]+)"', code))


class NoLists:
    """Of a reader who sees no object beside what the entry names."""

    def items(self, slug: str) -> tuple[Any, ...] | None:
        del slug
        return ()

    def find(self, slug: str, ident: str | None) -> Any:
        del slug, ident

    def named(self, slug: str, ident: str | None) -> str | None:
        known = {("people", each.id): each.name for each in (OTHER, READER)}
        return known.get((slug, ident or ""))


@cache
def known(language: Language) -> Known:
    reader = Reader(words=Words(language), zone=timezone(timedelta(hours=1)), id=READER.id, name=READER.name)
    mine = msgspec.structs.replace(FakeApi().me, id=READER.id, name=READER.name)
    return Known(lists=NoLists(), reader=reader, me=mine, now=AT)


class Examples:
    """Values for the fields of structs, each unlike the one before."""

    def __init__(self) -> None:
        self._n = count()

    def of(self, kind: type[Struct]) -> dict[str, Any]:
        """As the trail keeps it."""
        told = self._value(inspect.type_info(kind), "")
        return {name: HIDDEN if "secret" in name else value for name, value in told.items() if name not in UNTOLD}

    def _value(self, info: inspect.Type, name: str) -> Any:
        if isinstance(info, inspect.StructType):
            tag = {info.tag_field: info.tag} if info.tag_field else {}
            return tag | {each.encode_name: self._value(each.type, each.name) for each in info.fields}
        if isinstance(info, inspect.UnionType):
            chosen = [each for each in info.types if not isinstance(each, inspect.NoneType)]
            return self._value(chosen[next(self._n) % len(chosen)], name)
        if isinstance(info, inspect.TupleType):
            return [self._value(each, name) for each in info.item_types]
        item = getattr(info, "item_type", None)
        return self._plain(info, name) if item is None else [self._value(item, name)]

    def _plain(self, info: inspect.Type, name: str) -> Any:
        n = next(self._n)
        if isinstance(info, inspect.LiteralType):
            return info.values[n % len(info.values)]
        if isinstance(info, inspect.EnumType):
            return list(info.cls)[n % len(info.cls)].value
        plain: dict[type, Any] = {
            inspect.DateTimeType: (AT + timedelta(minutes=n)).isoformat(),
            inspect.DateType: "2026-12-24",
            inspect.BoolType: n % 2 == 0,
            inspect.IntType: 60 + n % 60,
            inspect.FloatType: 60 + n % 60,
            inspect.DictType: {"severity_label": n, "smtp_url": None},
        }
        return plain[type(info)] if type(info) in plain else self._text(name, n)

    def _text(self, name: str, n: int) -> str:
        if name in ("id", "created_by") or name.endswith(("_id", "_ids")):
            return (OTHER.id, READER.id, f"01a1fe80-4444-7444-8444-{n:012d}")[n % 3]
        if name in ("start", "end", "handoff_time"):
            return "09:00"
        return "Tokyo"


@cache
def changes(kind: str) -> list[list[Difference]]:
    """Nothing told, and everything of each struct made, removed and changed."""
    found: list[list[Difference]] = [[]]
    for each in KINDS[kind]:
        examples = Examples()
        one, other = examples.of(each), examples.of(each)
        found += [differences(None, one), differences(one, None), differences(one, other)]
    return found


def entries(verb: str, kind: str, *, by: Ref = READER, actor: Any = "user") -> list[AuditEntry]:
    return [
        AuditEntry(
            id="a",
            at=AT,
            actor_kind=actor,
            actor_id=by.id if actor == "user" else None,
            actor_name=by.name if actor == "user" else "Terraform",
            verb=verb,
            object_kind=kind,
            object_id=OTHER.id,
            object_name=NAMES.get(kind, "Tokyo"),
            team_id=None,
            differences=each,
        )
        for each in changes(kind)
    ]


def test_every_kind_that_the_server_writes_is_walked() -> None:
    verbs, kinds = written()
    assert kinds == set(KINDS)
    assert {"signed_in", "override_cancelled", "accepted", "feed_renewed", "member_added"} <= verbs
    for each in verbs:
        assert f"audit.{each}" in catalogue("en"), each


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_action_is_a_sentence(kind: str, language: Language) -> None:
    kept = f"{KEPT}\n12 people\nlock screen\n{READER.name}"
    doers: tuple[tuple[Ref, Any], ...] = ((READER, "user"), (OTHER, "user"), (OTHER, "api_key"))
    for verb, (by, actor), beside in product(written()[0], doers, (False, True)):
        for entry in entries(verb, kind, by=by, actor=actor):
            told = "".join(piece for piece, _ in sentence(known(language), entry, beside=beside))
            found = [each for each in flaws(told, language, kept=kept) if each != "the reader's own name"]
            assert not found, (verb, told, found)
            assert told.endswith((".", "。")), told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_changed_is_told_in_words(kind: str, language: Language) -> None:
    for entry in entries("changed", kind):
        for line in lines(known(language), entry):
            assert not flaws(line, language, kept=KEPT), (line, flaws(line, language, kept=KEPT))


def test_every_label_is_in_the_catalogue() -> None:
    assert set(LABELS.values()) <= set(catalogue("en"))


@pytest.mark.parametrize(
    ("verb", "kind", "name", "told", "zh"),
    [
        ("made", "service", "Checkout", "You created the service “Checkout”.", "你创建了服务“Checkout”。"),
        ("signed_in", "session", "", "You signed in.", "你登录了。"),
        ("signed_in", "session", "Pixel 9", "You signed in on “Pixel 9”.", "你在“Pixel 9”登录了。"),
        (
            "acknowledge",
            "incident",
            "#38 Disk",
            "You acknowledged the incident “INC-38 Disk”.",
            "你认领了故障“INC-38 Disk”。",
        ),
        (
            "verified",
            "contact_method",
            "email j@x",
            "You proved the contact method “email j@x”.",
            "你验证了联系方式“邮件 j@x”。",
        ),
        ("made", "notification_rules", "Jonas Keller", "You chose how you are paged.", "你设置了如何通知自己。"),
        ("ended", "silence", "…", "You ended a silence.", "你结束了一个静默。"),
        ("brand_new", "gadget", "Tokyo", "You did something to the object “Tokyo” that", "你对对象“Tokyo”做了"),
        (
            "totp_off",
            "user",
            "Ana Ruiz",
            "You took the second factor off the account of Ana Ruiz.",
            "你关闭了 Ana Ruiz 的账号",
        ),
    ],
)
def test_what_was_done_is_said_as_people_say_it(verb: str, kind: str, name: str, told: str, zh: str) -> None:
    done = AuditEntry(
        id="a",
        at=AT,
        actor_kind="user",
        actor_id=READER.id,
        actor_name=READER.name,
        verb=verb,
        object_kind=kind,
        object_id=OTHER.id,
        object_name=name,
        team_id=None,
        differences=[],
    )
    for language, text in (("en", told), ("zh", zh)):
        assert "".join(piece for piece, _ in sentence(known(language), done)).startswith(text)


def test_an_override_says_who_and_when_in_the_readers_zone() -> None:
    start = datetime(2026, 12, 4, 2, tzinfo=UTC)
    state = {"start": start.isoformat(), "end": (start + timedelta(hours=7)).isoformat(), "user_id": OTHER.id}
    entry = msgspec.structs.replace(entries("override_made", "schedule")[0], differences=differences(None, state))
    told = "".join(piece for piece, _ in sentence(known("en"), entry))
    assert told == "You put Ana Ruiz on call for the schedule “Tokyo”, Fri 4 Dec 03:00 to 10:00."
    own = msgspec.structs.replace(entry, differences=differences(None, state | {"user_id": READER.id}))
    assert "".join(piece for piece, _ in sentence(known("en"), own)).startswith("You went on call for")


class Named(NoLists):
    """Of a reader who sees these people."""

    def __init__(self, people: dict[str, str], **others: dict[str, str]) -> None:
        self._names = {"people": people, **others}

    def named(self, slug: str, ident: str | None) -> str | None:
        return self._names.get(slug, {}).get(ident or "")


def team_entry(verb: str, after: dict[str, Any]) -> AuditEntry:
    entry = next(iter(entries(verb, "team")))
    return msgspec.structs.replace(entry, differences=[Difference("", None, after)])


@pytest.mark.parametrize(
    ("language", "manages", "told"),
    [
        ("en", True, "made Bo Lindqvist a manager of"),
        ("en", False, "made Bo Lindqvist a plain member of"),
        ("zh", True, "将 Bo Lindqvist 设为"),
        ("zh", False, "将 Bo Lindqvist 改为"),
    ],
)
def test_a_member_who_may_more_or_less_is_named(language: Language, manages: bool, told: str) -> None:
    entry = team_entry("member_changed", {"user_id": "u-bo", "name": "Bo Lindqvist", "is_manager": manages})
    named = replace(known(language), lists=Named({"u-bo": "Bo Lindqvist"}))
    assert told in "".join(piece for piece, _ in sentence(named, entry))


@pytest.mark.parametrize(
    ("field", "before", "after", "english", "chinese"),
    [
        ("layers[0].name", "Day", "Early", "Layer 1, Name: Day → Early", "第 1 层的“名称”：Day → Early"),
        (
            "layers[1].rotation.unit",
            "day",
            "week",
            "Layer 2, How often: days → weeks",
            "第 2 层的“多久交接一次”：天 → 周",
        ),
        ("layers[0].groups[1].members[0].user_id", "u-bo", "u-ana", "Layer 1, Who takes turns: Bo → Ana", "Bo → Ana"),
        (
            "layers[0].groups[2]",
            None,
            {"members": [{"user_id": "u-bo"}, {"user_id": "u-ana"}], "nobody": False},
            "Layer 1, Who takes turns: nothing → Bo and Ana",
            "Bo 和 Ana",
        ),
        ("layers[0].end", None, "2026-12-01T09:00", "Layer 1, Ends: nothing → 1 Dec 09:00", "12 月 1 日"),
        (
            "layers[0].restriction.periods[0]",
            {"start": "08:00", "end": "20:00"},
            None,
            "Layer 1, At which hours: 08:00 to 20:00 → nothing",
            "08:00",
        ),
        ("layers[0].date_mask", ["mon", "tue", "wed"], ["sun"], "Layer 1, On which days: Mon to Wed → Sun", "周日"),
        (
            "layers[2]",
            None,
            {"name": "Night", "start": "2026-12-01T00:00", "rotation": {"unit": "week"}},
            "Layer “Night” was added",
            "新增了层“Night”",
        ),
        ("notices.before_s", 600, 1800, "Before a handoff: 10\xa0min → 30\xa0min", "30"),
    ],
)
def test_what_changed_inside_a_schedule_is_told(
    field: str, before: Any, after: Any, english: str, chinese: str
) -> None:
    entry = next(iter(entries("changed", "schedule")))
    entry = msgspec.structs.replace(entry, differences=[Difference(field, before, after)])
    names = Named({"u-bo": "Bo", "u-ana": "Ana"})
    assert lines(replace(known("en"), lists=names), entry) == [english]
    assert chinese in lines(replace(known("zh"), lists=names), entry)[0]

"""What lasts wants a fresh sign-in: every operation that makes or replaces something says whether it does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest

from tests.kernel.test_queries import handlers
from tests.kit import fake_me
from tests.kit.adding import PASSWORD
from tests.kit.world import World
from tests.permissions.bodies import schedule_of
from tests.permissions.requests import NAMED_IN_PATH, OPERATIONS, Operation

pytestmark = pytest.mark.store
CODE: Final = "fresh_sign_in_required"
LASTS: Final = {
    # what lets somebody in, a person, a program or a phone
    "makeApiKey",
    "makePairingCode",
    "invite",
    "inviteTable",
    "resendInvitation",
    "makeUser",
    "reactivateUser",
    "resetPassword",
    "beginSecondFactor",
    "endSecondFactor",
    "takeSecondFactorOff",
    "renewRecoveryCodes",
    # what makes somebody mightier
    "grantRole",
    "changeRole",
    "changeUser",
    # where pages, mails and shifts go or are read from outside
    "addContactMethod",
    "configureChannel",
    "makeMyCalendarFeed",
    "makeScheduleFeed",
}
IN_THE_HANDLER: Final = {
    "registerDevice": "a phone that was just paired has no password to give: tests/accounts/reach/test_devices",
    "putDevice": "as registerDevice",
    "changeSchedule": "only with an address that hears of shifts: below",
    "makeSchedule": "as changeSchedule",
}
LETS_NOBODY_IN: Final = {
    "nobody is signed in, or it is signing in itself": (
        "acceptInvitation askForReset confirmReset makeFirstAdministrator pair readInvitation refreshTokens signIn"
        " signOut useAction confirmSignIn"
    ),
    "asks for the password by itself": "changeMyPassword",
    "ends what a fresh sign-in began": "confirmSecondFactor verifyContactMethod sendContactMethodCode undoPairing",
    "work on incidents and pages; at three in the morning": (
        "acknowledgeIncident addFollowers addResponders commentIncident escalateIncident mergeIncident openIncident"
        " reassignIncident reopenIncident resolveIncident snoozeIncident unacknowledgeIncident undoLastVerb"
        " unsnoozeIncident useVerbInBulk sendReceipts discardDeadLetter retryDeadLetter makeSilence changeSilence"
        " changeIncident sendTestAlert sendMeATestPage testChannel testMyContactMethod"
    ),
    "who has the pager, seen by everybody and undone as easily": (
        "acceptCover approveCover askForCover cancelCover declineCover rejectCover enterTimeOff addTimeOffCalendar"
        " givePager takePager leaveRemark makeOverride makeOnCallRole changeOnCallRole"
    ),
    "configuration among colleagues who are in already; lets events in, and nobody": (
        "addTeamMember changeEscalationPolicy changeIntegration changeNotificationSettings changeRule"
        " changeServiceCalendar changeService changeTeam makeEscalationPolicy makeIntegration makeRole makeRule"
        " makeService makeServiceCalendar makeTeam"
    ),
    "what everybody is shown; lets nobody in": (
        "makeStatusPage changeStatusPage changeStatusComponents changeStatusImage makeStatusTemplate"
        " changeStatusTemplate publishStatusEvent changeStatusEvent addStatusUpdate changeStatusUpdate"
        " makeStatusRule changeStatusRule importStatusEvents importStatusSubscribers importStatuspage publishIncident"
        " approveStatusProposal declineStatusProposal"
    ),
    "takes a person's access, and gives none": "deactivateUser",
    "how I look at things, and what I am called": (
        "subscribeToStatusPage saveMyFilter changeMySavedFilter changeMyNotificationRules changeMe"
    ),
    "keeps nothing": "previewMyNotificationRules previewSchedule previewTimeOff",
}
SENSITIVE: Final = frozenset({"email", "address", "url", "password", "secret", "token", "config", "webhook"})
"""Words in the names of fields."""
HARMLESS: Final = {
    "changeIntegration.config": "what its source asks for; the key is no part of it, and it lets events in and nobody",
    "changeStatusPage.url": "links that visitors see",
    "changeService.runbook_url": "a link that people see on an incident",
}
EXEMPT: Final = {name for names in LETS_NOBODY_IN.values() for name in names.split()} | set(IN_THE_HANDLER)
MAKING: Final = {
    name: each for name, each in OPERATIONS.items() if each.method in ("POST", "PUT", "PATCH") and "/" not in name
}


def test_every_operation_that_makes_something_says_whether_it_lasts() -> None:
    assert set(MAKING) - LASTS - EXEMPT == set(), "say whether this lasts: here, and by `needs(…, fresh=True)`"
    assert not LASTS & EXEMPT
    assert (LASTS | EXEMPT) - set(OPERATIONS) == set(), "these are gone"
    assert {name for name, each in OPERATIONS.items() if each.opt.get("fresh")} == LASTS


def test_the_fakes_ask_for_it_too() -> None:
    assert {(OPERATIONS[name].method, OPERATIONS[name].path) for name in LASTS} == set(fake_me.LASTING)


def test_no_change_takes_an_address_or_a_secret_without_it() -> None:
    """Whatever a body replaces: fields that are added to a model are found here by their name."""
    changing = {name for name in MAKING if MAKING[name].method in ("PUT", "PATCH")} - LASTS - set(IN_THE_HANDLER)
    assert {"changeMe", "changeIncident", "changeIntegration"} <= changing
    handled = {str(handler.operation_id): handler for *_, handler in handlers()}
    found = {
        f"{name}.{field}"
        for name in changing
        for field in fields_below(handled[name].parsed_fn_signature.parameters["data"].annotation)
        if set(field.split("_")) & SENSITIVE
    }
    assert found == set(HARMLESS), "say why, or mark the operation by `needs(…, fresh=True)`"


def fields_below(kind: Any) -> set[str]:
    """Names of all fields of a struct and of what stands in it."""
    found: set[str] = set()
    for part in msgspec.inspect.multi_type_info([kind]):
        found |= set(_names(part))
    return found


def _names(part: Any) -> Iterator[str]:
    if isinstance(part, msgspec.inspect.StructType):
        for each in part.fields:
            yield each.encode_name
            yield from _names(each.type)
    inner = [getattr(part, name, None) for name in ("type", "item_type", "value_type")]
    for each in [*inner, *getattr(part, "types", ())]:
        if isinstance(each, msgspec.inspect.Type):
            yield from _names(each)


def address_of(operation: Operation) -> str:
    return NAMED_IN_PATH.sub("01890000-0000-7000-8000-000000000000", operation.path)


async def test_all_of_them_ask_for_it_and_nothing_else_does(world: World) -> None:
    await world.add_person("Root", role="owner")
    root = await world.sign_in("Root")
    world.clock.advance(timedelta(minutes=10, seconds=1))
    asked: set[str] = set()
    for name in {*MAKING, *LASTS} - {"signOut"}:
        answer = await root.send(OPERATIONS[name].method, address_of(OPERATIONS[name]), {})
        if answer.status_code == 403 and answer.json()["code"] == CODE:
            asked.add(name)
    assert asked == LASTS
    assert (await root.send("POST", "/api/v1/auth/confirm", {"password": PASSWORD})).status_code == 204
    for name in sorted(LASTS):
        answer = await root.send(OPERATIONS[name].method, address_of(OPERATIONS[name]), {})
        assert answer.status_code != 403, name


async def test_a_program_has_no_sign_in_that_could_be_fresh(world: World) -> None:
    await world.add_person("Root", role="owner")
    program = await world.add_program("Root", "people:edit")
    world.clock.advance(timedelta(hours=1))
    answer = await program.send("POST", "/api/v1/invitations", {})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


async def test_a_place_that_hears_of_shifts_from_now_on_asks_for_it(world: World) -> None:
    await world.add_team("Core")
    await world.add_person("Mia", team="Core", role="manager")
    mia = await world.sign_in("Mia")
    whole = schedule_of("S", world.teams["Core"], world.users["Mia"])
    made = await mia.post("/api/v1/schedules", whole)
    address, rev = f"/api/v1/schedules/{made['id']}", {"if-match": str(made["rev"])}
    place = {"channel": "email", "address": "oncall@example.com", "name": "All"}
    world.clock.advance(timedelta(minutes=10, seconds=1))
    for method, path in (("POST", "/api/v1/schedules"), ("PUT", address)):
        answer = await mia.send(method, path, whole | {"name": "T", "notices": {"groups": [place]}}, headers=rev)
        assert (answer.status_code, answer.json()["code"]) == (403, CODE)
    assert (await mia.send("PUT", address, whole, headers=rev)).status_code == 200

"""What lasts wants a fresh sign-in: every operation that makes or replaces something says whether it does."""

from datetime import timedelta
from typing import Final

import pytest

from tests.kit import fake_me
from tests.kit.world import PASSWORD, Client, World
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
    "registerDevice": "a phone that was just paired has no password to give: tests/accounts/test_devices",
    "putDevice": "as registerDevice",
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
        " sendTestAlert sendMeATestPage testChannel testMyContactMethod"
    ),
    "who has the pager, seen by everybody and undone as easily": (
        "acceptCover approveCover askForCover cancelCover declineCover rejectCover enterTimeOff addTimeOffCalendar"
        " givePager takePager leaveRemark makeOverride makeSchedule changeSchedule makeOnCallRole changeOnCallRole"
    ),
    "configuration among colleagues who are in already; lets events in, and nobody": (
        "addTeamMember changeEscalationPolicy changeIntegration changeNotificationSettings changeRule"
        " changeServiceCalendar changeService changeTeam makeEscalationPolicy makeIntegration makeRole makeRule"
        " makeService makeServiceCalendar makeTeam"
    ),
    "takes a person's access, and gives none": "deactivateUser",
    "how I look at things": "saveMyFilter changeMySavedFilter changeMyNotificationRules",
    "keeps nothing": "previewMyNotificationRules previewSchedule previewTimeOff",
}
EXEMPT: Final = {name for names in LETS_NOBODY_IN.values() for name in names.split()} | set(IN_THE_HANDLER)
MAKING: Final = {name: each for name, each in OPERATIONS.items() if each.method in ("POST", "PUT") and "/" not in name}


def test_every_operation_that_makes_something_says_whether_it_lasts() -> None:
    assert set(MAKING) - LASTS - EXEMPT == set(), "say whether this lasts: here, and by `needs(…, fresh=True)`"
    assert not LASTS & EXEMPT
    assert (LASTS | EXEMPT) - set(OPERATIONS) == set(), "these are gone"
    assert {name for name, each in OPERATIONS.items() if each.opt.get("fresh")} == LASTS


def test_the_fakes_ask_for_it_too() -> None:
    assert {(OPERATIONS[name].method, OPERATIONS[name].path) for name in LASTS} == set(fake_me.LASTING)


def address_of(operation: Operation) -> str:
    return NAMED_IN_PATH.sub("01890000-0000-7000-8000-000000000000", operation.path)


async def test_all_of_them_ask_for_it_and_nothing_else_does(world: World) -> None:
    await world.add_user("Root", role="owner")
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
    await world.add_user("Root", role="owner")
    root = await world.sign_in("Root")
    key = await root.post("/api/v1/api-keys", {"name": "terraform", "scopes": ["people:edit"]})
    world.clock.advance(timedelta(hours=1))
    answer = await Client(world.http, key["key"]).send("POST", "/api/v1/invitations", {})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")

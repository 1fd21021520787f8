"""The recipes, by operation; what isn't here needs neither body nor choice."""

from typing import Any, Final

from pyotp.totp import TOTP

from server.accounts.people.setup import setup_token
from server.delivery.receipts import receipt_token
from server.delivery.send import action_token, code_of
from tests.kit.adding import PASSWORD
from tests.kit.world import MINUTE
from tests.permissions.bodies import (
    LATER,
    PICTURE,
    TOMORROW,
    calendar_of,
    components_of,
    override_of,
    page_of,
    policy_of,
    publishing_of,
    rule_of,
    said_of,
    schedule_of,
    silence_of,
)
from tests.permissions.requests import Ask, Recipe, account, body, mine
from tests.permissions.reviewed import REVIEWED

NEW_PASSWORD = "quite another password"
TODAY = {"from": "2026-11-21T00:00:00Z", "to": "2026-11-22T00:00:00Z"}


def email_of(name: str) -> str:
    return f"{name.replace(' ', '.')}@example.com"


def credentials(_: Ask, __: Any) -> Any:
    return {"email": email_of("admin"), "password": PASSWORD}


def first_administrator(ask: Ask, _: Any) -> Any:
    token = setup_token(ask.estate.world.engine.secrets)
    return {"token": token, "name": "N", "email": "n@example.com", "password": NEW_PASSWORD}


def action(ask: Ask, _: Any) -> Any:
    world = ask.estate.world
    token = action_token(world.engine.secrets, ask.ids["page_id"], ("acknowledge",), world.clock.now() + 60 * MINUTE)
    return {"token": token, "verb": "acknowledge"}


def receipts(ask: Ask, _: Any) -> Any:
    now = ask.estate.world.clock.now()
    token = receipt_token(ask.estate.world.engine.secrets, ask.ids["page_id"])
    return {"sent_at": now, "receipts": [{"token": token, "state": "received", "at": now}]}


def totp_code(ask: Ask, begun: Any) -> Any:
    return {"code": TOTP(begun["secret"]).at(ask.estate.world.clock.now())}


def table(ids: dict[str, str]) -> Any:
    return {"csv": "name,email,role,teams\nA,a@new.example.com,viewer,Own\nB,b@new.example.com,viewer,\n"}


def later(user_id: str, **more: Any) -> dict[str, Any]:
    """An override after the one that there is."""
    return override_of(user_id, **more) | {"start": LATER, "end": LATER.replace("22", "23")}


def phone(name: str = "Phone") -> dict[str, Any]:
    return {"name": name, "platform": "android", "kind": "token", "value": f"token of {name}"}


def invited(ids: dict[str, str]) -> Any:
    return {"email": "new@example.com", "role": "viewer", "team_ids": [ids["team_id"]]}


def narrowed(ids: dict[str, str]) -> Any:
    return {"service_id": [ids["service_id"]], "team_id": [ids["team_id"]], "responder_id": [ids["user_id"]]}


RELAY = {"smtp_url": "smtp://mail.example.com:2525", "smtp_from": "dogwatch@example.com"}
STEPS = ("critical", "warning", "info")
PROOF = mine(lambda _: {"password": PASSWORD}, passes=(409,), by="locked")

RECIPES: Final[dict[str, Recipe]] = {
    # Signing in
    "signIn": Recipe(credentials),
    "refreshTokens": Recipe(lambda _, last: {"refresh_token": last["refresh_token"]}, first=("signIn",)),
    "makeFirstAdministrator": Recipe(first_administrator, passes=(409,)),
    "askForReset": account(lambda _: {"email": email_of("admin")}),
    "confirmReset": account(lambda ids: {"token": ids["reset_token"], "password": NEW_PASSWORD}),
    "pair": Recipe(lambda _, last: {"code": last["code"]}, first=("makePairingCode",)),
    "confirmSignIn": mine(lambda _: {"password": PASSWORD}),
    "readInvitation": account(lambda ids: {"token": ids["invitation_token"]}),
    "acceptInvitation": account(
        lambda ids: {"token": ids["invitation_token"], "name": "New", "password": NEW_PASSWORD}
    ),
    # Mine
    "changeMe": mine(lambda _: {"name": "Renamed"}, rev="user_id"),
    "changeMyPassword": mine(lambda _: {"old_password": PASSWORD, "new_password": NEW_PASSWORD}),
    "confirmSecondFactor": Recipe(totp_code, of="person", first=("beginSecondFactor",)),
    "endSecondFactor": PROOF,
    "renewRecoveryCodes": PROOF,
    "registerDevice": mine(lambda _: phone()),
    "putDevice": mine(lambda _: phone(), path={"device_id": "=installation-1"}),
    "addContactMethod": mine(lambda _: {"channel": "email", "name": "new", "value": "new@example.com"}),
    "verifyContactMethod": Recipe(
        lambda ask, _: {"code": code_of(ask.estate.world.engine.secrets, ask.mine["code_delivery_id"])}, of="person"
    ),
    "sendContactMethodCode": mine(passes=(409, 429)),
    "changeMyNotificationRules": mine(lambda ids: {name: [{"contact_method_id": ids["phone_id"]}] for name in STEPS}),
    "previewMyNotificationRules": mine(lambda ids: {"steps": [{"contact_method_id": ids["phone_id"]}]}),
    "testMyContactMethod": mine(lambda ids: {"contact_method_id": ids["phone_id"]}),
    "sendMeATestPage": mine(lambda _: {}),
    "enterTimeOff": mine(lambda _: {"start": TOMORROW, "end": LATER}),
    "previewTimeOff": mine(lambda _: {"start": TOMORROW, "end": LATER}),
    "addTimeOffCalendar": mine(lambda _: {"name": "new", "content": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"}),
    "endMyCalendarFeed": mine(first=("makeMyCalendarFeed",)),
    "saveMyFilter": body(lambda ids: {"name": "new", "query": narrowed(ids)}, of="person", narrows=("query",)),
    "changeMySavedFilter": body(
        lambda ids: {"name": "renamed", "query": narrowed(ids)}, of="person", narrows=("query",)
    ),
    "makeApiKey": body(lambda ids: {"name": "new", "scopes": ["read"], "team_id": ids["team_id"]}, of="person"),
    # People
    "makeUser": account(
        lambda ids: {
            "name": "N",
            "email": "n@example.com",
            "password": NEW_PASSWORD,
            "role": "viewer",
            "team_ids": [ids["team_id"]],
        }
    ),
    "changeUser": account(lambda _: {"name": "Renamed"}),
    "deactivateUser": account(
        lambda ids: {"takers": {ids["leavers_schedule_id"]: ids["hand_id"]}},
        lambda ids: {"takers": {"*": ids["hand_id"]}},
        path={"user_id": "leaver_id"},
    ),
    "reactivateUser": account(path={"user_id": "deactivated_id"}),
    "takeSecondFactorOff": account(path={"user_id": "locked_id"}),
    "invite": account(invited),
    "inviteTable": account(table),
    "makeRole": account(lambda _: {"name": "New", "permissions": ["read"]}),
    "changeRole": account(lambda _: {"name": "Renamed", "permissions": ["read"]}),
    "grantRole": account(
        lambda ids: {"role_id": ids["role_id"], "scope": {"kind": "account"}},
        *(
            lambda ids, kind=kind: {"role_id": ids["role_id"], "scope": {"kind": kind, "id": ids[name_of(kind)]}}
            for kind in ("team", "service", "schedule", "escalation_policy", "status_page")
        ),
    ),
    "makeTeam": account(lambda _: {"name": "New"}),
    "removeTeam": Recipe(path={"team_id": "spare_team_id"}),
    "changeTeam": body(lambda _: {"name": "Renamed"}),
    "addTeamMember": body(lambda ids: {"user_id": ids["newcomer_id"]}),
    # Services and ways in
    "makeService": body(lambda ids: {"name": "new", "team_id": ids["team_id"], "policy_id": ids["policy_id"]}),
    "changeService": body(lambda ids: {"name": "new", "team_id": ids["team_id"], "policy_id": ids["policy_id"]}),
    "archiveService": Recipe(path={"service_id": "spare_service_id"}),
    "makeIntegration": body(lambda ids: {"name": "new", "source": "events", "service_id": ids["service_id"]}),
    "changeIntegration": body(lambda ids: {"name": "renamed", "service_id": ids["service_id"]}),
    "sendTestAlert": body(lambda _: {}),
    "makeRule": body(lambda _: rule_of("new")),
    "changeRule": body(lambda _: rule_of("renamed")),
    "makeSilence": body(lambda ids: silence_of("new", ids["team_id"], ids["service_id"])),
    "changeSilence": body(lambda ids: silence_of("changed", ids["team_id"], ids["service_id"])),
    "listServiceCalendarDays": Recipe(query=lambda _: {"from": "2026-11-21", "to": "2026-11-23"}),
    "makeServiceCalendar": body(lambda ids: calendar_of("new", ids["team_id"])),
    "changeServiceCalendar": body(lambda ids: calendar_of("renamed", ids["team_id"])),
    # Schedules and policies
    "listShifts": Recipe(query=lambda _: TODAY),
    "readCoverage": Recipe(query=lambda ids: {"team_id": ids["team_id"], "service_id": ids["service_id"]}),
    "leaveRemark": body(lambda _: {"text": "mind the gap"}),
    "listGaps": Recipe(query=lambda ids: TODAY | {"role_id": ids["on_call_role_id"]}),
    "listMyShifts": Recipe(query=lambda _: TODAY),
    "previewSchedule": body(
        lambda ids: {"schedule": schedule_of("new", ids["team_id"], ids["user_id"]), **TODAY},
        lambda ids: {
            "schedule": schedule_of("new", ids["team_id"], ids["user_id"], role_id=ids["on_call_role_id"]),
            "schedule_id": ids["schedule_id"],
            **TODAY,
        },
    ),
    "makeOnCallRole": account(lambda _: {"name": "New"}),
    "changeOnCallRole": account(lambda _: {"name": "Renamed"}, path={"role_id": "duty_role_id"}),
    "removeOnCallRole": account(path={"role_id": "duty_role_id"}),
    "makeSchedule": body(
        lambda ids: schedule_of("new", ids["team_id"], ids["user_id"], role_id=ids["on_call_role_id"])
    ),
    "changeSchedule": body(
        lambda ids: schedule_of("renamed", ids["team_id"], ids["user_id"], role_id=ids["on_call_role_id"])
    ),
    "archiveSchedule": Recipe(path={"schedule_id": "spare_schedule_id"}),
    "makeOverride": body(
        lambda ids: later(ids["user_id"]),
        lambda ids: later(ids["user_id"], scope={"kind": "layer", "layer_id": ids["layer_id"]}),
        lambda ids: later(ids["user_id"], scope={"kind": "role", "role_id": ids["on_call_role_id"]}),
        lambda ids: later(ids["user_id"], scope={"kind": "person", "user_id": ids["user_id"]}),
    ),
    "makeEscalationPolicy": body(
        lambda ids: policy_of(
            "new",
            ids["team_id"],
            ("user", ids["user_id"]),
            ("team", ids["team_id"]),
            ("schedule", ids["schedule_id"]),
            role_id=ids["on_call_role_id"],
        )
    ),
    "changeEscalationPolicy": body(
        lambda ids: policy_of(
            "renamed",
            ids["team_id"],
            ("team", ids["team_id"]),
            ("schedule", ids["schedule_id"]),
            role_id=ids["on_call_role_id"],
        )
    ),
    "archiveEscalationPolicy": Recipe(path={"policy_id": "spare_policy_id"}),
    # Covers
    "endScheduleFeed": Recipe(first=("makeScheduleFeed",)),
    "readCalendar": account(path={"token": "feed_token"}),
    "givePager": body(lambda ids: {"to_user_id": ids["colleague_id"], "until": TOMORROW}, passes=(400,), by="hand"),
    "takePager": body(lambda ids: {"from_user_id": ids["user_id"]}),
    "listCoverRequests": Recipe(query=lambda ids: {"schedule_id": ids["spare_schedule_id"]}),
    "listCoverCandidates": Recipe(
        query=lambda ids: {
            "schedule_id": ids["schedule_id"],
            "user_id": ids["user_id"],
            "start": TOMORROW,
            "end": LATER,
        }
    ),
    "listOverrideCandidates": Recipe(query=lambda ids: {"user_id": ids["user_id"], "start": TOMORROW, "end": LATER}),
    "askForCover": body(
        lambda ids: {
            "schedule_id": ids["schedule_id"],
            "user_id": ids["user_id"],
            "asked": [ids["colleague_id"]],
            "start": TOMORROW,
            "end": LATER,
        }
    ),
    "acceptCover": body(lambda _: {}, by="responder"),
    "declineCover": Recipe(by="responder"),
    "approveCover": Recipe(path={"request_id": "accepted_request_id"}),
    "rejectCover": Recipe(path={"request_id": "accepted_request_id"}),
    # Incidents
    "listIncidents": Recipe(query=narrowed),
    "countIncidents": Recipe(query=narrowed),
    "searchAlerts": Recipe(
        query=lambda ids: {"service_id": ids["service_id"], "integration_id": ids["integration_id"]}
    ),
    "listEvents": Recipe(query=lambda ids: {"integration_id": ids["integration_id"]}),
    "listNotifications": Recipe(query=lambda ids: {"incident_id": ids["incident_id"]}),
    "listUsers": Recipe(query=lambda ids: {"team_id": ids["team_id"]}),
    "listAudit": Recipe(query=lambda ids: {"object_id": ids["service_id"], "actor_id": ids["user_id"]}),
    "search": Recipe(query=lambda ids: {"q": ids["word"]}),
    "openIncident": body(
        lambda ids: {"title": "new", "service_id": ids["service_id"]},
        lambda ids: {"title": "new", "team_id": ids["team_id"], "user_ids": [ids["user_id"]]},
        lambda ids: {"title": "new", "team_id": ids["team_id"], "policy_id": ids["policy_id"]},
        lambda ids: {
            "title": "new",
            "service_id": ids["service_id"],
            "team_id": ids["team_id"],
            "user_ids": [ids["user_id"]],
            "policy_id": ids["policy_id"],
        },
    ),
    "useVerbInBulk": body(
        lambda ids: {"verb": "acknowledge", "ids": [ids["incident_id"]]},
        lambda ids: {"verb": "merge", "ids": [ids["second_id"]], "args": {"into": ids["incident_id"]}},
        lambda ids: {"verb": "acknowledge", "filter": narrowed(ids)},
        narrows=("ids", "filter"),
    ),
    "changeIncident": body(lambda _: {"impact": "some"}),
    "unacknowledgeIncident": Recipe(path={"incident_id": "acknowledged_id"}),
    "snoozeIncident": body(lambda _: {"seconds": 600}),
    "unsnoozeIncident": Recipe(path={"incident_id": "snoozed_id"}),
    "resolveIncident": body(lambda _: {}),
    "reopenIncident": Recipe(path={"incident_id": "resolved_id"}),
    "escalateIncident": body(lambda _: {}),
    "reassignIncident": body(
        lambda ids: {"user_ids": [ids["user_id"]]}, lambda ids: {"policy_id": ids["spare_policy_id"]}
    ),
    "addResponders": body(lambda ids: {"user_ids": [ids["user_id"]]}),
    "addFollowers": body(lambda _: {}, lambda ids: {"user_ids": [ids["user_id"]]}),
    "removeFollower": Recipe(path={"user_id": "=me"}, first=("addFollowers",)),
    "commentIncident": body(lambda _: {"text": "hm"}),
    "mergeIncident": body(lambda ids: {"into": ids["second_id"]}, lambda ids: {"sources": [ids["second_id"]]}),
    "undoLastVerb": Recipe(first=("acknowledgeIncident",), passes=(409,)),
    "useAction": Recipe(action),
    "sendReceipts": Recipe(receipts),
    # Status pages
    "makeStatusPage": body(lambda ids: page_of("New", ids["team_id"])),
    "changeStatusPage": body(lambda ids: page_of("Renamed", ids["team_id"])),
    "archiveStatusPage": Recipe(path={"status_page_id": "spare_status_page_id"}),
    "changeStatusComponents": body(components_of),
    "changeStatusImage": body(lambda _: {"content": PICTURE}, path={"slot": "=favicon"}),
    "removeStatusImage": Recipe(path={"slot": "=logo"}),
    "makeStatusTemplate": body(
        lambda ids: {"name": "new", "kind": "incident", "changes": said_of(ids["component_id"])["changes"]}
    ),
    "changeStatusTemplate": body(
        lambda ids: {"name": "renamed", "kind": "incident", "changes": said_of(ids["component_id"])["changes"]},
        path={"template_id": "status_template_id"},
    ),
    "removeStatusTemplate": Recipe(path={"template_id": "spare_status_template_id"}),
    "importStatusSubscribers": body(lambda _: {"csv": "email,language\nnew@example.com,zh\n"}),
    "removeStatusSubscriber": Recipe(path={"subscriber_id": "status_subscriber_id"}),
    "subscribeToStatusPage": body(
        lambda ids: {
            "is_for_all": False,
            "component_ids": [ids["component_id"]],
            "event_ids": [ids["status_event_id"]],
        }
    ),
    "readMyStatusSubscription": Recipe(first=("subscribeToStatusPage",)),
    "unsubscribeFromStatusPage": Recipe(first=("subscribeToStatusPage",)),
    "importStatusEvents": body(
        lambda _: {
            "csv": "event,title,at,status\n1,new,2026-11-01T00:00:00Z,investigating\n1,,2026-11-01T01:00:00Z,resolved\n"
        }
    ),
    "importStatuspage": body(lambda _: {"content": '{"components": [{"id": "c", "name": "new"}]}'}),
    "makeStatusRule": body(lambda ids: publishing_of(ids, "new")),
    "changeStatusRule": body(lambda ids: publishing_of(ids, "renamed")),
    "publishIncident": body(
        lambda ids: {
            "status_page_id": ids["status_page_id"],
            "template_id": ids["status_template_id"],
            "changes": said_of(ids["component_id"])["changes"],
        }
    ),
    "approveStatusProposal": body(lambda ids: {"changes": said_of(ids["component_id"])["changes"]}),
    "publishStatusEvent": body(
        lambda ids: {
            "kind": "incident",
            "title": {"en": "new"},
            "updates": [said_of(ids["component_id"])],
            "linked_event_ids": [ids["status_event_id"]],
        }
    ),
    "changeStatusEvent": body(
        lambda ids: {"title": {"en": "renamed"}, "linked_event_ids": [ids["other_status_event_id"]]}
    ),
    "addStatusUpdate": body(lambda ids: said_of(ids["component_id"])),
    "changeStatusUpdate": body(lambda ids: said_of(ids["component_id"]), rev="status_event_id"),
    "removeStatusUpdate": Recipe(rev="status_event_id"),
    # Messages and ways out
    "readNotification": Recipe(path={"notification_id": "page_id"}),
    "changeNotificationSettings": account(lambda _: {"lock_screen": "minimal"}, rev="=1"),
    "configureChannel": account(lambda _: {"config": RELAY}, path={"slug": "=email"}),
    "readChannel": Recipe(path={"slug": "=email"}),
    "testChannel": mine(path={"slug": "=push"}),
    "readUser": account(),
    "readRole": account(),
}


def recipe_of(name: str) -> Recipe:
    """As it stands above, or one without a body whose ids are those of the operation's owner."""
    if name in RECIPES:
        return RECIPES[name]
    owner = REVIEWED[name].owner
    if owner in ("self", "keys", "recipient", "person"):
        return mine()
    return account() if owner in ("account", "administrators") else Recipe()


def name_of(kind: str) -> str:
    return "policy_id" if kind == "escalation_policy" else f"{kind}_id"

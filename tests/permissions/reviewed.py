"""The table that people review: who may use each operation, and what it leaves in the audit trail.

Written by hand from ARCHITECTURE.md, Permissions. Where the server disagrees, find out which of the two is wrong.
"""

from typing import Final, Literal, NamedTuple

READ: Final = "read"
ACT: Final = "incidents:act"
SCHEDULES: Final = "schedules:edit"
CONFIGURATION: Final = "configuration:edit"
STATUS_EVENTS: Final = "status_events:edit"
STATUS_PAGES: Final = "status_pages:edit"
MEMBERS: Final = "members:edit"
PEOPLE: Final = "people:edit"
PUBLIC: Final = "public"

Owner = Literal[
    "public", "everybody", "account", "administrators", "self", "keys", "person", "recipient", "team", "seen", "asked"
]
"""Of what an operation reads or changes:

public     nobody signs in
everybody  whoever has the permission; lists show what the reader sees
account    the permission must hold in the whole account
administrators  as account, and by role: who holds the permission by a grant has less than the set may give
self       the person who asks, never an API key; what others have isn't there (404)
person     the person it is about, and whoever edits people; others see the person, so 403
recipient  whoever it belongs to, and administrators; for others it isn't there (404)
keys       as recipient, but never by a key
team       the team that owns it: unseen 404 (400 when the body names it), seen without the permission there 403
asked      who was asked to stand in (in the estate: the responder, on their own team); seen by others 403
seen       as team, but the permission holds wherever the team is seen
"""
ONE: Final = "one row"
LEFT: Final = "one row, and one of each schedule that is left with the account"
READS: Final = "changes nothing"
PREVIEW: Final = "none: works something out and keeps nothing"


class Row(NamedTuple):
    """One operation; `named`: whether the path or the body says which object."""

    permission: str
    owner: Owner
    audit: str = READS
    named: Literal["path", "body"] = "path"
    closed_to_keys: bool = False
    """A program is nobody who could be told of what becomes of an incident."""
    there: str = ""
    """What must hold there instead of the permission that is asked for at the door."""


REVIEWED: Final[dict[str, Row]] = {
    # Signing in
    "signIn": Row(PUBLIC, "public", ONE),
    "refreshTokens": Row(PUBLIC, "public", "none: a session goes on, every quarter of an hour"),
    "signOut": Row(READ, "self", ONE),
    "makeFirstAdministrator": Row(PUBLIC, "public", ONE),
    "askForReset": Row(PUBLIC, "public", "none: a stranger asks, and nothing tells whether anybody is there"),
    "confirmReset": Row(PUBLIC, "public", ONE),
    "pair": Row(PUBLIC, "public", ONE),
    "confirmSignIn": Row(READ, "self", ONE),
    "makePairingCode": Row(READ, "self", ONE),
    "readPairing": Row(READ, "self"),
    "undoPairing": Row(READ, "self", ONE),
    # Mine
    "readMe": Row(READ, "self"),
    "changeMe": Row(READ, "self", ONE),
    "changeMyPassword": Row(READ, "self", ONE),
    "beginSecondFactor": Row(READ, "self", ONE),
    "confirmSecondFactor": Row(READ, "self", ONE),
    "endSecondFactor": Row(READ, "self", ONE),
    "renewRecoveryCodes": Row(READ, "self", ONE),
    "listMySessions": Row(READ, "self"),
    "endMySession": Row(READ, "self", ONE),
    "endMyOtherSessions": Row(READ, "self", ONE),
    "listMyDevices": Row(READ, "self"),
    "registerDevice": Row(READ, "self", ONE),
    "putDevice": Row(READ, "self", ONE),
    "removeDevice": Row(READ, "self", ONE),
    "listMyContactMethods": Row(READ, "self"),
    "addContactMethod": Row(READ, "self", ONE),
    "removeContactMethod": Row(READ, "self", ONE),
    "sendContactMethodCode": Row(READ, "self", ONE),
    "verifyContactMethod": Row(READ, "self", ONE),
    "readMyNotificationRules": Row(READ, "self"),
    "changeMyNotificationRules": Row(READ, "self", ONE),
    "previewMyNotificationRules": Row(READ, "self", PREVIEW),
    "testMyContactMethod": Row(READ, "self", ONE, named="body"),
    "sendMeATestPage": Row(ACT, "self", ONE),
    "readMyOnCall": Row(READ, "self"),
    "listMyTimeOff": Row(READ, "self"),
    "enterTimeOff": Row(READ, "self", ONE),
    "previewTimeOff": Row(READ, "self", PREVIEW),
    "cancelTimeOff": Row(READ, "self", ONE),
    "listTimeOff": Row(READ, "person"),
    "listTimeOffCalendars": Row(READ, "self"),
    "addTimeOffCalendar": Row(READ, "self", ONE),
    "removeTimeOffCalendar": Row(READ, "self", ONE),
    "readMyCalendarFeed": Row(READ, "self"),
    "makeMyCalendarFeed": Row(READ, "self", ONE),
    "endMyCalendarFeed": Row(READ, "self", ONE),
    "listMySavedFilters": Row(READ, "self"),
    "saveMyFilter": Row(READ, "self", ONE),
    "changeMySavedFilter": Row(READ, "self", ONE),
    "removeMySavedFilter": Row(READ, "self", ONE),
    "listApiKeys": Row(READ, "self"),
    "makeApiKey": Row(READ, "self", ONE),
    "revokeApiKey": Row(READ, "keys", ONE),
    # People
    "listUsers": Row(READ, "everybody"),
    "readUser": Row(READ, "everybody"),
    "makeUser": Row(PEOPLE, "account", ONE),
    "changeUser": Row(PEOPLE, "account", ONE),
    "deactivateUser": Row(PEOPLE, "account", LEFT),
    "reactivateUser": Row(PEOPLE, "account", ONE),
    "takeSecondFactorOff": Row(PEOPLE, "account", ONE),
    "resetPassword": Row(PEOPLE, "account", ONE),
    "readUserNotificationRules": Row(READ, "person"),
    "listInvitations": Row(PEOPLE, "account"),
    "invite": Row(PEOPLE, "account", ONE),
    "inviteTable": Row(PEOPLE, "account", ONE),
    "resendInvitation": Row(PEOPLE, "account", ONE),
    "withdrawInvitation": Row(PEOPLE, "account", ONE),
    "readInvitation": Row(PUBLIC, "public", "none: reads; a POST so that no log keeps the link"),
    "acceptInvitation": Row(PUBLIC, "public", ONE),
    "listRoles": Row(READ, "everybody"),
    "readRole": Row(READ, "everybody"),
    "makeRole": Row(PEOPLE, "account", ONE),
    "changeRole": Row(PEOPLE, "administrators", ONE),
    "removeRole": Row(PEOPLE, "administrators", ONE),
    "listGrants": Row(READ, "person"),
    "grantRole": Row(PEOPLE, "account", ONE),
    "withdrawGrant": Row(PEOPLE, "account", ONE),
    "listTeams": Row(READ, "everybody"),
    "readTeam": Row(READ, "team"),
    "makeTeam": Row(PEOPLE, "account", ONE),
    "changeTeam": Row(PEOPLE, "team", ONE),
    "removeTeam": Row(PEOPLE, "team", ONE),
    "listTeamMembers": Row(READ, "team"),
    "addTeamMember": Row(MEMBERS, "team", ONE),
    "removeTeamMember": Row(MEMBERS, "team", ONE),
    "listAudit": Row(READ, "everybody"),
    # Services and ways in
    "listServices": Row(READ, "everybody"),
    "readService": Row(READ, "team"),
    "readServiceNow": Row(READ, "team"),
    "listServiceChanges": Row(READ, "team"),
    "makeService": Row(CONFIGURATION, "team", ONE, named="body"),
    "changeService": Row(CONFIGURATION, "team", ONE),
    "archiveService": Row(CONFIGURATION, "team", ONE),
    "listIntegrations": Row(READ, "everybody"),
    "listSources": Row(READ, "everybody"),
    "listStraySenders": Row(READ, "everybody"),
    "readIntegration": Row(READ, "team"),
    "makeIntegration": Row(CONFIGURATION, "team", ONE, named="body"),
    "changeIntegration": Row(CONFIGURATION, "team", ONE),
    "archiveIntegration": Row(CONFIGURATION, "team", ONE),
    "listReceived": Row(READ, "team"),
    "sendTestAlert": Row(CONFIGURATION, "team", ONE),
    "listRules": Row(READ, "team"),
    "makeRule": Row(CONFIGURATION, "team", ONE),
    "changeRule": Row(CONFIGURATION, "team", ONE),
    "removeRule": Row(CONFIGURATION, "team", ONE),
    "listSilences": Row(READ, "everybody"),
    "makeSilence": Row(ACT, "team", ONE, named="body"),
    "changeSilence": Row(ACT, "team", ONE),
    "endSilence": Row(ACT, "team", ONE),
    # Schedules and policies
    "listSchedules": Row(READ, "everybody"),
    "readSchedule": Row(READ, "team"),
    "listShifts": Row(READ, "team"),
    "listServiceCalendars": Row(READ, "everybody"),
    "listHolidayCountries": Row(READ, "everybody"),
    "readServiceCalendar": Row(READ, "team"),
    "listServiceCalendarDays": Row(READ, "team"),
    "makeServiceCalendar": Row(CONFIGURATION, "team", ONE, named="body"),
    "changeServiceCalendar": Row(CONFIGURATION, "team", ONE),
    "archiveServiceCalendar": Row(CONFIGURATION, "team", ONE),
    "readCoverage": Row(READ, "everybody"),
    "readHandover": Row(READ, "team"),
    "leaveRemark": Row(ACT, "team", ONE),
    "listGaps": Row(READ, "team"),
    "listRotas": Row(READ, "everybody"),
    "previewSchedule": Row(SCHEDULES, "team", PREVIEW, named="body"),
    "listMyShifts": Row(READ, "self"),
    "listOnCallRoles": Row(READ, "everybody"),
    "makeOnCallRole": Row(SCHEDULES, "account", ONE),
    "changeOnCallRole": Row(SCHEDULES, "account", ONE),
    "removeOnCallRole": Row(SCHEDULES, "account", ONE),
    "readOnCall": Row(READ, "team"),
    "makeSchedule": Row(SCHEDULES, "team", ONE, named="body"),
    "changeSchedule": Row(SCHEDULES, "team", ONE),
    "archiveSchedule": Row(SCHEDULES, "team", ONE),
    "listOverrides": Row(READ, "team"),
    "makeOverride": Row(SCHEDULES, "team", ONE),
    "cancelOverride": Row(SCHEDULES, "team", ONE),
    "listOnCallNow": Row(READ, "everybody"),
    "readScheduleFeed": Row(READ, "team"),
    "makeScheduleFeed": Row(SCHEDULES, "team", ONE),
    "endScheduleFeed": Row(SCHEDULES, "team", ONE),
    "readCalendar": Row(PUBLIC, "public"),
    "givePager": Row(ACT, "seen", ONE, closed_to_keys=True),
    "takePager": Row(ACT, "team", ONE, closed_to_keys=True),
    "listCoverRequests": Row(READ, "everybody"),
    "listCoverCandidates": Row(READ, "everybody"),
    "listOverrideCandidates": Row(SCHEDULES, "team"),
    "readCoverRequest": Row(READ, "team"),
    "askForCover": Row(ACT, "team", ONE, named="body", there=SCHEDULES),
    "acceptCover": Row(ACT, "asked", ONE),
    "declineCover": Row(ACT, "asked", ONE),
    "approveCover": Row(ACT, "team", ONE, there=MEMBERS),
    "rejectCover": Row(ACT, "team", ONE, there=MEMBERS),
    "cancelCover": Row(ACT, "team", ONE, there=SCHEDULES),
    "listEscalationPolicies": Row(READ, "everybody"),
    "readEscalationPolicy": Row(READ, "team"),
    "makeEscalationPolicy": Row(CONFIGURATION, "team", ONE, named="body"),
    "changeEscalationPolicy": Row(CONFIGURATION, "team", ONE),
    "archiveEscalationPolicy": Row(CONFIGURATION, "team", ONE),
    # Events, alerts, incidents
    "listEvents": Row(READ, "everybody"),
    "readEvent": Row(READ, "team"),
    "searchAlerts": Row(READ, "everybody"),
    "readAlert": Row(READ, "team"),
    "search": Row(READ, "everybody"),
    "listIncidents": Row(READ, "everybody"),
    "countIncidents": Row(READ, "everybody"),
    "readIncident": Row(READ, "seen"),
    "readTimeline": Row(READ, "seen"),
    "listIncidentAlerts": Row(READ, "seen"),
    "readAlertsAlike": Row(READ, "seen"),
    "listSimilarIncidents": Row(READ, "seen"),
    "listIncidentChanges": Row(READ, "seen"),
    "openIncident": Row(ACT, "seen", ONE, named="body"),
    "useVerbInBulk": Row(ACT, "everybody", ONE, named="body"),
    "changeIncident": Row(ACT, "seen", ONE),
    "acknowledgeIncident": Row(ACT, "seen", ONE),
    "unacknowledgeIncident": Row(ACT, "seen", ONE),
    "snoozeIncident": Row(ACT, "seen", ONE),
    "unsnoozeIncident": Row(ACT, "seen", ONE),
    "resolveIncident": Row(ACT, "seen", ONE),
    "reopenIncident": Row(ACT, "seen", ONE),
    "escalateIncident": Row(ACT, "seen", ONE),
    "reassignIncident": Row(ACT, "seen", ONE),
    "addResponders": Row(ACT, "seen", ONE),
    "addFollowers": Row(READ, "seen", ONE, closed_to_keys=True),
    "removeFollower": Row(READ, "seen", ONE, closed_to_keys=True),
    "commentIncident": Row(ACT, "seen", ONE),
    "mergeIncident": Row(ACT, "seen", ONE),
    "undoLastVerb": Row(ACT, "seen", ONE),
    "useAction": Row(PUBLIC, "public", ONE),
    "sendReceipts": Row(PUBLIC, "public", "none: receipts come with every message, and say only that it arrived"),
    # Status pages
    "listStatusPages": Row(READ, "everybody"),
    "readStatusPage": Row(READ, "team"),
    "makeStatusPage": Row(STATUS_PAGES, "team", ONE, named="body"),
    "changeStatusPage": Row(STATUS_PAGES, "team", ONE),
    "archiveStatusPage": Row(STATUS_PAGES, "team", ONE),
    "readStatusUptime": Row(READ, "team"),
    "readStatusComponents": Row(READ, "team"),
    "changeStatusComponents": Row(STATUS_PAGES, "team", ONE),
    "changeStatusImage": Row(STATUS_PAGES, "team", ONE),
    "removeStatusImage": Row(STATUS_PAGES, "team", ONE),
    "listStatusTemplates": Row(READ, "team"),
    "makeStatusTemplate": Row(STATUS_PAGES, "team", ONE),
    "changeStatusTemplate": Row(STATUS_PAGES, "team", ONE),
    "removeStatusTemplate": Row(STATUS_PAGES, "team", ONE),
    "listStatusSubscribers": Row(STATUS_PAGES, "team"),
    "exportStatusSubscribers": Row(STATUS_PAGES, "team"),
    "importStatusSubscribers": Row(STATUS_PAGES, "team", ONE),
    "removeStatusSubscriber": Row(STATUS_PAGES, "team", ONE),
    "readMyStatusSubscription": Row(READ, "team", closed_to_keys=True),
    "subscribeToStatusPage": Row(READ, "team", ONE, closed_to_keys=True),
    "unsubscribeFromStatusPage": Row(READ, "team", ONE, closed_to_keys=True),
    "listStatusLetters": Row(STATUS_EVENTS, "team"),
    "countStatusLetters": Row(STATUS_EVENTS, "team"),
    "importStatusEvents": Row(STATUS_EVENTS, "team", ONE),
    "importStatuspage": Row(STATUS_PAGES, "team", ONE),
    "listStatusRules": Row(READ, "team"),
    "makeStatusRule": Row(STATUS_PAGES, "team", ONE),
    "changeStatusRule": Row(STATUS_PAGES, "team", ONE),
    "removeStatusRule": Row(STATUS_PAGES, "team", ONE),
    "publishIncident": Row(STATUS_EVENTS, "team", ONE),
    "listPublications": Row(READ, "team"),
    "listStatusProposals": Row(STATUS_EVENTS, "team"),
    "approveStatusProposal": Row(STATUS_EVENTS, "team", ONE),
    "declineStatusProposal": Row(STATUS_EVENTS, "team", ONE),
    "listStatusEvents": Row(READ, "team"),
    "readStatusEvent": Row(READ, "team"),
    "publishStatusEvent": Row(STATUS_EVENTS, "team", ONE),
    "changeStatusEvent": Row(STATUS_EVENTS, "team", ONE),
    "removeStatusEvent": Row(STATUS_EVENTS, "team", ONE),
    "addStatusUpdate": Row(STATUS_EVENTS, "team", ONE),
    "changeStatusUpdate": Row(STATUS_EVENTS, "team", ONE),
    "removeStatusUpdate": Row(STATUS_EVENTS, "team", ONE),
    "listStatusUpdateVersions": Row(STATUS_EVENTS, "team"),
    # Messages and ways out
    "listNotifications": Row(READ, "everybody"),
    "readNotification": Row(READ, "seen"),
    "listDeadLetters": Row(READ, "everybody"),
    "retryDeadLetter": Row(READ, "recipient", ONE),
    "discardDeadLetter": Row(READ, "recipient", ONE),
    "readNotificationSettings": Row(READ, "everybody"),
    "changeNotificationSettings": Row(PEOPLE, "account", ONE),
    "listChannels": Row(READ, "everybody"),
    "readChannel": Row(READ, "everybody"),
    "configureChannel": Row(PEOPLE, "account", ONE),
    "testChannel": Row(READ, "self", ONE),
    # The installation
    "readOutbox": Row(READ, "everybody"),
    "readHealth": Row(PUBLIC, "public"),
    "readEngineHealth": Row(PUBLIC, "public"),
    "readMetrics": Row(PUBLIC, "public"),
}

OUTSIDE: Final[dict[str, str]] = {
    "HEAD /health": "readHealth without its body",
    "GET /schema": "the described API, for everybody",
    "GET /schema/openapi.json": "the described API, for everybody",
    "GET /schema/{path:str}": "the described API, for everybody",
    "GET /schema/assets/{name:str}": "the described API, for everybody",
    "GET /setup/{token:str}": "the form of makeFirstAdministrator",
    "POST /setup/{token:str}": "the form of makeFirstAdministrator",
    "* /ingest": "ways in: the key of an integration lets in, no person",
    "* /v2/enqueue": "ways in: the key of an integration lets in, no person",
    "* /v2/change/enqueue": "ways in: the key of an integration lets in, no person",
    "* /generic/2010-04-15/create_event.json": "ways in: the key of an integration lets in, no person",
    "* /status": "status pages: public ones for everybody, internal ones ask who it is (tests/status_pages/site)",
    "* /api/v1/live": "a socket: the token comes in its first message (tests/accounts/sign_in/test_live.py)",
}
"""Ways in without an operation id, with the reason why they have none; all of them are public."""

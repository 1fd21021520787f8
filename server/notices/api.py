"""Handlers of personal rules, of what messages may say, and of tests."""

from datetime import datetime

from litestar import Response, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PEOPLE_EDIT, READ
from server.kernel.database import Database, Writes
from server.kernel.http import Given, Once, path
from server.notices.privacy import read_settings, save_settings
from server.notices.rules import preview_rule, read_rules, save_rules
from server.notices.trial import send_trial, trial_of_method
from shared.wire import notifications as wire
from shared.wire import routes

TAGS = ["notifications"]


@get(path(routes.MY_NOTIFICATION_RULES), operation_id="readMyNotificationRules", opt=needs(READ), tags=["me"])
async def my_rules(actor: Given[Actor], db: Given[Database]) -> wire.NotificationRules:
    return await read_rules(db, actor, actor.user_id)


@get(path(routes.USER_NOTIFICATION_RULES), operation_id="readUserNotificationRules", opt=needs(READ), tags=["people"])
async def user_rules(user_id: FromPath[str], actor: Given[Actor], db: Given[Database]) -> wire.NotificationRules:
    return await read_rules(db, actor, user_id)


@put(path(routes.MY_NOTIFICATION_RULES), operation_id="changeMyNotificationRules", opt=needs(READ), tags=["me"])
async def change_my_rules(
    data: JSONBody[wire.NotificationRulesInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.NotificationRules]:
    """If-Match is 0 while the default rule holds."""

    return await once.carry_out(lambda: save_rules(db, actor, data, rev=rev, now=now))


@post(
    path(routes.MY_NOTIFICATION_RULES_PREVIEW),
    operation_id="previewMyNotificationRules",
    opt=needs(READ),
    status_code=200,
    tags=["me"],
)
async def preview_my_rules(
    data: JSONBody[wire.RulePreviewInput], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> wire.RulePreview:
    """What happens at three in the morning."""
    return await preview_rule(db, actor, data, now=now)


@post(path(routes.MY_TEST_NOTIFICATION), operation_id="testMyContactMethod", opt=needs(READ), tags=["me"])
async def test_my_method(
    data: JSONBody[wire.TestNotificationInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.TestNotification]:
    async def decide() -> tuple[Writes, wire.TestNotification]:
        trial = await trial_of_method(db, actor, data.contact_method_id, data.severity)
        return send_trial(actor, trial, now=now)

    return await once.carry_out(decide, status=201)


@get(path(routes.NOTIFICATION_SETTINGS), operation_id="readNotificationSettings", opt=needs(READ), tags=TAGS)
async def settings_of_messages(db: Given[Database]) -> wire.NotificationSettings:
    return await read_settings(db)


@put(path(routes.NOTIFICATION_SETTINGS), operation_id="changeNotificationSettings", opt=needs(PEOPLE_EDIT), tags=TAGS)
async def change_settings_of_messages(
    data: JSONBody[wire.NotificationSettingsInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.NotificationSettings]:
    return await once.carry_out(lambda: save_settings(db, actor, data, rev=rev, now=now))


HANDLERS = [
    my_rules,
    user_rules,
    change_my_rules,
    preview_my_rules,
    test_my_method,
    settings_of_messages,
    change_settings_of_messages,
]

"""Handlers of personal rules, of what became of messages, and of tests."""

from litestar import Response, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PEOPLE_EDIT, READ
from server.kernel.database import Writes
from server.kernel.http import Given, Handlers
from server.notices.privacy import read_settings, save_settings
from server.notices.rules import preview_rule, read_rules, save_rules
from server.notices.trial import send_trial, trial_of_method
from shared.wire import notifications as wire
from shared.wire import routes


class MyNotificationRules(Handlers):
    tags = ["me"]
    opt = needs(READ)

    @get(routes.MY_NOTIFICATION_RULES, operation_id="readMyNotificationRules")
    async def my_rules(self, call: Given[Call]) -> wire.NotificationRules:
        return await read_rules(call.db, call.actor, call.actor.user_id)

    @put(routes.MY_NOTIFICATION_RULES, operation_id="changeMyNotificationRules")
    async def change_my_rules(
        self, edit: Given[Edit], data: JSONBody[wire.NotificationRulesInput]
    ) -> Response[wire.NotificationRules]:
        """If-Match is 0 while the default rule holds."""

        return await edit.once(lambda: save_rules(edit.db, edit.actor, data, rev=edit.rev, now=edit.now))

    @post(routes.MY_NOTIFICATION_RULES_PREVIEW, operation_id="previewMyNotificationRules", status_code=200)
    async def preview_my_rules(self, call: Given[Call], data: JSONBody[wire.RulePreviewInput]) -> wire.RulePreview:
        """What happens at three in the morning."""
        return await preview_rule(call.db, call.actor, data, now=call.now)

    @post(routes.MY_TEST_NOTIFICATION, operation_id="testMyContactMethod")
    async def test_my_method(
        self, call: Given[Call], data: JSONBody[wire.TestNotificationInput]
    ) -> Response[wire.TestNotification]:
        async def decide() -> tuple[Writes, wire.TestNotification]:
            trial = await trial_of_method(call.db, call.actor, data.contact_method_id, data.severity)
            return send_trial(call.actor, trial, now=call.now)

        return await call.once(decide, status=201)


class RulesOf(Handlers):
    tags = ["people"]
    opt = needs(READ)

    @get(routes.USER_NOTIFICATION_RULES, operation_id="readUserNotificationRules")
    async def user_rules(self, call: Given[Call], user_id: FromPath[str]) -> wire.NotificationRules:
        return await read_rules(call.db, call.actor, user_id)


class MessagePrivacy(Handlers):
    tags = ["notifications"]
    opt = needs(READ)

    @get(routes.NOTIFICATION_SETTINGS, operation_id="readNotificationSettings")
    async def settings_of_messages(self, call: Given[Call]) -> wire.NotificationSettings:
        return await read_settings(call.db)

    @put(routes.NOTIFICATION_SETTINGS, operation_id="changeNotificationSettings", opt=needs(PEOPLE_EDIT))
    async def change_settings_of_messages(
        self, edit: Given[Edit], data: JSONBody[wire.NotificationSettingsInput]
    ) -> Response[wire.NotificationSettings]:
        return await edit.once(lambda: save_settings(edit.db, edit.actor, data, rev=edit.rev, now=edit.now))

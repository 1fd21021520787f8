"""Handlers of personal rules, of what became of messages, and of tests."""

from typing import Annotated

from litestar import Response, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PEOPLE_EDIT, READ
from server.kernel.database import Writes
from server.kernel.http import Given, Handlers, Limit
from server.notifications.deliveries import (
    Narrowed,
    Segment,
    discard,
    list_dead_letters,
    list_notifications,
    read_notification,
    retry,
)
from server.notifications.privacy import read_settings, save_settings
from server.notifications.rules import preview_rule, read_rules, save_rules
from server.notifications.trial import send_trial, trial_of_method
from shared.wire import notifications as wire
from shared.wire import routes
from shared.wire.lists import Page


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


class Notifications(Handlers):
    tags = ["notifications"]
    opt = needs(READ)

    @get(routes.NOTIFICATIONS, operation_id="listNotifications")
    async def notifications(
        self,
        call: Given[Call],
        segment: Annotated[Segment, QueryParameter(name="scope")] = "mine",
        incident_id: FromQuery[str | None] = None,
        states: Annotated[list[wire.DeliveryState] | None, QueryParameter(name="state")] = None,
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> Page[wire.NotificationItem]:
        wanted = Narrowed(segment=segment, incident_id=incident_id, states=tuple(states or ()))
        return await list_notifications(call.db, call.actor, wanted, limit=limit, cursor=cursor)

    @get(routes.NOTIFICATION, operation_id="readNotification")
    async def notification(self, call: Given[Call], notification_id: FromPath[str]) -> wire.NotificationItem:
        """How far one message got, as it stands this moment."""
        return await read_notification(call.db, call.actor, notification_id)

    @get(routes.DEAD_LETTERS, operation_id="listDeadLetters")
    async def dead_letters(
        self, call: Given[Call], limit: Limit = 50, cursor: FromQuery[str | None] = None
    ) -> Page[wire.DeadLetter]:
        return await list_dead_letters(call.db, call.actor, limit=limit, cursor=cursor)

    @post(routes.DEAD_LETTER_RETRY, operation_id="retryDeadLetter", status_code=204)
    async def retry_dead_letter(self, call: Given[Call], notification_id: FromPath[str]) -> Response[None]:
        return await call.done(lambda: retry(call.db, call.actor, notification_id, now=call.now))

    @post(routes.DEAD_LETTER_DISCARD, operation_id="discardDeadLetter", status_code=204)
    async def discard_dead_letter(self, call: Given[Call], notification_id: FromPath[str]) -> Response[None]:
        return await call.done(lambda: discard(call.db, call.actor, notification_id, now=call.now))

    @get(routes.NOTIFICATION_SETTINGS, operation_id="readNotificationSettings")
    async def settings_of_messages(self, call: Given[Call]) -> wire.NotificationSettings:
        return await read_settings(call.db)

    @put(routes.NOTIFICATION_SETTINGS, operation_id="changeNotificationSettings", opt=needs(PEOPLE_EDIT))
    async def change_settings_of_messages(
        self, edit: Given[Edit], data: JSONBody[wire.NotificationSettingsInput]
    ) -> Response[wire.NotificationSettings]:
        return await edit.once(lambda: save_settings(edit.db, edit.actor, data, rev=edit.rev, now=edit.now))


HANDLERS = [MyNotificationRules, RulesOf, Notifications]

"""How the reader is reached: rules, devices, contact methods, what they try out, what did not arrive."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import uuid4

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, SignedOut, Unreachable
from phone.base.state import State
from shared.domain.paging.notification import Turn
from shared.wire import routes
from shared.wire.devices import Device
from shared.wire.incidents import Severity
from shared.wire.lists import Page
from shared.wire.notifications import (
    LockScreen,
    NotificationItem,
    NotificationRules,
    NotificationRulesInput,
    NotificationSettings,
    RulePreview,
    RulePreviewInput,
    TestNotification,
    TestNotificationInput,
)
from shared.wire.people import ContactMethod, NewContactMethod, VerifyContactMethod

LOOK_EACH_S: Final = 1.0
LOOKS: Final = 30
ARRIVED: Final = ("received", "displayed", "opened", "acted")
OVER: Final = ("failed", "cancelled", "discarded")
Form = Literal["email", "webhook"]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A test message on its way: None while nobody knows more."""

    item: NotificationItem | None = None
    error: Exception | None = None
    is_over: bool = False

    @property
    def took(self) -> timedelta | None:
        """From the tap to the device, or to the provider when that is all that is known."""
        if self.item is None:
            return None
        arrived = self.item.received_at or self.item.displayed_at or self.item.accepted_at
        return arrived - self.item.created_at if arrived else None


def confirms(item: NotificationItem) -> bool:
    """Whether what was sent there says that it arrived: phones do; mailboxes and programs only take it."""
    return item.channel == "push"


class Ways(State):
    """Everything is None until the first answer."""

    def __init__(self, client: Client, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        super().__init__(client)
        self._sleep = sleep
        self._looking: set[asyncio.Task[None]] = set()
        self.rules: NotificationRules | None = None
        self.methods: tuple[ContactMethod, ...] = ()
        self.devices: tuple[Device, ...] = ()
        self.failed: tuple[NotificationItem, ...] = ()
        self.lock_screen: LockScreen | None = None
        self.preview: RulePreview | None = None
        self.preview_of: Severity = "critical"
        self.trials: dict[str, Trial] = {}

    @property
    def can_be_paged(self) -> bool:
        """Whether any phone or contact method would be sent a page now, as far as is known."""
        return any(each.delivers for each in (*self.devices, *self.methods))

    async def load(self, *, at: datetime | None = None) -> None:
        """Read everything; `at` is when the preview begins."""
        found = await self.read(
            asyncio.gather(
                self._client.read(routes.MY_NOTIFICATION_RULES, NotificationRules),
                self._client.read(routes.MY_CONTACT_METHODS, Page[ContactMethod]),
                self._client.read(routes.MY_DEVICES, Page[Device]),
                self._client.read(
                    routes.NOTIFICATIONS, Page[NotificationItem], [("scope", "mine"), ("state", "failed")]
                ),
                self._client.read(routes.NOTIFICATION_SETTINGS, NotificationSettings),
            )
        )
        if found is not None:
            self.rules, methods, devices, failed, settings = found
            self.error, self.lock_screen = None, settings.lock_screen
            self.methods, self.devices = tuple(methods.items), tuple(devices.items)
            self.failed = tuple(failed.items)
            await self.foresee(self.preview_of, at=at)

    async def foresee(self, severity: Severity, *, at: datetime | None = None) -> None:
        """What a page of this severity would do then."""
        self.preview_of = severity
        wanted = RulePreviewInput(severity=severity, at=at)
        path = routes.MY_NOTIFICATION_RULES_PREVIEW
        found = await self.read(self._client.write("POST", path, wanted, answer=RulePreview))
        if found is not None and severity == self.preview_of:
            self.preview = found

    async def keep(self, severity: Severity, steps: tuple[Turn, ...]) -> None:
        """Replace the rule of one severity; raises ApiError and Unreachable."""
        old = self.rules
        if old is None:
            return
        rules: dict[str, Any] = {"critical": old.critical, "warning": old.warning, "info": old.info, severity: steps}
        wanted = NotificationRulesInput(**rules)
        path = routes.MY_NOTIFICATION_RULES
        self.rules = await self._client.write("PUT", path, wanted, answer=NotificationRules, rev=old.rev)

    # Contact methods; each raises ApiError and Unreachable

    async def add(self, wanted: NewContactMethod) -> ContactMethod:
        """A mail address, which is sent a code, or a webhook, whose secret is shown now or never."""
        path = routes.MY_CONTACT_METHODS
        made = await self._client.write("POST", path, wanted, answer=ContactMethod, key=str(uuid4()))
        self.methods = (*self.methods, made)
        return made

    async def verify(self, method_id: str, code: str) -> None:
        """Prove a mail address."""
        path = routes.MY_CONTACT_METHOD_VERIFY.format(contact_method_id=method_id)
        await self._client.write("POST", path, VerifyContactMethod(code=code), answer=ContactMethod, key=str(uuid4()))
        await self._read_methods()

    async def send_code(self, method_id: str) -> None:
        """Mail the code once more."""
        path = routes.MY_CONTACT_METHOD_CODE.format(contact_method_id=method_id)
        await self._client.write("POST", path, answer=dict, key=str(uuid4()))

    async def remove(self, method_id: str) -> None:
        """Reach me there no more."""
        await self._client.write("DELETE", routes.MY_CONTACT_METHOD.format(contact_method_id=method_id), answer=dict)
        await self._read_methods()

    async def remove_device(self, device_id: str) -> None:
        """Page this phone no more."""
        await self._client.write("DELETE", routes.MY_DEVICE.format(device_id=device_id), answer=dict)
        self.devices = tuple(each for each in self.devices if each.id != device_id)

    async def _read_methods(self) -> None:
        page = await self._client.read(routes.MY_CONTACT_METHODS, Page[ContactMethod])
        self.methods = tuple(page.items)

    # Trying out

    def test(self, method_id: str) -> None:
        """Send a test there, and watch how far it gets."""
        if method_id in self.trials and not self.trials[method_id].is_over:
            return
        self._told(method_id, Trial())
        task = asyncio.create_task(self._try(method_id))
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    async def _try(self, method_id: str) -> None:
        wanted = TestNotificationInput(contact_method_id=method_id)
        path = routes.MY_TEST_NOTIFICATION
        try:
            sent = await self._client.write("POST", path, wanted, answer=TestNotification, key=str(uuid4()))
            for _ in range(LOOKS):
                item = await self._client.read(
                    routes.NOTIFICATION.format(notification_id=sent.notification_id), NotificationItem
                )
                is_over = item.state in (*ARRIVED, *OVER) or (item.state == "accepted" and not confirms(item))
                self._told(method_id, Trial(item=item, is_over=is_over))
                if is_over:
                    return
                await self._sleep(LOOK_EACH_S)
            self._told(method_id, Trial(item=self.trials[method_id].item, is_over=True))
        except SignedOut:
            self._client.signed_out()
        except (Unreachable, ApiError) as error:
            self._told(method_id, Trial(error=error, is_over=True))

    def _told(self, method_id: str, trial: Trial) -> None:
        self.trials = {**self.trials, method_id: trial}

    def stop(self) -> None:
        """Watch no test any more."""
        for task in self._looking:
            task.cancel()

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.stop()
        self.rules, self.preview, self.lock_screen, self.error = None, None, None, None
        self.methods, self.devices, self.failed, self.trials = (), (), (), {}

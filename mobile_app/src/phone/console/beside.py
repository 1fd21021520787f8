"""What stands beside a form and is read on its own: how a service does, what an integration received, members."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal
from uuid import uuid4

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes
from shared.wire.alerts import AlertDetail, IncidentRef
from shared.wire.events import EventDetail, ReceivedEvent, TestSent
from shared.wire.lists import Page
from shared.wire.notifications import NotificationItem, TestNotification
from shared.wire.people import Member
from shared.wire.services import ServiceNow

RECEIVED: Final = "10"
LOOKS: Final = 12
PAUSE_S: Final = 0.5
TestState = Literal["none", "sending", "received", "became", "failed"]


class Beside(State):
    """Each part is None until it was read for the object that is shown."""

    def __init__(self, client: Client, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        super().__init__(client)
        self._sleep = sleep
        self.slug, self.ident = "", ""
        self.now: ServiceNow | None = None
        self.received: tuple[ReceivedEvent, ...] | None = None
        self.members: tuple[Member, ...] | None = None
        self.opened: EventDetail | None = None
        self.test: TestState = "none"
        self.test_incident: IncidentRef | None = None
        self.test_reason: str | None = None
        self.busy = False

    async def show(self, slug: str, ident: str) -> None:
        """Read what belongs to this object."""
        if (self.slug, self.ident) != (slug, ident):
            self.forget()
            self.slug, self.ident = slug, ident
        if ident != "new":
            await self.load()

    async def load(self) -> None:
        """Read it anew; what can't be read stays as it was."""
        reads: dict[str, Callable[[], Awaitable[None]]] = {
            "services": self._read_now,
            "integrations": self._read_received,
            "teams": self._read_members,
        }
        if self.slug in reads:
            await self._try(reads[self.slug])

    async def _try(self, act: Callable[[], Awaitable[None]]) -> bool:
        self.error = None
        return await self.attempt(act)

    async def _read_now(self) -> None:
        turn = self._turn
        now = await self._client.read(routes.SERVICE_NOW.format(service_id=self.ident), ServiceNow)
        if turn == self._turn:
            self.now = now

    async def _read_received(self) -> None:
        turn = self._turn
        path = routes.INTEGRATION_RECEIVED.format(integration_id=self.ident)
        page = await self._client.read(path, Page[ReceivedEvent], [("limit", RECEIVED)])
        if turn == self._turn:
            self.received = tuple(page.items)

    async def _read_members(self) -> None:
        turn = self._turn
        members = await self._client.read_all(routes.TEAM_MEMBERS.format(team_id=self.ident), Member)
        if turn == self._turn:
            self.members = tuple(members)

    # What an integration received

    async def open(self, event: ReceivedEvent) -> None:
        """Read one event with its payload."""

        async def read() -> None:
            self.opened = await self._client.read(routes.EVENT.format(event_id=event.id), EventDetail)

        await self._try(read)

    def close(self) -> None:
        """Put the payload away."""
        self.opened = None

    # The test alert

    async def send_test(self, action: Literal["trigger", "resolve"] = "trigger") -> None:
        """Send a sample through the integration, and look what becomes of it."""
        turn, path = self._turn, routes.INTEGRATION_TEST.format(integration_id=self.ident)
        self.test, self.test_incident = "sending", None

        async def send() -> None:
            sent = await self._client.write("POST", path, {"action": action}, answer=TestSent, key=str(uuid4()))
            await self._follow(sent, turn)
            await self._read_received()

        if not await self._try(send) and turn == self._turn:
            self.test = "failed"

    async def _follow(self, sent: TestSent, turn: int) -> None:
        for _ in range(LOOKS):
            event = await self._client.read(routes.EVENT.format(event_id=sent.event_id), EventDetail)
            if turn != self._turn:
                return
            if event.state != "waiting":
                await self._told(event)
                return
            self.test = "received"
            await self._sleep(PAUSE_S)

    async def _told(self, event: EventDetail) -> None:
        self.test = "failed" if event.state == "failed" else "became"
        ident = next((news.alert_id for news in event.news if news.alert_id is not None), None)
        if ident is not None:
            alert = await self._client.read(routes.ALERT.format(alert_id=ident), AlertDetail)
            self.test_incident = alert.incident

    # A channel's test

    async def test_channel(self) -> None:
        """Send a message to the reader's own address of the channel, and look how far it gets."""
        turn = self._turn
        self.test, self.test_reason = "sending", None

        async def send() -> None:
            path = routes.CHANNEL_TEST.format(slug=self.ident)
            sent = await self._client.write("POST", path, {}, answer=TestNotification, key=str(uuid4()))
            for _ in range(LOOKS):
                path = routes.NOTIFICATION.format(notification_id=sent.notification_id)
                item = await self._client.read(path, NotificationItem)
                if turn != self._turn:
                    return
                if item.state != "queued":
                    is_lost = item.state in ("failed", "cancelled", "discarded")
                    self.test_reason, self.test = item.reason, "failed" if is_lost else "became"
                    return
                self.test = "received"
                await self._sleep(PAUSE_S)

        if not await self._try(send) and turn == self._turn:
            self.test = "failed"

    # Members of a team

    async def add_member(self, user_id: str) -> None:
        """Put somebody into the team."""
        path = routes.TEAM_MEMBERS.format(team_id=self.ident)
        await self._change_members("POST", path, {"user_id": user_id})

    async def mark_manager(self, user_id: str, is_manager: bool) -> None:
        """Let a member manage the team, or no more."""
        path = routes.TEAM_MEMBERS.format(team_id=self.ident)
        await self._change_members("POST", path, {"user_id": user_id, "is_manager": is_manager})

    async def remove_member(self, user_id: str) -> None:
        """Take somebody out of the team."""
        path = routes.TEAM_MEMBER.format(team_id=self.ident, user_id=user_id)
        await self._change_members("DELETE", path, None)

    async def _change_members(self, method: str, path: str, body: dict[str, Any] | None) -> None:
        async def change() -> None:
            await self._client.write(method, path, body, answer=dict[str, Any], key=str(uuid4()))
            await self._read_members()

        await self._try(change)

    def forget(self) -> None:
        """Empty everything: something else is shown, or another person may sign in."""
        self._turn += 1
        self.slug, self.ident = "", ""
        self.now, self.received, self.members, self.opened = None, None, None, None
        self.test, self.test_incident, self.error = "none", None, None

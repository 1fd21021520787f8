"""The first run: six steps from an empty account to a page on the reader's phone, each can be skipped."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal, get_args
from uuid import uuid4

import msgspec
from msgspec import Struct

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, SignedOut, Unreachable
from phone.base.copies import Copies
from phone.base.device.store import Store
from phone.base.draft import Draft
from phone.base.keys import Keys
from phone.base.places import place
from phone.base.state import State
from phone.console.directory import Directory
from phone.me.ways import Ways
from shared.wire import routes
from shared.wire.escalation_policies import EscalationPolicy
from shared.wire.incidents import Incident
from shared.wire.invitations import Invitation
from shared.wire.lists import Page
from shared.wire.notifications import NotificationItem, TestPage
from shared.wire.people import Team
from shared.wire.services import Integration, Service
from shared.wire.sessions import Me

Step = Literal["admin", "team", "service", "policy", "reach", "page"]
STEPS: Final[tuple[Step, ...]] = get_args(Step)
LISTS: Final = ("teams", "people", "services", "integrations", "policies", "sources", "schedules", "channels")
FIRST_WAIT_S: Final = 300
LOOK_S: Final = 1.0
BETWEEN: Final = re.compile(r"[\s,;，；、]+")
PageState = Literal["none", "sent", "answered", "failed", "over"]


class Remembered(Struct, frozen=True, kw_only=True):
    """What this person decided on this device."""

    skipped: tuple[Step, ...] = ()
    page_id: str | None = None
    answered_s: int | None = None
    dismissed: bool = False


class Answers(Struct, frozen=True, kw_only=True):
    """What is typed into the steps."""

    team: str = ""
    emails: str = ""
    service: str = ""
    source: str | None = None


TEAM: Final = place(Answers, lambda answers: answers.team)
EMAILS: Final = place(Answers, lambda answers: answers.emails)
SERVICE: Final = place(Answers, lambda answers: answers.service)
SOURCE: Final = place(Answers, lambda answers: answers.source)


class FirstRun(State):
    """A step is done when the account shows it, whoever did it; only the test page is remembered here."""

    def __init__(
        self,
        client: Client,
        directory: Directory,
        kept: Store,
        ways: Ways,
        *,
        me: Callable[[], Me | None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(client)
        self._directory = directory
        self._kept = kept
        self.ways = ways
        self._me = me
        self._sleep = sleep
        self._watch: asyncio.Task[None] | None = None
        self._keys = Keys()
        self.form = Draft(Answers())
        self.remembered = Remembered()
        self.open_step: Step | None = None
        self.invited: tuple[Invitation, ...] = ()
        self.is_page_over = False
        self.page_failure: NotificationItem | None = None
        self.missing: Step | None = None
        self.refused = ""
        self.busy = False

    # How far

    @property
    def is_known(self) -> bool:
        """Whether every list that the steps look at was read."""
        return all(self._directory.items(slug) is not None for slug in ("teams", "people", "services", "policies"))

    def is_done(self, step: Step) -> bool:
        """Whether the account shows it."""
        items = self._directory.items
        match step:
            case "admin":
                return True
            case "team":
                return bool(items("teams"))
            case "service":
                return bool(items("services")) and bool(items("integrations"))
            case "policy":
                return any(service.policy_id for service in items("services") or ())
            case "reach":
                return self.ways.can_be_paged
            case "page":
                return self.remembered.answered_s is not None

    @property
    def done(self) -> int:
        """How many of them."""
        return sum(self.is_done(step) for step in STEPS)

    @property
    def current(self) -> Step | None:
        """The step that is open: the one that was chosen, else the first that is neither done nor skipped."""
        if self.open_step is not None:
            return self.open_step
        for step in STEPS:
            if not self.is_done(step) and step not in self.remembered.skipped:
                return step
        return None

    @property
    def may_be_done(self) -> bool:
        """Whether the reader may configure anything."""
        me = self._me()
        return me is not None and "configuration:edit" in me.permissions

    @property
    def is_wanted(self) -> bool:
        """Whether the card on the incidents' screen is shown."""
        is_left = self.is_known and not self.remembered.dismissed and self.done < len(STEPS)
        return self.may_be_done and is_left

    async def load(self) -> None:
        """Read what the steps look at."""
        me = self._me()
        if me is None or not self.may_be_done:
            return
        self.remembered = await self._copies(me).read() or Remembered()
        reading = [self._directory.load(LISTS)]
        if self.page != "answered" and not self.remembered.dismissed:
            reading.append(self.ways.load())
        await asyncio.gather(*reading)
        self.busy = False
        self._follow_page()

    def _copies(self, me: Me) -> Copies[Remembered]:
        return Copies(self._kept, f"first_run.{me.id}", Remembered)

    async def _remember(self, **fields: Any) -> None:
        self.remembered = msgspec.structs.replace(self.remembered, **fields)
        me = self._me()
        if me is not None:
            await self._copies(me).keep(self.remembered)

    async def skip(self, step: Step) -> None:
        """Go on without it; it can be opened again."""
        self.open(None)
        if step == "page":
            await self.end_page()
        await self._remember(skipped=(*(each for each in self.remembered.skipped if each != step), step))

    def open(self, step: Step | None) -> None:
        """Look at a step, also at one that was skipped."""
        self.open_step, self.error, self.missing, self.refused = step, None, None, ""

    async def dismiss(self) -> None:
        """Never show the card to this person again."""
        await self.end_page()
        await self._remember(dismissed=True)

    # The steps

    async def make_team(self) -> None:
        """A team with the reader in it, and a link for everybody who was named."""
        name = self.form.whole.team.strip()
        if not name:
            self.missing = "team"
            return

        async def make() -> None:
            team = await self._write(routes.TEAMS, {"name": name}, Team)
            me = self._me()
            if me is not None:
                members = routes.TEAM_MEMBERS.format(team_id=team.id)
                await self._write(members, {"user_id": me.id, "is_manager": True}, dict[str, Any])
            await self._invite(team.id)

        await self._carry_out("team", make)

    async def invite(self) -> None:
        """More people into the first team."""
        teams = self._directory.items("teams") or ()
        if teams:
            await self._carry_out("team", lambda: self._invite(teams[0].id))

    async def _invite(self, team_id: str) -> None:
        me = self._me()
        left = list(dict.fromkeys(filter(None, BETWEEN.split(self.form.whole.emails))))
        while left:
            language = me.language if me is not None else "en"
            body = {"email": left[0], "role": "responder", "language": language, "team_ids": [team_id]}
            self.refused = left[0]
            self.form.choose(EMAILS, ", ".join(left))
            invitation = await self._write(routes.INVITATIONS, body, Invitation)
            self.invited = (*(each for each in self.invited if each.id != invitation.id), invitation)
            del left[0]
        self.refused = ""
        self.form.choose(EMAILS, "")

    async def make_service(self) -> None:
        """A service of the first team, and a way in for its alerts."""
        name, source = self.form.whole.service.strip(), self.form.whole.source
        teams = self._directory.items("teams") or ()
        if not name or source is None or not teams:
            self.missing = "service"
            return

        async def make() -> None:
            services = self._directory.items("services") or ()
            service = next((each for each in services if each.name == name), None)
            if service is None:
                service = await self._write(routes.SERVICES, {"name": name, "team_id": teams[0].id}, Service)
            fields = {"name": f"{name} · {source}", "source": source, "service_id": service.id}
            await self._write(routes.INTEGRATIONS, fields, Integration)

        await self._carry_out("service", make)

    async def make_policy(self, name: str) -> None:
        """Page the reader, then the whole team; the services that page nobody use it from now on."""
        me, teams = self._me(), self._directory.items("teams") or ()
        if me is None or not teams:
            return
        levels = [
            {"targets": [{"kind": "user", "id": me.id}], "delay_s": FIRST_WAIT_S},
            {"targets": [{"kind": "team", "id": teams[0].id}], "delay_s": FIRST_WAIT_S},
        ]

        async def make() -> None:
            body = {"name": name, "team_id": teams[0].id, "levels": levels, "rounds": 2}
            policy = await self._write(routes.ESCALATION_POLICIES, body, EscalationPolicy)
            for service in self._directory.items("services") or ():
                if service.policy_id is None:
                    await self._use(service, policy.id)

        await self._carry_out("policy", make)

    async def send_page(self) -> None:
        """A real page on the whole way, to the reader alone."""

        async def send() -> None:
            sent = await self._client.write("POST", routes.MY_TEST_PAGE, {}, answer=TestPage, key=str(uuid4()))
            self.is_page_over, self.page_failure = False, None
            await self._remember(page_id=sent.incident_id)

        await self._carry_out("page", send)
        self._follow_page()

    async def end_page(self) -> None:
        """The test is over; where that can't be said, it ends by itself in a while."""
        ident = self.remembered.page_id
        if ident is None:
            return
        await self._remember(page_id=None)
        path = routes.INCIDENT_RESOLVE.format(incident_id=ident)
        ended = self._client.write("POST", path, {}, answer=Incident, key=str(uuid4()))
        await self.read(ended, fail=lambda _error: None)

    def has(self, channel: str) -> bool | None:
        """Whether this installation can send by `channel`; None for whom its ways out are not shown."""
        found = self._directory.find("channels", channel)
        return found.is_configured if found is not None else None

    @property
    def page(self) -> PageState:
        """How far the test page got."""
        if self.remembered.answered_s is not None:
            return "answered"
        if self.remembered.page_id is None:
            return "none"
        if self.is_page_over:
            return "over"
        return "failed" if self.page_failure is not None else "sent"

    def _follow_page(self) -> None:
        if self.page in ("sent", "failed") and (self._watch is None or self._watch.done()):
            self._watch = asyncio.create_task(self._look_after())

    async def _look_after(self) -> None:
        """Look each second until the reader acknowledged the page, or it ended without; another may still arrive."""
        while self.page in ("sent", "failed"):
            try:
                await self._look()
            except SignedOut:
                self._client.signed_out()
                return
            except Unreachable:
                self._client.reached(False)
            except ApiError as error:
                self.is_page_over = error.status == 404
            if self.page in ("sent", "failed"):
                await self._sleep(LOOK_S)

    async def _look(self) -> None:
        ident, me = self.remembered.page_id, self._me()
        if ident is None or me is None:
            return
        incident = await self._client.incident(ident)
        if ident != self.remembered.page_id:
            return
        by, at = incident.acknowledged_by, incident.acknowledged_at
        if by is not None and at is not None and by.id == me.id:
            self.open_step = None
            await self._remember(answered_s=round((at - incident.triggered_at).total_seconds()))
            if self.current is None:
                await self.end_page()
        elif incident.state == "resolved":
            self.is_page_over = True
        else:
            await self._look_whether_it_left(ident)

    async def _look_whether_it_left(self, ident: str) -> None:
        """A page of which every message failed reaches nobody: the reader must not wait for it."""
        wanted = [("scope", "mine"), ("incident_id", ident)]
        found = await self._client.read(routes.NOTIFICATIONS, Page[NotificationItem], wanted)
        failed = [each for each in found.items if each.state == "failed"]
        self.page_failure = failed[0] if failed and len(failed) == len(found.items) else None

    async def _use(self, service: Service, policy_id: str) -> None:
        fields = msgspec.to_builtins(service)
        body = {name: fields[name] for name in ("name", "team_id", "description", "runbook_url", "grouping")}
        path = routes.SERVICE.format(service_id=service.id)
        await self._client.write("PUT", path, {**body, "policy_id": policy_id}, answer=Service, rev=service.rev)

    async def _write(self, path: str, body: object, answer: Any) -> Any:
        key = self._keys.of(path, body)
        return await self._client.write("POST", path, body, answer=answer, key=key)

    async def _carry_out(self, step: Step, make: Callable[[], Awaitable[None]]) -> None:
        """Do a step; what was made before something failed is not made twice, and the step stays open."""
        self.busy, self.error, self.missing, self.refused = True, None, None, ""
        done = await self.attempt(make)
        self.open_step = step if step == "page" or not done else None
        await self._directory.load(LISTS)
        self.busy = False

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.form.fill(Answers())
        self.remembered, self.open_step = Remembered(), None
        self.invited, self.is_page_over, self.page_failure = (), False, None
        self.error, self.busy, self.missing, self.refused = None, False, None, ""
        self._keys.forget()
        if self._watch is not None:
            self._watch.cancel()

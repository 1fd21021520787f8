"""The accounts' part of the fake server: grants, links, leaving, invitations, keys, and the test page."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import msgspec

from shared.wire import routes
from shared.wire.api_keys import NewApiKey
from shared.wire.incidents import Incident
from shared.wire.invitations import Invitation, Invited, NewInvitation
from shared.wire.lists import Page, Ref
from shared.wire.notifications import TestPage
from shared.wire.passwords import ResetLink
from shared.wire.people import Deactivated, Reactivated
from shared.wire.problems import FieldProblem
from shared.wire.roles import Grant, GrantScope
from tests.kit import nordwind_accounts
from tests.kit.answers import Shelf, answered, refused
from tests.kit.night import ANA, NOW, incidents


class FakeAccounts:
    """`shifts` are what a person who leaves still holds; `flaws` what is wrong with a table that is sent.

    `out_of_reach` have no way to be paged.
    """

    def __init__(self, *, users: Shelf, teams: Shelf, services: Shelf, roles: Shelf) -> None:
        self.users, self.teams, self.services, self.roles = users, teams, services, roles
        self.grants = nordwind_accounts.grants()
        self.invitations = nordwind_accounts.invitations()
        self.keys = nordwind_accounts.api_keys()
        self.shifts: list[FieldProblem] = []
        self.flaws: list[FieldProblem] = []
        self.out_of_reach: set[str] = set()
        self.trial: Incident | None = None
        self.is_mailing = False
        self._answers: dict[str, Callable[[str, dict[str, Any], tuple[str, ...]], httpx.Response]] = {
            routes.USER_GRANTS: self._grants,
            routes.USER_GRANT: self._withdraw,
            routes.USER_PASSWORD_RESET: self._reset,
            routes.USER_TOTP: self._totp,
            routes.USER_DEACTIVATE: self._deactivate,
            routes.USER_REACTIVATE: self._reactivate,
            routes.INVITATIONS: self._invite,
            routes.INVITATIONS_CSV: self._table,
            routes.INVITATION_RESEND: self._resend,
            routes.INVITATION: self._take_back,
            routes.API_KEYS: self._make_key,
            routes.API_KEY: self._revoke,
            routes.MY_TEST_PAGE: self._test_page,
            routes.INCIDENT: self._incident,
            routes.INCIDENT_RESOLVE: self._end_trial,
        }

    def answer(self, method: str, path: str, body: dict[str, Any]) -> httpx.Response | None:
        """None when the path is somebody else's."""
        for pattern, act in self._answers.items():
            found = re.fullmatch(re.sub(r"\{\w+\}", "([^/]+)", pattern), path)
            is_trial = self.trial is not None and self.trial.id in path
            is_mine = pattern not in (routes.INCIDENT, routes.INCIDENT_RESOLVE) or is_trial
            if found is not None and is_mine:
                return act(method, body, found.groups())
        return None

    # People

    def _grants(self, method: str, body: dict[str, Any], ids: tuple[str, ...]) -> httpx.Response:
        if method == "GET":
            return answered(Page(items=[each for each in self.grants if each.user_id == ids[0]]))
        role = next(each for each in self.roles.items if each.id == body["role_id"])
        scope = msgspec.convert(body["scope"], GrantScope)
        slug = {"team": self.teams, "service": self.services}.get(scope.kind)
        name = next((each.name for each in slug.items if each.id == scope.id), "") if slug else ""
        given = Grant(
            id=f"g-{len(self.grants) + 1}",
            user_id=ids[0],
            role=Ref(role.id, role.name),
            permissions=role.permissions,
            scope=scope,
            scope_name=name,
        )
        self.grants.append(given)
        return answered(given, 201)

    def _withdraw(self, _method: str, _body: dict[str, Any], ids: tuple[str, ...]) -> httpx.Response:
        self.grants = [each for each in self.grants if each.id != ids[1]]
        return httpx.Response(204)

    def _reset(self, _method: str, _body: dict[str, Any], ids: tuple[str, ...]) -> httpx.Response:
        link = f"https://dogwatch.nordwind.example/reset/dwr.{ids[0]}"
        return answered(ResetLink(link=link, expires_at=NOW + timedelta(hours=1), is_mailed=False), 201)

    def _totp(self, _method: str, _body: dict[str, Any], ids: tuple[str, ...]) -> httpx.Response:
        self.users.change(ids[0], has_totp=False)
        return httpx.Response(204)

    def _deactivate(self, _method: str, body: dict[str, Any], ids: tuple[str, ...]) -> httpx.Response:
        missing = [each for each in self.shifts if each.args["schedule_id"] not in body["takers"]]
        if missing and "*" not in body["takers"]:
            return refused(409, "on_call", *missing)
        gone = self.users.change(ids[0], deactivated_at=NOW)
        named = {each.id: each.name for each in self.users.items if each.id in self.out_of_reach}
        told = [
            FieldProblem(field="takers", code="unreachable", message="", args={"user_id": id, "name": named[id]})
            for id in sorted(set(body["takers"].values()))
            if id in named
        ]
        return answered(Deactivated(**msgspec.structs.asdict(gone), warnings=told))

    def _reactivate(self, _method: str, _body: dict[str, Any], ids: tuple[str, ...]) -> httpx.Response:
        back = self.users.change(ids[0], deactivated_at=None)
        return answered(Reactivated(**msgspec.structs.asdict(back), left=[Ref("s-primary", "Primary")]))

    # Invitations

    def _invite(self, method: str, body: dict[str, Any], _ids: tuple[str, ...]) -> httpx.Response:
        if method == "GET":
            return answered(Page(items=self.invitations))
        asked = msgspec.convert(body, NewInvitation)
        names = {each.id: each.name for each in self.teams.items}
        teams = [Ref(ident, names[ident]) for ident in asked.team_ids]
        given = {"role": asked.role, "language": asked.language, "teams": teams, "is_mailed": self.is_mailing}
        made = nordwind_accounts.invitation(f"v-{len(self.invitations)}", asked.email, asked.name, "open", **given)
        self.invitations.append(made)
        return answered(made, 201)

    def _table(self, _method: str, body: dict[str, Any], _ids: tuple[str, ...]) -> httpx.Response:
        if self.flaws:
            return refused(400, "invalid", *self.flaws)
        made: list[Invitation] = []
        for n, line in enumerate(body["csv"].splitlines()[1:]):
            name, email, *_ = line.split(",")
            made.append(nordwind_accounts.invitation(f"v-t{n}", email, name, "open"))
        self.invitations += made
        return answered(Invited(items=made), 201)

    def _resend(self, _method: str, _body: dict[str, Any], ids: tuple[str, ...]) -> httpx.Response:
        found = next(each for each in self.invitations if each.id == ids[0])
        again = nordwind_accounts.invitation(found.id, found.email, found.name, "open", teams=found.teams)
        self.invitations = [again if each.id == found.id else each for each in self.invitations]
        return answered(again)

    def _take_back(self, _method: str, _body: dict[str, Any], ids: tuple[str, ...]) -> httpx.Response:
        self.invitations = [
            msgspec.structs.replace(each, state="withdrawn", link=None) if each.id == ids[0] else each
            for each in self.invitations
        ]
        return httpx.Response(204)

    # Keys

    def _make_key(self, method: str, body: dict[str, Any], _ids: tuple[str, ...]) -> httpx.Response:
        if method == "GET":
            return answered(Page(items=self.keys))
        fields = {
            "id": f"k-{len(self.keys)}",
            "hint": "dwk.NEWK",
            "made_by": ANA,
            "created_at": NOW,
            "last_used_at": None,
            "revoked_at": None,
        }
        asked = msgspec.convert(body, NewApiKey)
        team = next((Ref(each.id, each.name) for each in self.teams.items if each.id == asked.team_id), None)
        named = {"name": asked.name, "scopes": asked.scopes, "expires_at": asked.expires_at, "team": team}
        made = msgspec.convert(msgspec.to_builtins({**fields, **named}), type(self.keys[0]))
        self.keys.append(made)
        return answered(msgspec.structs.replace(made, key="dwk.NEWKEY-shown-once"), 201)

    def _revoke(self, _method: str, _body: dict[str, Any], ids: tuple[str, ...]) -> httpx.Response:
        self.keys = [msgspec.structs.replace(each, revoked_at=NOW) if each.id == ids[0] else each for each in self.keys]
        return httpx.Response(204)

    # The test page

    def _test_page(self, _method: str, _body: dict[str, Any], _ids: tuple[str, ...]) -> httpx.Response:
        like = next(each for each in incidents() if each.state == "triggered")
        self.trial = msgspec.structs.replace(like, id="inc-trial", triggered_at=NOW)
        return answered(TestPage(incident_id="inc-trial", number=1, ends_at=NOW + timedelta(minutes=15)), 201)

    def _incident(self, _method: str, _body: dict[str, Any], _ids: tuple[str, ...]) -> httpx.Response:
        return answered(self.trial)

    def _end_trial(self, _method: str, _body: dict[str, Any], _ids: tuple[str, ...]) -> httpx.Response:
        assert self.trial is not None
        self.trial = msgspec.structs.replace(self.trial, state="resolved", resolved_at=NOW)
        return answered(self.trial)

    def answer_page(self, who: Ref, *, after_s: int) -> None:
        """Somebody acknowledges the test page."""
        assert self.trial is not None
        at = self.trial.triggered_at + timedelta(seconds=after_s)
        self.trial = msgspec.structs.replace(self.trial, state="acknowledged", acknowledged_by=who, acknowledged_at=at)

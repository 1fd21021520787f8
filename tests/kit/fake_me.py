"""How the reader of the fake server is reached, and their account's safety."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec

from server.accounts.sign_in.qr import qr_svg
from shared.domain.paging.notification import Turn
from shared.wire import routes
from shared.wire.devices import Device, DevicePermissions, Pairing, PairingCode
from shared.wire.invitations import Welcome
from shared.wire.lists import Page, Ref
from shared.wire.notifications import (
    NotificationItem,
    NotificationRules,
    NotificationSettings,
    RulePreview,
    RulePreviewInput,
    RulePreviewLine,
    TestNotification,
)
from shared.wire.passwords import RecoveryCodes, TotpEnrolment
from shared.wire.people import ContactMethod
from shared.wire.sessions import SessionItem
from tests.kit.answers import answered, problem
from tests.kit.fake_letters import FakeLetters
from tests.kit.night import NOW, ago, ahead

RIGHT_CODE = "123456"


def message(ident: str, state: str, **given: Any) -> NotificationItem:
    fields: dict[str, Any] = {
        "id": ident,
        "kind": "page",
        "state": state,
        "reason": None,
        "channel": "push",
        "label": "Pixel 9",
        "user": Ref("u-jonas", "Jonas Keller"),
        "severity": "critical",
        "incident_id": "inc-4821",
        "incident_number": 4821,
        "attempts": 1,
        "created_at": ago(2),
        "due_at": ago(2),
        "accepted_at": None,
        "received_at": None,
        "displayed_at": None,
        "opened_at": None,
        "acted_at": None,
        "failed_at": None,
        "cancelled_at": None,
    }
    return NotificationItem(**{**fields, **given})


LASTING = (
    ("POST", routes.API_KEYS),
    ("POST", routes.PAIRING_CODES),
    ("POST", routes.INVITATIONS),
    ("POST", routes.INVITATIONS_CSV),
    ("POST", routes.INVITATION_RESEND),
    ("POST", routes.USERS),
    ("PATCH", routes.USER),
    ("POST", routes.USER_REACTIVATE),
    ("POST", routes.USER_PASSWORD_RESET),
    ("DELETE", routes.USER_TOTP),
    ("POST", routes.USER_GRANTS),
    ("PUT", routes.ROLE),
    ("POST", routes.MY_TOTP),
    ("POST", routes.MY_TOTP_DISABLE),
    ("POST", routes.MY_RECOVERY_CODES),
    ("POST", routes.MY_CONTACT_METHODS),
    ("PUT", routes.CHANNEL),
    ("POST", routes.MY_FEED),
    ("POST", routes.SCHEDULE_FEED),
)
"""What wants a fresh sign-in; tests/permissions/test_lasting holds it to the server's."""
_LASTING = [(method, re.compile(re.sub(r"{\w+}", "[^/]+", route))) for method, route in LASTING]


class FakeMe:
    """`reaches` are the states that a test message goes through; `password` proves who asks."""

    password = "dogwatch-demo"

    def __init__(self) -> None:
        now, later = Turn(channel="push"), Turn(channel="email", delay_s=180)
        self.rules = NotificationRules(
            critical=(now, Turn(contact_method_id="c-hook"), later),
            warning=(now,),
            info=(Turn(channel="email"),),
            is_default=False,
            warnings=[],
            rev=4,
        )
        allowed = DevicePermissions(notifications="granted", full_screen="granted", dnd_access="granted")
        self.devices = [_device("d-pixel", "Pixel 9", allowed, 4), _device("d-ipad", "iPad", DevicePermissions(), None)]
        self.methods = [
            _method("c-mail", "email", "Work", "jonas@nordwind.example", verified_at=ago(9_000)),
            _method("c-new", "email", "Private", "jonas@home.example"),
            _method("c-hook", "webhook", "Desk lamp", "https://lamp.home.example/pager", verified_at=ago(9_000)),
        ]
        self.owners_mail = ""
        self.tried = "push"
        self.failed = [message("n-1", "failed", channel="email", label="j…@nordwind.example", reason="timeout")]
        self.letters = FakeLetters(self.failed[0])
        self.address, self.rings = "https://dogwatch.nordwind.example", True
        self.reaches = ["queued", "accepted", "received"]
        self.sessions = [
            SessionItem(id="s-1", device="Pixel 9", created_at=ago(90), last_seen_at=ago(0.2), is_current=True),
            SessionItem(
                id="s-2", device="Firefox, Linux", created_at=ago(9_000), last_seen_at=ago(190), is_current=False
            ),
            SessionItem(id="s-3", device="iPad", created_at=ago(90_000), last_seen_at=ago(4_900), is_current=False),
        ]
        self.pairing = Pairing(id="p-1", state="waiting", device=None, joined_at=None, undo_until=None)
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.has_totp = False
        self.is_fresh = True
        self.foresees_nothing = False
        self.welcome: Welcome | None = Welcome(
            email="nora@nordwind.example",
            name="Nora Falk",
            role="responder",
            language="en",
            teams=["Payments"],
            invited_by="Ana Ruiz",
            expires_at=ahead(2_000),
        )

    def asks_proof(self, request: httpx.Request) -> bool:
        """Whether this makes something that lasts, and nobody proved lately who asks."""
        return not self.is_fresh and any(
            request.method == method and pattern.fullmatch(request.url.path) for method, pattern in _LASTING
        )

    def answer(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response | None:
        """None when the path is somebody else's."""
        method, path = request.method, request.url.path
        if method != "GET":
            self.asked.append((method, path, body))
        plain: dict[tuple[str, str], Any] = {
            ("GET", routes.MY_NOTIFICATION_RULES): self.rules,
            ("GET", routes.MY_CONTACT_METHODS): Page(items=self.methods),
            ("GET", routes.MY_DEVICES): Page(items=self.devices),
            ("GET", routes.NOTIFICATIONS): Page(items=self._failed_of(request.url.params.get("incident_id"))),
            ("GET", routes.NOTIFICATION_SETTINGS): NotificationSettings(lock_screen="minimal", rev=1),
            ("GET", routes.MY_SESSIONS): Page(items=self.sessions),
            ("GET", routes.PAIRING_CODE.format(pairing_code_id="p-1")): self.pairing,
            ("POST", routes.RESET): None,
        }
        if (method, path) in plain:
            return answered(plain[method, path])
        if (method, path) == ("POST", routes.MY_TEST_NOTIFICATION):
            channels = {each.id: each.channel for each in self.methods}
            self.tried = channels.get(body["contact_method_id"], "push")
            return answered(TestNotification(notification_id="n-test"), 201)
        if path == routes.NOTIFICATION.format(notification_id="n-test"):
            return answered(self._tested())
        letters = self.letters.answer(method, path)
        return letters or self._ways(method, path, body, request) or self._account(method, path, body)

    def _failed_of(self, incident_id: str | None) -> list[NotificationItem]:
        return [each for each in self.failed if incident_id in (None, each.incident_id)]

    def _tested(self) -> NotificationItem:
        state = self.reaches.pop(0) if len(self.reaches) > 1 else self.reaches[0]
        reason = "unregistered" if state == "failed" else None
        received_at = NOW + timedelta(seconds=1.4) if state == "received" else None
        accepted_at = NOW + timedelta(seconds=0.6) if state == "accepted" else None
        given = {"reason": reason, "received_at": received_at, "accepted_at": accepted_at, "channel": self.tried}
        return message("n-test", state, created_at=NOW, **given)

    def _ways(self, method: str, path: str, body: dict[str, Any], request: httpx.Request) -> httpx.Response | None:
        if path == routes.MY_NOTIFICATION_RULES:
            if request.headers.get("if-match") != str(self.rules.rev):
                return problem(412, "stale")
            fields = {"is_default": False, "warnings": [], "rev": self.rules.rev + 1, **body}
            self.rules = msgspec.convert(fields, NotificationRules)
            return answered(self.rules)
        if path == routes.MY_NOTIFICATION_RULES_PREVIEW:
            return answered(self._preview(msgspec.convert(body, RulePreviewInput)))
        if path == routes.MY_CONTACT_METHODS:
            is_proven = body["channel"] == "webhook" or body["value"] == self.owners_mail
            proven = {"verified_at": NOW} if is_proven else {}
            made = _method("c-9", body["channel"], body["name"], body["value"], **proven)
            self.methods = [*self.methods, made]
            secret = "whsec-4f1b" if body["channel"] == "webhook" else None
            return answered(msgspec.structs.replace(made, secret=secret), 201)
        if path.endswith("/verify"):
            if body["code"] != RIGHT_CODE:
                return problem(400, "invalid", "code", "wrong_code")
            ident = path.split("/")[-2]
            self.methods = [_proved(each) if each.id == ident else each for each in self.methods]
            return answered(self.methods[0])
        if path.endswith("/send-code"):
            return httpx.Response(204)
        if method == "DELETE" and path.startswith(f"{routes.MY_CONTACT_METHODS}/"):
            self.methods = [each for each in self.methods if each.id != path.rsplit("/", 1)[1]]
            return httpx.Response(204)
        if method == "DELETE" and path.startswith(f"{routes.MY_DEVICES}/"):
            return httpx.Response(204)
        return None

    def _preview(self, wanted: RulePreviewInput) -> RulePreview:
        at = wanted.at or NOW
        told = [(0, "push", "d-pixel", "Pixel 9", "Pixel 9"), (180, "email", "c-mail", "Work", "j…@nordwind.example")]
        told = [] if self.foresees_nothing else told
        lines = [
            RulePreviewLine(
                at=at + timedelta(seconds=after_s),
                after_s=after_s,
                channel=channel,
                contact_method_id=ident,
                name=name,
                label=label,
            )
            for after_s, channel, ident, name, label in told[: 2 if wanted.severity == "critical" else 1]
        ]
        return RulePreview(severity=wanted.severity, lines=lines, is_last_resort=False, warnings=[])

    def _account(self, method: str, path: str, body: dict[str, Any]) -> httpx.Response | None:
        if path.startswith(routes.MY_SESSIONS) and method == "DELETE":
            ident = path.removeprefix(routes.MY_SESSIONS).strip("/")
            gone = (lambda each: each.id == ident) if ident else (lambda each: not each.is_current)
            self.sessions = [each for each in self.sessions if not gone(each)]
            return httpx.Response(204)
        if path == routes.CONFIRM_SIGN_IN:
            return self._confirm(body)
        if path == routes.MY_PASSWORD:
            right = body["old_password"] == self.password
            return httpx.Response(204) if right else problem(400, "invalid", "old_password", "wrong")
        if path in (routes.MY_TOTP, routes.MY_RECOVERY_CODES, routes.MY_TOTP_DISABLE):
            return self._proof(path, body)
        if path == routes.MY_TOTP_CONFIRM:
            if body["code"] != RIGHT_CODE:
                return problem(400, "invalid", "code", "bad_totp")
            self.has_totp = True
            return answered(RecoveryCodes(recovery_codes=["aaaa-1111", "bbbb-2222"]))
        if path == routes.PAIRING_CODES:
            link = f"dogwatch://pair?{urlencode({'server': self.address, 'code': '7K4M-Q2XD'})}"
            picture = qr_svg(link)
            made = PairingCode(
                id="p-1", code="7K4M-Q2XD", link=link, qr_svg=picture, expires_at=ahead(5), rings=self.rings
            )
            return answered(made, 201)
        if path == routes.PAIRING_CODE_UNDO.format(pairing_code_id="p-1"):
            self.pairing = msgspec.structs.replace(self.pairing, state="undone")
            return httpx.Response(204)
        return None

    def _confirm(self, body: dict[str, Any]) -> httpx.Response:
        if body["password"] != self.password:
            return problem(400, "invalid", "password", "wrong")
        if self.has_totp and body.get("totp") != RIGHT_CODE:
            return problem(400, "invalid", "totp", "bad_totp" if body.get("totp") else "totp_required")
        self.is_fresh = True
        return httpx.Response(204)

    def _proof(self, path: str, body: dict[str, Any]) -> httpx.Response:
        is_proven = body.get("password", self.password if path == routes.MY_TOTP else None) == self.password
        if not is_proven:
            return problem(400, "invalid", "password", "wrong")
        if path == routes.MY_TOTP:
            uri = "otpauth://totp/Dogwatch%3Aresponder%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Dogwatch"
            return answered(TotpEnrolment(secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", uri=uri, qr_svg=qr_svg(uri)), 201)
        if path == routes.MY_RECOVERY_CODES:
            return answered(RecoveryCodes(recovery_codes=["cccc-3333"]))
        self.has_totp = False
        return httpx.Response(204)


def _device(ident: str, name: str, permissions: DevicePermissions, receipt: float | None) -> Device:
    return Device(
        id=ident,
        installation_id=ident,
        name=name,
        platform="ios" if name == "iPad" else "android",
        app_version="0.1.0",
        locale="en",
        time_zone="Europe/Berlin",
        permissions=permissions,
        registered_at=ago(90_000),
        last_receipt_at=ago(receipt) if receipt is not None else None,
        dead_at=None,
        dead_reason=None,
        is_current=name == "Pixel 9",
    )


def _method(ident: str, channel: str, name: str, value: str, **given: Any) -> ContactMethod:
    fields: dict[str, Any] = {"label": value, "created_at": ago(9_000), "dead_at": None, "dead_reason": None}
    return ContactMethod(id=ident, channel=channel, name=name, value=value, **{**fields, **given})


def _proved(method: ContactMethod) -> ContactMethod:
    return msgspec.structs.replace(method, verified_at=NOW)

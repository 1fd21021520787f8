"""A mail relay, on loopback."""

import asyncio
import email
import email.policy
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.kit import fake_http
from tests.kit.fake_http import Fake, Reply, Request


class FakeSmtp(Fake):
    """Refuses what its script says: `stages` maps mail, rcpt or data to a reply line such as `550 5.1.1 no`.

    The shared script is by receiver: `status` and `body` make the answer to DATA (or RCPT for 5xx).
    With `user` and `password` it wants to be signed in to.
    """

    name = "smtp"

    def __init__(
        self,
        *,
        port: int = 0,
        user: str = "",
        password: str = "",
        log: Path | None = None,
        behaviour: Path | None = None,
    ) -> None:
        super().__init__(log=log, behaviour=behaviour)
        self.port = port
        self.stages: dict[str, str] = {}
        self.hang = False
        self._user, self._password = user, password
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        signed_in = f"{self._user}:{self._password}@" if self._user else ""
        return f"smtp://{signed_in}127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        """Mails that were taken."""
        policy = email.policy.SMTP
        return [
            email.message_from_bytes(r.body, _class=EmailMessage, policy=policy)
            for r in self.requests
            if r.status == 250
        ]

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    def _protocol(self) -> SMTP:
        return SMTP(
            _Hooks(self),
            hostname="localhost",
            auth_require_tls=False,
            auth_required=bool(self._user),
            authenticator=self._authenticate,
        )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any
    ) -> AuthResult:
        expected = LoginPassword(self._user.encode(), self._password.encode())
        return AuthResult(success=auth_data == expected, handled=False)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "mail" in self.stages:
            return self.stages["mail"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "rcpt" in self.stages:
            self._note(envelope, address, int(self.stages["rcpt"][:3]))
            return self.stages["rcpt"]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        receiver = envelope.rcpt_tos[0]
        reply = self.script.next(receiver) or Reply(status=250, body="2.0.0 OK")
        if self.hang or reply.hang:
            await asyncio.sleep(3600)
        line = self.stages.get("data") or f"{reply.status} {reply.body or 'refused'}"
        self._note(envelope, receiver, int(line[:3]))
        return line

    def _note(self, envelope: Envelope, receiver: str, status: int) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = email.message_from_bytes(content)
        headers = {name.lower(): str(value) for name, value in mail.items()}
        at = time.time()
        self.log.add(Request("MAIL", receiver, headers, content, 0, 0, at, status))


class _Hooks:
    """What aiosmtpd calls, and nothing else: it reads every member of its handler for each connection."""

    def __init__(self, fake: FakeSmtp) -> None:
        self.handle_MAIL, self.handle_RCPT, self.handle_DATA = fake.handle_MAIL, fake.handle_RCPT, fake.handle_DATA


def main() -> None:
    args = fake_http.arguments(__doc__ or "").parse_args()
    fake = FakeSmtp(port=args.port, log=args.log, behaviour=args.behaviour)
    asyncio.run(fake_http.serve_for_ever(fake, lambda: fake.port))


if __name__ == "__main__":
    main()

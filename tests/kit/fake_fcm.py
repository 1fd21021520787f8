"""Firebase Cloud Messaging and Google's token endpoint, on loopback."""

# pyright: basic

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.kit import fake_http
from tests.kit.certificates import Authority, write_service_account
from tests.kit.fake_http import Fake, Http1Server, Http2Server, Reply, Request

ERROR_TYPE = "type.googleapis.com/google.firebase.fcm.v1.FcmError"


def fcm_error(status: int, word: str, code: str = "", *, message: str = "", field: str = "", **reply: Any) -> Reply:
    """An error as Google words it: `code` in the FCM detail, `field` in a violation."""
    details: list[object] = [{"@type": ERROR_TYPE, "errorCode": code}] if code else []
    if field:
        violation = {"field": field, "description": message or "invalid"}
        details.append({"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]})
    body = {"error": {"code": status, "message": message or word, "status": word, "details": details}}
    return Reply(status=status, body=body, **reply)


class FakeFcm(Fake):
    """`POST /v1/projects/{project}/messages:send` over HTTP/2, `POST /token` over plain HTTP beside it."""

    name = "fcm"

    def __init__(
        self, authority: Authority, *, port: int = 0, log: Path | None = None, behaviour: Path | None = None
    ) -> None:
        super().__init__(log=log, behaviour=behaviour)
        self.server = Http2Server(self._respond, authority.server_context("h2", "http/1.1"), port)
        self.tokens = Http1Server(self._issue)
        self.issued: list[str] = []
        self.token_replies: list[Reply] = []
        self.sent = 0

    @property
    def endpoint(self) -> str:
        return f"https://localhost:{self.server.port}"

    @property
    def token_uri(self) -> str:
        return f"http://127.0.0.1:{self.tokens.port}/token"

    def credentials(self, path: Path) -> str:
        return write_service_account(path, self.token_uri)

    def revoke(self) -> None:
        """Forgets every token that was issued, as Google does at its pleasure."""
        self.issued.clear()

    async def start(self) -> None:
        await self.server.start()
        await self.tokens.start()

    async def stop(self) -> None:
        await self.server.stop()
        await self.tokens.stop()

    def _issue(self, request: Request) -> Reply:
        if self.token_replies:
            return self.token_replies.pop(0)
        self.issued.append(f"access-{len(self.issued) + 1}-{request.connection}")
        return Reply(body={"access_token": self.issued[-1], "expires_in": 3600, "token_type": "Bearer"})

    def _respond(self, request: Request) -> Reply:
        reply = self._reply(request)
        request.status = 0 if reply.hang or reply.drop or reply.goaway else reply.status
        self.log.add(request)
        return reply

    def _reply(self, request: Request) -> Reply:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.issued:
            return fcm_error(401, "UNAUTHENTICATED", message="Request had invalid authentication credentials.")
        message: dict[str, Any] = (request.json or {}).get("message", {})
        reply = self.script.next(str(message.get("fid") or message.get("token"))) or Reply()
        if reply.status == 200 and reply.body is None:
            self.sent += 1
            return replace(reply, body={"name": f"projects/dogwatch-test/messages/{self.sent}"})
        return reply


def main() -> None:
    parser = fake_http.arguments(__doc__ or "")
    fake_http.authority_argument(parser)
    parser.add_argument("--credentials", type=Path, help="service-account file to write")
    args = parser.parse_args()
    fake = FakeFcm(fake_http.authority_of(args), port=args.port, log=args.log, behaviour=args.behaviour)

    def port() -> int:
        if args.credentials:
            fake.credentials(args.credentials)
        return fake.server.port

    asyncio.run(fake_http.serve_for_ever(fake, port))


if __name__ == "__main__":
    main()

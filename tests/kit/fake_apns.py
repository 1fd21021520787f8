"""The Apple Push Notification service, on loopback."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.kit import fake_http
from tests.kit.certificates import Authority
from tests.kit.fake_http import Fake, Http2Server, Reply, Request

HOUR_S = 3600


def apns_error(status: int, reason: str, *, timestamp_ms: int | None = None, **reply: Any) -> Reply:
    body = {"reason": reason} | ({"timestamp": timestamp_ms} if timestamp_ms else {})
    return Reply(status=status, body=body, **reply)


class FakeApns(Fake):
    """`POST /3/device/{token}`; with `key_file` provider tokens are verified."""

    name = "apns"

    def __init__(
        self,
        authority: Authority,
        *,
        key_file: str = "",
        port: int = 0,
        log: Path | None = None,
        behaviour: Path | None = None,
    ) -> None:
        super().__init__(log=log, behaviour=behaviour)
        self.server = Http2Server(self._respond, authority.server_context("h2", "http/1.1"), port)
        self.revoked_before = 0.0
        self._key = None
        if key_file:
            key = load_pem_private_key(Path(key_file).read_bytes(), None)
            assert isinstance(key, EllipticCurvePrivateKey)
            self._key = key.public_key()

    @property
    def endpoint(self) -> str:
        return f"https://localhost:{self.server.port}"

    async def start(self) -> None:
        await self.server.start()

    async def stop(self) -> None:
        await self.server.stop()

    def _respond(self, request: Request) -> Reply:
        reply = self._refusal(request) or self.script.next(request.path.rpartition("/")[2]) or Reply()
        request.status = 0 if reply.hang or reply.drop or reply.goaway else reply.status
        self.log.add(request)
        headers = {"apns-id": request.headers.get("apns-id", ""), **reply.headers}
        return replace(reply, headers=headers)

    def _refusal(self, request: Request) -> Reply | None:
        if self._key is None:
            return None
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["ES256"],
                options={"require": ["iss", "iat"], "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return apns_error(403, "InvalidProviderToken")
        if scheme != "bearer" or "kid" not in jwt.get_unverified_header(token):
            return apns_error(403, "InvalidProviderToken")
        if claims["iat"] < max(self.revoked_before, time.time() - HOUR_S):
            return apns_error(403, "ExpiredProviderToken")
        return None


def main() -> None:
    parser = fake_http.arguments(__doc__ or "")
    fake_http.authority_argument(parser)
    parser.add_argument("--key", default="", help="signing key (.p8) that provider tokens are verified with")
    args = parser.parse_args()
    fake = FakeApns(
        fake_http.authority_of(args),
        key_file=args.key,
        port=args.port,
        log=args.log,
        behaviour=args.behaviour,
    )
    asyncio.run(fake_http.serve_for_ever(fake, lambda: fake.server.port))


if __name__ == "__main__":
    main()

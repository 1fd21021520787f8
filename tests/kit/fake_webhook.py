"""A receiver of webhooks, on loopback."""

import asyncio
from pathlib import Path

from tests.kit import fake_http
from tests.kit.fake_http import Fake, Http1Server, Reply, Request


class FakeWebhook(Fake):
    """Takes any request; replies in its script are chosen by path."""

    name = "webhook"

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, log: Path | None = None, behaviour: Path | None = None
    ) -> None:
        super().__init__(log=log, behaviour=behaviour)
        self.server = Http1Server(self._respond, host=host, port=port)

    def url(self, path: str = "/hook") -> str:
        return f"http://{self.server.host}:{self.server.port}{path}"

    async def start(self) -> None:
        await self.server.start()

    async def stop(self) -> None:
        await self.server.stop()

    def _respond(self, request: Request) -> Reply:
        reply = self.script.next(request.path) or Reply()
        request.status = 0 if reply.hang or reply.drop else reply.status
        self.log.add(request)
        return reply


def main() -> None:
    args = fake_http.arguments(__doc__ or "").parse_args()
    fake = FakeWebhook(port=args.port, log=args.log, behaviour=args.behaviour)
    asyncio.run(fake_http.serve_for_ever(fake, lambda: fake.server.port))


if __name__ == "__main__":
    main()

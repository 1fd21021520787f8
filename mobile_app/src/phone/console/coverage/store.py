"""The proof that somebody is reachable for every service, or where nobody is."""

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes
from shared.wire.coverage import CoverageReport


class CoverageProof(State):
    """`report` is None until the first answer."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.report: CoverageReport | None = None

    async def load(self) -> None:
        """Read it anew; what was read stays while it can't be."""
        report = await self.read(self._client.read(routes.COVERAGE, CoverageReport))
        if report is not None:
            self.report, self.error = report, None

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self._turn += 1
        self.report, self.error = None, None

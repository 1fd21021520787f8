"""The proof that somebody is reachable for every service, or where nobody is."""

from typing import Final

from msgspec import structs

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes
from shared.wire.coverage import CoverageReport

MOST_PAGES: Final = 100


class CoverageProof(State):
    """`report` is None until the first answer."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.report: CoverageReport | None = None

    async def load(self) -> None:
        """Read it anew; what was read stays while it can't be."""
        report = await self.read(self._whole())
        if report is not None:
            self.report, self.error = report, None

    async def once(self) -> None:
        """Read it where nobody has yet: what only mentions it doesn't have it worked out at each change."""
        if self.report is None:
            await self.load()

    async def _whole(self) -> CoverageReport:
        """All pages as one."""
        report = await self._client.read(routes.COVERAGE, CoverageReport)
        items = list(report.items)
        for _ in range(MOST_PAGES):
            if report.next_cursor is None:
                break
            report = await self._client.read(routes.COVERAGE, CoverageReport, [("cursor", report.next_cursor)])
            items += report.items
        return structs.replace(report, items=items)

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self._turn += 1
        self.report, self.error = None, None

"""The proof that somebody is reachable for every service, or where nobody is."""

from collections.abc import Callable

import flet as ft

from phone.api.client import Client
from phone.api.errors import ApiError, SignedOut, Unreachable
from shared.wire import routes
from shared.wire.coverage import CoverageReport


class CoverageProof(ft.Observable):
    """`report` is None until the first answer."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.report: CoverageReport | None = None
        self.error: Exception | None = None
        self.reached: Callable[[bool], None] = lambda _online: None
        self.signed_out: Callable[[], None] = lambda: None

    async def load(self) -> None:
        """Read it anew; what was read stays while it can't be."""
        try:
            report = await self._client.read(routes.COVERAGE, CoverageReport)
        except SignedOut:
            self.signed_out()
        except (Unreachable, ApiError) as error:
            self.error = error
            self.reached(not isinstance(error, Unreachable))
        else:
            self.report, self.error = report, None
            self.reached(True)

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.report, self.error = None, None

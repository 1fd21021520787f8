"""An incident that a person opens, because no monitoring system saw it."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import flet as ft

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, SignedOut, Unreachable
from shared.wire import routes
from shared.wire.incidents import Incident, NewIncident, Severity


@dataclass
class Draft:
    """What is typed and chosen so far."""

    title: str = ""
    description: str = ""
    severity: Severity = "critical"
    service_id: str | None = None
    user_ids: tuple[str, ...] = ()

    @property
    def pages(self) -> bool:
        """Whether it says whom to page."""
        return self.service_id is not None or bool(self.user_ids)


class ByHand(ft.Observable):
    """`key` makes a repeat after a lost answer open the same incident."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.busy = False
        self.error: Exception | None = None
        self.key = str(uuid4())
        self.reached: Callable[[bool], None] = lambda _online: None
        self.signed_out: Callable[[], None] = lambda: None

    async def open(self, draft: Draft) -> Incident | None:
        """Page; None leaves the reason in `error`."""
        if self.busy:
            return None
        self.busy, self.error = True, None
        wanted = NewIncident(
            title=draft.title.strip(),
            severity=draft.severity,
            service_id=draft.service_id,
            user_ids=draft.user_ids,
            description=draft.description.strip(),
        )
        try:
            incident = await self._client.write("POST", routes.INCIDENTS, wanted, answer=Incident, key=self.key)
        except SignedOut:
            self.signed_out()
            return None
        except (Unreachable, ApiError) as error:
            self.error = error
            self.reached(not isinstance(error, Unreachable))
            if isinstance(error, ApiError) and not error.may_pass_later:
                self.key = str(uuid4())
            return None
        else:
            self.reached(True)
            self.key = str(uuid4())
            return incident
        finally:
            self.busy = False

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.busy, self.error, self.key = False, None, str(uuid4())

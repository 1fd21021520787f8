"""What a handler is given of its request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeAlias, TypeVar

from litestar import Request
from litestar.datastructures import State
from litestar.di import Dependency
from litestar.params import SkipValidationMarker

from server.kernel.database import Database
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings

AnyRequest = Request[Any, Any, State]
T = TypeVar("T")
Given: TypeAlias = Annotated[T, Dependency(), SkipValidationMarker()]
"""A parameter that the application gives by name, as it is."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of whoever it is: the database at the priority of its handler, and the time at which it is asked."""

    request: AnyRequest
    db: Database
    now: datetime

    @property
    def secrets(self) -> Secrets:
        return self.request.app.state.secrets

    @property
    def settings(self) -> Settings:
        return self.request.app.state.settings


def provide_visit(request: AnyRequest) -> Visit:
    """Dependency `visit`."""
    state = request.app.state
    return Visit(request, state.db.at(request.route_handler.opt["priority"]), state.clock.now())

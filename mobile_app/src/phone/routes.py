"""Every address of the app, the screen behind it, and where going back leads."""

import re
from dataclasses import dataclass
from typing import Final, Literal

ScreenName = Literal[
    "sign-in",
    "incidents",
    "incident",
    "new-incident",
    "alerts",
    "alert",
    "events",
    "event",
    "on-call",
    "covers",
    "cover",
    "schedules",
    "my-shifts",
    "schedule",
    "outbox",
    "me",
    "me-rule",
    "me-security",
    "me-pair",
    "me-messages",
    "me-time-off",
    "configure",
    "configure-list",
    "configure-object",
    "audit",
    "coverage",
    "first-run",
    "not-found",
]


@dataclass(frozen=True)
class Route:
    """An address and the screen behind it; `tab` is lit while it is shown."""

    pattern: str
    screen: ScreenName
    tab: str | None
    demo_only: bool = False

    def match(self, path: str) -> bool:
        """Whether the address is of this form."""
        form = re.sub(r"\{\w+\}", "[^/]+", self.pattern)
        return re.fullmatch(form, path) is not None


ROUTES: Final = (
    Route("/sign-in", "sign-in", None),
    Route("/incidents", "incidents", "/incidents"),
    Route("/incidents/new", "new-incident", "/incidents"),
    Route("/incidents/{incident_id}", "incident", "/incidents"),
    Route("/alerts", "alerts", "/alerts"),
    Route("/alerts/{alert_id}", "alert", "/alerts"),
    Route("/events", "events", "/alerts"),
    Route("/events/{event_id}", "event", "/alerts"),
    Route("/on-call", "on-call", "/on-call"),
    Route("/covers", "covers", "/on-call"),
    Route("/covers/{request_id}", "cover", "/on-call"),
    Route("/schedules", "schedules", "/schedules"),
    Route("/schedules/mine", "my-shifts", "/schedules"),
    Route("/schedules/{schedule_id}", "schedule", "/schedules"),
    Route("/outbox", "outbox", "/outbox", demo_only=True),
    Route("/me", "me", "/me"),
    Route("/me/rules/{severity}", "me-rule", "/me"),
    Route("/me/security", "me-security", "/me"),
    Route("/me/pair", "me-pair", "/me"),
    Route("/me/messages", "me-messages", "/me"),
    Route("/me/time-off", "me-time-off", "/me"),
    Route("/configure", "configure", "/configure"),
    Route("/configure/audit", "audit", "/configure"),
    Route("/configure/coverage", "coverage", "/configure"),
    Route("/configure/{kind}", "configure-list", "/configure"),
    Route("/configure/{kind}/{object_id}", "configure-object", "/configure"),
    Route("/first-run", "first-run", "/incidents"),
)
LOST: Final = Route("", "not-found", None)
HOME: Final = ("/", "", "/sign-in")
LINKS: Final = ("/invite/", "/reset/")
MINE: Final = "mine"


def route_of(address: str, *, demo: bool) -> Route:
    """The route of an address; home for the bare one and for sign-in when somebody is signed in."""
    path = address.partition("?")[0].rstrip("/")
    if path in HOME or path.startswith(LINKS):
        path = "/incidents"
    found = next((route for route in ROUTES if route.match(path)), LOST)
    return LOST if found.demo_only and not demo else found


def above(route: str) -> str:
    """Where going back leads: one level up, else home."""
    parts = route.partition("?")[0].strip("/").split("/")
    if parts[0] == "configure":
        return "/" + "/".join(parts[:-1]) if len(parts) > 1 else "/me"
    if parts == ["covers"]:
        return "/on-call"
    if parts[0] in ("alerts", "covers", "events", "me", "schedules") and len(parts) > 1:
        return f"/{parts[0]}"
    return "/incidents"

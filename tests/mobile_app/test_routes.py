"""The one table of addresses: what stands where, beside or over what, and where going back leads."""

import pytest

from phone.locate import above, at, below, beside
from phone.routes import ROUTES
from tests.kit.screenshots import EXAMPLES

PATHS = [
    pytest.param(route, route.pattern.format(**example), id=route.pattern.format(**example))
    for route in ROUTES
    for example in EXAMPLES.get(route.screen, [{}])
    if route.screen != "sign-in"
]


@pytest.mark.parametrize(("route", "path"), PATHS)
def test_every_address_leads_to_its_own_row(route: object, path: str) -> None:
    here = at(path, demo=True)
    assert here is not None
    assert here.route is route
    assert at(f"{path}/?from=push", demo=True) == here


@pytest.mark.parametrize(("path", "under", "named"), [
    ("/incidents/inc-1", "/incidents", {"incident_id": "inc-1"}),
    ("/incidents/new", "/incidents", {}),
    ("/schedules/mine", "/schedules", {"schedule_id": "mine"}),
    ("/configure/services/svc-1", "/configure/services", {"kind": "services", "object_id": "svc-1"}),
    ("/configure/invitations/table", "/configure/invitations", {"kind": "invitations"}),
    ("/configure/audit", "/configure", {}),
    ("/events/ev-1", "/events", {"event_id": "ev-1"}),
])  # fmt: skip
def test_what_is_below_knows_what_is_open_of_it(path: str, under: str, named: dict[str, str]) -> None:
    here = at(path, demo=True)
    assert here is not None
    found = below(here)
    assert found is not None
    assert (found.path, found.params) == (under, named)


@pytest.mark.parametrize(("path", "left"), [
    ("/schedules/mine", "/schedules/all"),
    ("/schedules/s-1", "/schedules/all"),
    ("/incidents/inc-1", "/incidents"),
])  # fmt: skip
def test_a_tablet_shows_a_list_beside_what_a_phone_opens_over_a_picture(path: str, left: str) -> None:
    here = at(path, demo=True)
    assert here is not None
    found = beside(here)
    assert found is not None
    assert found.path == left


@pytest.mark.parametrize(("path", "back"), [
    ("/schedules/s-1", "/schedules"),
    ("/schedules/all", "/schedules"),
    ("/configure/services/svc-1", "/configure/services"),
    ("/configure/services", "/configure"),
    ("/configure", "/me"),
    ("/covers", "/on-call"),
    ("/covers/c-1", "/covers"),
    ("/me/pair", "/me"),
    ("/me", "/incidents"),
    ("/alerts/a-1", "/alerts"),
    ("/nowhere", "/incidents"),
])  # fmt: skip
def test_going_back_leads_one_level_up(path: str, back: str) -> None:
    assert above(path) == back


@pytest.mark.parametrize(
    "path", ["/incidents/inc-1/more", "/configure/nothing", "/configure/nothing/x", "/outbox", "/x", "/me/rules/nope"]
)
def test_what_is_in_no_row_is_nowhere(path: str) -> None:
    assert at(path, demo=False) is None

"""What the reader may do to a status page: set it up, or publish on it."""

from typing import Final

from phone.base.permissions import may
from shared.wire.sessions import Me
from shared.wire.status_pages import StatusPage

PUBLISH: Final = "status_events:edit"
SET_UP: Final = "status_pages:edit"


def may_publish(me: Me | None, page: StatusPage) -> bool:
    """Whether the reader publishes, edits and removes events of this page."""
    return may(me, PUBLISH, page.team_id, page.id)


def may_set_up(me: Me | None, page: StatusPage) -> bool:
    """Whether the reader changes what the page is made of, and sees its subscribers."""
    return may(me, SET_UP, page.team_id, page.id)


def may_make(me: Me | None) -> bool:
    """Whether there is a team that the reader may make a page for."""
    return me is not None and any(may(me, SET_UP, team) for team in me.team_permissions)

"""What the reader may do to what a team owns, or the whole account."""

from shared.wire.sessions import Me


def may(me: Me | None, permission: str, team_id: str | None, object_id: str = "") -> bool:
    """Whether the permission holds there, or was granted for this object; without a team, in the whole account."""
    if me is None:
        return False
    if permission in me.object_permissions.get(object_id, ()):
        return True
    return permission in (me.account_permissions if team_id is None else me.team_permissions.get(team_id, ()))

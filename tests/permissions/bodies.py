"""Bodies that the server takes, for what a team owns."""

from typing import Any

TOMORROW, LATER = "2026-11-22T04:00:00Z", "2026-11-22T09:00:00Z"
PICTURE = "iVBORw0KGgoAAAAA"
"""How a PNG begins, in base64."""
LABEL = {"kind": "add_label", "label": "by", "value": "hand"}


def schedule_of(name: str, team_id: str, user_id: str, **member: str) -> dict[str, Any]:
    layer = {
        "name": "days",
        "start": "2026-11-20T04:00",
        "rotation": {"unit": "day", "every": 1},
        "groups": [{"members": [{"user_id": user_id, **member}]}],
    }
    return {"name": name, "team_id": team_id, "time_zone": "UTC", "layers": [layer]}


def override_of(user_id: str, **more: Any) -> dict[str, Any]:
    return {"start": TOMORROW, "end": LATER, "user_id": user_id, **more}


def rule_of(name: str) -> dict[str, Any]:
    return {"name": name, "effect": LABEL}


def silence_of(comment: str, team_id: str, service_id: str) -> dict[str, Any]:
    times = {"starts_at": TOMORROW, "ends_at": LATER}
    return {"team_id": team_id, "service_id": service_id, "comment": comment, **times}


def policy_of(name: str, team_id: str, *targets: tuple[str, str], **more: str) -> dict[str, Any]:
    """`more` is said of every target."""
    levels = [{"targets": [{"kind": kind, "id": id, **more} for kind, id in targets], "delay_s": 300}]
    return {"name": name, "team_id": team_id, "levels": levels}


def calendar_of(name: str, team_id: str) -> dict[str, Any]:
    return {"name": name, "team_id": team_id, "time_zone": "UTC", "rest_weekdays": ["sat", "sun"]}


def page_of(name: str, team_id: str) -> dict[str, Any]:
    return {"name": name, "slug": name.lower(), "team_id": team_id}


def publishing_of(ids: dict[str, str], name: str) -> dict[str, Any]:
    """A rule that publishes incidents of a service, paused."""
    return {
        "name": name,
        "service_ids": [ids["service_id"]],
        "template_id": ids["status_template_id"],
        "approver_ids": [ids["publisher_id"]],
        "changes": said_of(ids["component_id"])["changes"],
        "is_active": False,
    }


def said_of(component_id: str, status: str = "identified", impact: str = "full_outage") -> dict[str, Any]:
    """An update of a status event."""
    return {"status": status, "body": {"en": "new"}, "changes": [{"component_id": component_id, "impact": impact}]}


def components_of(ids: dict[str, str]) -> dict[str, Any]:
    """The one group that a status page has, with a component more."""
    held = {"id": ids["component_id"], "name": {"en": "kept"}}
    return {"groups": [{"id": ids["group_id"], "components": [held, {"name": {"en": "new"}}]}]}

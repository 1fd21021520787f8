"""Alerts open incidents, join open ones, and resolve them by recovering: gathered and decided here."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from server.escalation.runs import load_policies
from server.incidents.situation import gather_recovery
from server.incidents.workspace import Workspace
from server.kernel.ids import new_id
from shared.domain.incidents.ending import recover
from shared.domain.incidents.opening import Group, Opening, Placement, let_go, named, open_group, place


class Admission(Struct, frozen=True, kw_only=True):
    """Where groups of alerts go, the incidents that they open, and by alert the id of its incident."""

    placement: Placement
    opens: tuple[Opening, ...]
    incident_ids: Mapping[str, str]


async def admit(work: Workspace, groups: Sequence[Group]) -> Admission:
    """Decide which open incident takes each group, or on a new one."""
    holders = await work.load_open([(group.service_id, group.group_key) for group in groups])
    placement = place(groups, holders=holders, incidents=work.incidents, now=work.now)
    ids = {group.policy_id for group in placement.opens if group.policy_id}
    policies = await load_policies(work.db, ids) if ids else {}
    opens, incident_ids = list[Opening](), dict[str, str]()
    for group, _, incident_id in placement.joins:
        incident_ids |= {arrival.alert_id: incident_id for arrival in group.arrivals}
    for group in placement.opens:
        policy, id = policies.get(group.policy_id or ""), new_id(work.now)
        opens.append(open_group(group, id=id, policy=policy, by=work.by, now=work.now))
        incident_ids |= {arrival.alert_id: id for arrival in group.arrivals}
    return Admission(placement=placement, opens=tuple(opens), incident_ids=incident_ids)


async def take_recoveries(work: Workspace, closed: Mapping[str, Sequence[str]]) -> None:
    """Alerts (titles by incident) recovered; an incident without open ones is resolved, but not one opened by hand."""
    await work.load(closed)
    for incident_id, titles in closed.items():
        incident = work.incidents[incident_id]
        change = let_go(incident, titles, by=work.by)
        if change is not None:
            work.adjust(incident_id, change)
            continue
        found = await gather_recovery(work.db, incident, by=work.by, now=work.now)
        ended = recover(found.case, count=len(titles), title=named(titles))
        work.change(found, ended, given=("decided", "open_alert_count"))

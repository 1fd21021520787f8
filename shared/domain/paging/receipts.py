"""How long a device may take to say that a message came, and what its word is worth, whatever its clock says."""

from datetime import datetime, timedelta

RECEIPT_WITHIN = timedelta(seconds=25)


def happened_at(at: datetime, *, sent_at: datetime, not_before: datetime, now: datetime) -> datetime:
    """When it happened on our clock: the device says how long before sending (`sent_at - at`) it was.

    A claim from before the message existed or after its arrival here is moved to that edge.
    """
    ago = max(sent_at - at, timedelta(0))
    return now - min(ago, now - not_before) if now > not_before else now

"""Due work: rows that say what must happen when, and the loop that makes it happen."""

from server.kernel.due.batches import Batch
from server.kernel.due.duties import DUTIES, Duties, handles
from server.kernel.due.kinds import Kind, Payload
from server.kernel.due.loop import ATTEMPTS, Afterwards, Binding, DueLoop, Handler, Postponed
from server.kernel.due.rows import (
    LEASE,
    Claimed,
    Share,
    arm,
    arm_again,
    arm_unless_armed,
    bring_forward,
    claim,
    disarm,
    finish,
    move,
    put_right,
    take_back_claims,
    try_parked_again,
    waiting,
)

__all__ = [
    "ATTEMPTS",
    "DUTIES",
    "LEASE",
    "Afterwards",
    "Batch",
    "Binding",
    "Claimed",
    "DueLoop",
    "Duties",
    "Handler",
    "Kind",
    "Payload",
    "Postponed",
    "Share",
    "arm",
    "arm_again",
    "arm_unless_armed",
    "bring_forward",
    "claim",
    "disarm",
    "finish",
    "handles",
    "move",
    "put_right",
    "take_back_claims",
    "try_parked_again",
    "waiting",
]

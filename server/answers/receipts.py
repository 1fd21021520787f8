"""Keep what a device says of its messages, whoever is signed in there."""

from datetime import datetime

from server.delivery.receipts import DeviceReceipt, keep_receipts, read_receipt_token
from server.kernel.database import Database, Writes
from server.kernel.errors import Unauthenticated
from server.kernel.secrets import Secrets
from shared.wire.notifications import ReceiptsInput, ReceiptsResult


async def take_receipts(
    db: Database, secrets: Secrets, data: ReceiptsInput, *, now: datetime
) -> tuple[Writes, ReceiptsResult]:
    """Raises Unauthenticated when no token of the batch is ours; a single foreign one doesn't spoil the others."""
    bound = [read_receipt_token(secrets, each.token) for each in data.receipts]
    said = [
        DeviceReceipt(delivery_id=id, state=each.state, at=each.at)
        for id, each in zip(bound, data.receipts, strict=True)
        if id is not None
    ]
    if not said:
        raise Unauthenticated("these receipts are not bound to a message of ours", code="bad_receipt_token")
    writes, known = await keep_receipts(db, said, sent_at=data.sent_at, now=now)
    return writes, ReceiptsResult(results=["recorded" if id in known else "unknown" for id in bound])

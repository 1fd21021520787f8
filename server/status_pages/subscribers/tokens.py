"""What a mail's links carry: signed, so nobody else can make one, and kept nowhere."""

from datetime import datetime

from server.kernel.clock import from_us, to_us
from server.kernel.secrets import Secrets


def manage_token(secrets: Secrets, subscriber_id: str) -> str:
    """Lets whoever holds it change or end one subscription, for as long as there is one."""
    return f"{subscriber_id}.{secrets.sign(f'status subscriber {subscriber_id}')}"


def managed_by(secrets: Secrets, token: str) -> str | None:
    """The subscriber whose it is."""
    id, _, signature = token.partition(".")
    return id if id and secrets.is_signed(f"status subscriber {id}", signature) else None


def confirm_token(secrets: Secrets, subscriber_id: str, until: datetime) -> str:
    """Shows until then that its holder reads what is sent to the address."""
    text = f"{subscriber_id}.{to_us(until)}"
    return f"{text}.{secrets.sign(f'status confirm {text}')}"


def confirmed_by(secrets: Secrets, token: str, now: datetime) -> str | None:
    """The subscriber whose it is, while it holds."""
    text, _, signature = token.rpartition(".")
    id, _, until = text.partition(".")
    if not until.isdigit() or len(until) > 17 or not secrets.is_signed(f"status confirm {text}", signature):
        return None
    return id if now < from_us(int(until)) else None

"""Integration keys and configurations: found by digest, shown by decryption."""

from typing import TypeVar

import msgspec
from msgspec import Struct

from server.kernel.secrets import Secrets, new_token

T = TypeVar("T", bound=Struct)


def new_key() -> str:
    """A key that fits wherever PagerDuty takes a routing key: 32 letters and digits, 160 bits."""
    token = new_token("").replace("_", "").replace("-", "")
    while len(token) < 32:
        token += new_token("").replace("_", "").replace("-", "")
    return token[:32].lower()


def seal_key(key: str, integration_id: str, secrets: Secrets) -> str:
    return secrets.encrypt(key, place=f"integration:key_enc:{integration_id}")


def open_key(sealed: str, integration_id: str, secrets: Secrets) -> str:
    return secrets.decrypt(sealed, place=f"integration:key_enc:{integration_id}")


def seal_config(config: Struct, integration_id: str, secrets: Secrets) -> str:
    return secrets.encrypt(msgspec.json.encode(config).decode(), place=f"integration:config_enc:{integration_id}")


def open_config(kind: type[T], sealed: str, integration_id: str, secrets: Secrets) -> T:
    """The source's own configuration, as it was saved."""
    return msgspec.json.decode(secrets.decrypt(sealed, place=f"integration:config_enc:{integration_id}"), type=kind)

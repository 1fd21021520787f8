"""Everything made from the installation's secret key: encryption, look-up digests, signed tokens."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.kernel.settings import Settings

NONCE_BYTES = 12


class Secrets:
    """Keys for separate purposes, derived from one secret (RFC 5869)."""

    def __init__(self, secret_key: str) -> None:
        self._encrypt = AESGCM(_derive(secret_key, b"encrypt"))
        self._lookup = _derive(secret_key, b"lookup")
        self._sign = _derive(secret_key, b"sign")
        self._tokens = _derive(secret_key, b"tokens")
        self._record = _derive(secret_key, b"record")

    def encrypt(self, plain: str, *, place: str) -> str:
        """Ciphertext that opens only at the same `place` (table:column:row)."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._encrypt.encrypt(nonce, plain.encode(), place.encode())
        return base64.b64encode(nonce + sealed).decode()

    def decrypt(self, sealed: str, *, place: str) -> str:
        """Raises ValueError when it was sealed with another key or for another place."""
        raw = base64.b64decode(sealed)
        try:
            return self._encrypt.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
        except InvalidTag:
            raise ValueError(f"{place} can't be decrypted with this secret key") from None

    def lookup(self, value: str) -> str:
        """A digest to find a secret by, useless without the key."""
        return hmac.new(self._lookup, value.encode(), "sha256").hexdigest()

    def sign(self, text: str) -> str:
        """A signature of 16 bytes, for tokens that carry their own meaning."""
        mac = hmac.new(self._sign, text.encode(), "sha256").digest()[:16]
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    def is_signed(self, text: str, signature: str) -> bool:
        return hmac.compare_digest(self.sign(text).encode(), signature.encode("utf-8", "replace"))

    def record_link(self, text: str) -> str:
        """A digest of 32 bytes that ties an entry of the record to those before it; only for that."""
        return hmac.digest(self._record, text.encode(), "sha256").hex()

    def derived(self, purpose: str) -> bytes:
        """32 bytes that only this installation can compute, and can again: secrets that are shown and never stored."""
        return hmac.new(self._tokens, purpose.encode(), "sha256").digest()

    def token(self, prefix: str, purpose: str) -> str:
        """A token made of `derived`, with a prefix that secret scanners can recognise."""
        return f"{prefix}_{base64.urlsafe_b64encode(self.derived(purpose)).rstrip(b'=').decode()}"


def _derive(secret_key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"dogwatch " + purpose).derive(secret_key.encode())


def new_token(prefix: str) -> str:
    """A random secret of 256 bits with a prefix that secret scanners can recognise."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def new_webhook_secret() -> str:
    """As standardwebhooks.com spells it: `whsec_` and padded base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def digest(token: str) -> str:
    """How a random token is stored; its own entropy makes a salt needless."""
    return hashlib.sha256(token.encode()).hexdigest()


def secret_key_of(settings: Settings) -> str:
    """The configured secret; on SQLite one is kept beside the file, readable by its owner only."""
    if settings.secret_key:
        return settings.secret_key
    path = secret_key_path(settings)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def secret_key_path(settings: Settings) -> Path:
    return settings.sqlite_path.with_name(settings.sqlite_path.name + ".secret")

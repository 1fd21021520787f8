"""A throw-away certificate authority, and the keys that providers hand out."""

# pyright: basic

import json
import ssl
from functools import cache
from pathlib import Path

import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class Authority:
    """Signs certificates for loopback; several processes share one through its file."""

    def __init__(self, ca: trustme.CA | None = None) -> None:
        self._ca = ca or trustme.CA()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert("localhost", "127.0.0.1", "::1", "hooks.example").configure_cert(self.context)

    @classmethod
    def at(cls, path: Path) -> "Authority":
        """The authority of a file, made when the file is missing; its key is kept beside it."""
        key = path.with_suffix(path.suffix + ".key")
        if path.exists() and key.exists():
            return cls(trustme.CA.from_pem(path.read_bytes(), key.read_bytes()))
        authority = cls()
        key.write_bytes(authority._ca.private_key_pem.bytes())
        authority.write(path)
        return authority

    def write(self, path: Path) -> str:
        """The file that a client must trust (`Outbound(ca_file=…)`, or SSL_CERT_FILE for another process)."""
        path.write_bytes(self._ca.cert_pem.bytes())
        return str(path)

    def server_context(self, *protocols: str) -> ssl.SSLContext:
        if protocols:
            self.context.set_alpn_protocols(list(protocols))
        return self.context


@cache
def _service_key() -> bytes:
    return _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def write_service_account(path: Path, token_uri: str, project_id: str = "dogwatch-test") -> str:
    """A Google service-account file whose tokens come from `token_uri`."""
    account = {
        "type": "service_account",
        "project_id": project_id,
        "private_key_id": "test",
        "private_key": _service_key().decode(),
        "client_email": f"push@{project_id}.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": token_uri,
    }
    path.write_text(json.dumps(account))
    return str(path)


def write_apns_key(path: Path) -> str:
    """A signing key as Apple hands out (.p8)."""
    path.write_bytes(_pem(ec.generate_private_key(ec.SECP256R1())))
    return str(path)

"""A bucket that speaks as much of S3 as a copy of a site needs, and believes only what is signed with its secret.

Signatures are checked as AWS documents them (Signature Version 4): what was signed wrongly is answered 403.
"""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

KEY, SECRET, BUCKET = "the key", "a/secret+of the bucket", "pages"


class FakeBucket:
    """`files` are what it holds, each with its headers; `down` answers 503 to everything."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.down = False
        self.calls: list[tuple[str, str]] = []
        self.host = ""

    @property
    def address(self) -> str:
        return f"s3+http://{quote(KEY)}:{quote(SECRET, safe='')}@{self.host}/{BUCKET}/www?region=eu-central-1"


@contextmanager
def bucket() -> Iterator[FakeBucket]:
    fake = FakeBucket()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, kind, answer = _answered(fake, self.command, self.path, dict(self.headers.items()), body)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(answer)))
            self.send_header("etag", f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"')
            self.send_header("last-modified", "Mon, 30 Nov 2026 10:00:00 GMT")
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_PUT = do_POST = do_DELETE = _answer

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.host = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answered(
    fake: FakeBucket, method: str, target: str, headers: dict[str, str], body: bytes
) -> tuple[int, str, bytes]:
    parts = urlsplit(target)
    query = parse_qsl(parts.query, keep_blank_values=True)
    fake.calls.append((method, target))
    if fake.down:
        return 503, "application/xml", b"<Error><Code>SlowDown</Code></Error>"
    if not _is_signed(method, parts.path, query, {name.lower(): value for name, value in headers.items()}, body):
        return 403, "application/xml", b"<Error><Code>SignatureDoesNotMatch</Code></Error>"
    key = unquote(parts.path).removeprefix(f"/{BUCKET}").lstrip("/")
    if method == "PUT":
        fake.files[key] = (body, {name.lower(): value for name, value in headers.items()})
        return 200, "application/xml", b""
    if method == "POST" and ("delete", "") in query:
        keys = [each.text or "" for each in ElementTree.fromstring(body).iter() if each.tag.rpartition("}")[2] == "Key"]
        for each in keys:
            fake.files.pop(each, None)
        deleted = "".join(f"<Deleted><Key>{escape(each)}</Key></Deleted>" for each in keys)
        return 200, "application/xml", f"<DeleteResult>{deleted}</DeleteResult>".encode()
    if method == "DELETE":
        fake.files.pop(key, None)
        return 204, "application/xml", b""
    if ("list-type", "2") in query:
        return 200, "application/xml", _listed(fake, dict(query).get("prefix", ""))
    if key in fake.files:
        return 200, "application/octet-stream", fake.files[key][0]
    return 404, "application/xml", b"<Error><Code>NoSuchKey</Code></Error>"


def _listed(fake: FakeBucket, prefix: str) -> bytes:
    """In one piece: nothing asks for a second."""
    rows = "".join(
        f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-30T10:00:00.000Z</LastModified>"
        f"<ETag>x</ETag><Size>{len(body)}</Size></Contents>"
        for key, (body, _) in fake.files.items()
        if key.startswith(prefix)
    )
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()


def _is_signed(method: str, path: str, query: list[tuple[str, str]], headers: dict[str, str], body: bytes) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    fields = {name: value for name, _, value in (each.strip().partition("=") for each in given.split(","))}
    if scheme != "AWS4-HMAC-SHA256" or not fields.get("Credential", "").startswith(f"{KEY}/"):
        return False
    scope = fields["Credential"].removeprefix(f"{KEY}/")
    signed = fields["SignedHeaders"].split(";")
    content = headers["x-amz-content-sha256"]
    if content not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
        return False
    asked = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(query))
    named = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in signed)
    canonical = "\n".join([method, path, asked, named, ";".join(signed), content])
    told = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, told])
    key = f"AWS4{SECRET}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest(), fields["Signature"])

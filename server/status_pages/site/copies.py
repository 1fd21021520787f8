"""Sites copied to where another machine shows them: into a folder, or into a bucket that speaks S3."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec
import structlog

from server.status_pages.site.answers import CACHE, kind_of
from server.status_pages.site.files import keep_only, remove_site, write_file

log = structlog.get_logger()
BUCKET_SCHEMES: Final = {"s3": "https", "s3+http": "http"}
USUAL_REGION: Final = "us-east-1"
AT_ONCE: Final = 8
GIVE_UP_AFTER: Final = "10s"
TRIES: Final = 2
OURS: Final = ".dogwatch.json"
"""Names the sites that are ours in a target: what is public no more goes also where it was put by a process before."""
REST_S: Final = 10.0
"""So long a target that failed is left alone."""


class Target(Protocol):
    """Where sites stand under their slugs; what it raises is tried again."""

    async def write(self, slug: str, path: str, body: bytes) -> None: ...

    async def keep_only(self, slug: str, paths: Collection[str]) -> None: ...

    async def remove(self, slug: str) -> None: ...

    async def known(self) -> list[str]:
        """The slugs that were told to `remember` last, by this process or one before it."""
        ...

    async def remember(self, slugs: list[str]) -> None: ...


@dataclass(frozen=True)
class FolderTarget:
    """A folder that another web server shows."""

    root: Path

    async def write(self, slug: str, path: str, body: bytes) -> None:
        await asyncio.to_thread(write_file, self.root / slug / path, body)

    async def keep_only(self, slug: str, paths: Collection[str]) -> None:
        await asyncio.to_thread(keep_only, self.root / slug, paths)

    async def remove(self, slug: str) -> None:
        await asyncio.to_thread(remove_site, self.root / slug)

    async def known(self) -> list[str]:
        try:
            return _slugs(await asyncio.to_thread((self.root / OURS).read_bytes))
        except FileNotFoundError:
            return []

    async def remember(self, slugs: list[str]) -> None:
        await asyncio.to_thread(write_file, self.root / OURS, msgspec.json.encode(slugs))


class BucketTarget:
    """A bucket, through `obstore`, which the extra `bucket` installs."""

    def __init__(self, address: str) -> None:
        self._store = _store(address)

    async def write(self, slug: str, path: str, body: bytes) -> None:
        attributes: Any = {"Content-Type": kind_of(path), "Cache-Control": CACHE}
        await self._store.put_async(f"{slug}/{path}", body, attributes=attributes)

    async def keep_only(self, slug: str, paths: Collection[str]) -> None:
        kept = {f"{slug}/{path}" for path in paths}
        async for found in self._store.list(prefix=f"{slug}/"):
            gone = [each["path"] for each in found if each["path"] not in kept]
            if gone:
                await self._store.delete_async(gone)

    async def remove(self, slug: str) -> None:
        await self.keep_only(slug, ())

    async def known(self) -> list[str]:
        try:
            found = await self._store.get_async(OURS)
        except FileNotFoundError:
            return []
        return _slugs(bytes(await found.bytes_async()))

    async def remember(self, slugs: list[str]) -> None:
        await self._store.put_async(OURS, msgspec.json.encode(slugs))


def _slugs(body: bytes) -> list[str]:
    try:
        return msgspec.json.decode(body, type=list[str])
    except msgspec.MsgspecError:
        return []


def _store(address: str) -> Any:
    """`s3://key:secret@host/bucket/prefix?region=…`; `s3+http://` without TLS, as inside one's own network.

    Its client is an extra that most don't install.
    """
    parts = urlsplit(address)
    bucket, _, prefix = parts.path.strip("/").partition("/")
    port = f":{parts.port}" if parts.port else ""
    return import_module("obstore.store").S3Store(
        bucket,
        prefix=prefix or None,
        endpoint=f"{BUCKET_SCHEMES[parts.scheme]}://{parts.hostname}{port}",
        region=parse_qs(parts.query).get("region", [USUAL_REGION])[0],
        access_key_id=unquote(parts.username or ""),
        secret_access_key=unquote(parts.password or ""),
        virtual_hosted_style_request=False,
        client_options={"timeout": GIVE_UP_AFTER, "connect_timeout": GIVE_UP_AFTER, "allow_http": True},
        retry_config={"max_retries": TRIES},
    )


def target_of(publish_to: str) -> Target | None:
    """What `STATUS_PUBLISH_TO` names, if anything."""
    if not publish_to:
        return None
    return BucketTarget(publish_to) if urlsplit(publish_to).scheme in BUCKET_SCHEMES else FolderTarget(Path(publish_to))


@dataclass(frozen=True)
class Site:
    """A site as it stands in our own folder, with a digest of each file."""

    slug: str
    folder: Path
    digests: Mapping[str, bytes]


@dataclass
class Copies:
    """What a target has of each site. A target that fails costs our own pages nothing and is tried again."""

    target: Target
    _copied: dict[str, dict[str, bytes]] = field(default_factory=dict[str, dict[str, bytes]])
    _known: list[str] | None = None
    _is_failing: bool = False

    async def run(self, sites: Iterable[Site]) -> bool:
        """Copy what differs; whether the target took everything."""
        try:
            await self._follow(list(sites))
        except Exception as error:
            if not self._is_failing:
                log.warning("status_pages.not_copied", error=_in_one_line(error))
            self._is_failing = True
        else:
            self._is_failing = False
        return not self._is_failing

    async def _follow(self, sites: list[Site]) -> None:
        wanted = sorted(site.slug for site in sites)
        if self._known is None:
            self._known = await self.target.known()
        if self._known != wanted:
            await self.target.remember(sorted({*self._known, *wanted}))
            for slug in set(self._known) - set(wanted):
                await self.target.remove(slug)
                self._copied.pop(slug, None)
        for site in sites:
            await self._copy(site)
        if self._known != wanted:
            await self.target.remember(wanted)
            self._known = wanted

    async def _copy(self, site: Site) -> None:
        before = self._copied.get(site.slug)
        if before is None or before.keys() - site.digests.keys():
            await self.target.keep_only(site.slug, site.digests.keys())
            before = {path: digest for path, digest in (before or {}).items() if path in site.digests}
            self._copied[site.slug] = before
        changed = [path for path, digest in site.digests.items() if before.get(path) != digest]
        for at in range(0, len(changed), AT_ONCE):
            await asyncio.gather(*(self._write(site, path, before) for path in changed[at : at + AT_ONCE]))

    async def _write(self, site: Site, path: str, copied: dict[str, bytes]) -> None:
        digest = site.digests[path]
        body = await asyncio.to_thread((site.folder / path).read_bytes)
        await self.target.write(site.slug, path, body)
        copied[path] = digest


def _in_one_line(error: Exception) -> str:
    """Clients of buckets say a lot."""
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"[:300]

"""The configuration that every alert needs, in memory, at most a second old."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from msgspec import Struct

from server.integrations.base import INTEGRATIONS
from server.kernel.database import Database, Writes
from server.kernel.patterns import compile_pattern
from server.kernel.revisions import revision, touch
from server.kernel.secrets import Secrets
from server.services.keys import open_config
from shared.domain.pipeline import muting, rules
from shared.domain.pipeline.conditions import Conditions, Pattern
from shared.domain.pipeline.grouping import Grouping

log = structlog.get_logger()
REFRESH_S = 1.0
CONFIGURATION = "config"
DUTY = "duty"


class ServiceFacts(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    team_id: str
    policy_id: str | None
    grouping: Grouping
    runbook_url: str


class IntegrationFacts(Struct, frozen=True, kw_only=True):
    """`config` is the source's own `Config`; `service` is where its alerts go."""

    id: str
    name: str
    source: str
    config: Struct
    service: ServiceFacts | None
    rules: tuple[rules.Rule, ...]


class _IntegrationRow(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    source: str
    service_id: str | None
    config_enc: str
    key_hmac: str


class _RuleRow(Struct, frozen=True, kw_only=True):
    id: str
    integration_id: str
    name: str
    stage: rules.Stage
    conditions: Conditions
    effect: rules.Effect


def touch_configuration(writes: Writes) -> None:
    """Tell every process, within a second, that services, integrations, rules or silences changed."""
    touch(writes, CONFIGURATION)


def touch_duty(writes: Writes) -> None:
    """Say that schedules, policies or calendars changed: whoever proves the coverage proves it anew."""
    touch(writes, DUTY)


@dataclass(frozen=True)
class _Snapshot:
    """Everything as of one revision; it is replaced as a whole."""

    rev: int = -1
    by_key: Mapping[str, IntegrationFacts] = field(default_factory=dict[str, IntegrationFacts])
    integrations: Mapping[str, IntegrationFacts] = field(default_factory=dict[str, IntegrationFacts])
    removed: Mapping[str, str] = field(default_factory=dict[str, str])
    services: Mapping[str, ServiceFacts] = field(default_factory=dict[str, ServiceFacts])
    silences: tuple[muting.Silence, ...] = ()
    patterns: dict[str, Pattern] = field(default_factory=dict[str, Pattern])


@dataclass
class Directory:
    """Integrations by key digest and by id, services by id, silences."""

    db: Database
    secrets: Secrets
    _held: _Snapshot = field(default_factory=_Snapshot)
    _loading: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def integrations(self) -> Mapping[str, IntegrationFacts]:
        return self._held.integrations

    @property
    def services(self) -> Mapping[str, ServiceFacts]:
        return self._held.services

    @property
    def silences(self) -> tuple[muting.Silence, ...]:
        return self._held.silences

    async def run(self) -> None:
        """Until cancelled: look each second whether anything changed."""
        while True:
            try:
                await self.refresh()
            except Exception:
                log.exception("directory.refresh_failed")
            await asyncio.sleep(REFRESH_S)

    async def refresh(self) -> None:
        """Read everything again if the configuration's revision moved."""
        async with self._loading:
            rev = await revision(self.db, CONFIGURATION)
            if rev != self._held.rev:
                self._held = await self._load(rev)

    def known_by_key(self, key: str) -> IntegrationFacts | None:
        """The integration that a key belongs to, as far as this process knows without a look."""
        return self._held.by_key.get(self.secrets.lookup(key))

    async def integration_of_key(self, key: str) -> IntegrationFacts | None:
        """The integration that a key belongs to; an unknown key is asked of the database before it is refused."""
        hashed = self.secrets.lookup(key)
        if hashed not in self._held.by_key:
            await self.refresh()
        return self._held.by_key.get(hashed)

    async def integration_of_id(self, id: str) -> IntegrationFacts | None:
        """Also one that was removed: what it accepted until every process knew is worked through all the same."""
        if (found := self._held.integrations.get(id)) is not None:
            return found
        row = await self.db.row(_IntegrationRow, "SELECT <fields> FROM integration WHERE id = :id", id=id)
        if row is None:
            return None
        service = self.services.get(row.service_id) if row.service_id else None
        return self._facts(row, service, (await self._load_rules()).get(id, []))

    def removed_by_key(self, key: str) -> str | None:
        """The id of the integration that had a key until it was removed."""
        return self._held.removed.get(self.secrets.lookup(key))

    def silences_in_force(self, now: datetime) -> list[muting.Silence]:
        return [silence for silence in self.silences if silence.starts_at <= now < silence.ends_at]

    def compiled(self, pattern: str) -> Pattern:
        """A pattern in linear time, compiled once."""
        patterns = self._held.patterns
        if pattern not in patterns:
            patterns[pattern] = compile_pattern(pattern)
        return patterns[pattern]

    async def _load(self, rev: int) -> _Snapshot:
        found = await self.db.rows(ServiceFacts, "SELECT <fields> FROM service WHERE archived_at IS NULL")
        services = {service.id: service for service in found}
        rows = await self.db.rows(_IntegrationRow, "SELECT <fields> FROM integration WHERE archived_at IS NULL")
        rules_of = await self._load_rules()
        by_key: dict[str, IntegrationFacts] = {}
        for row in rows:
            service = services.get(row.service_id) if row.service_id else None
            if (facts := self._facts(row, service, rules_of.get(row.id, []))) is not None:
                by_key[row.key_hmac] = facts
        removed = await self.db.values("SELECT key_hmac, id FROM integration WHERE archived_at IS NOT NULL")
        return _Snapshot(
            rev=rev,
            removed=dict(removed),
            by_key=by_key,
            integrations={facts.id: facts for facts in by_key.values()},
            services=services,
            silences=tuple(await self.db.rows(muting.Silence, "SELECT <fields> FROM silence")),
        )

    def _facts(
        self, row: _IntegrationRow, service: ServiceFacts | None, found: list[rules.Rule]
    ) -> IntegrationFacts | None:
        member = INTEGRATIONS.get(row.source)
        if member is None:
            log.error("directory.unknown_source", integration=row.id, source=row.source)
            return None
        return IntegrationFacts(
            id=row.id,
            name=row.name,
            source=row.source,
            config=open_config(member.Config, row.config_enc, row.id, self.secrets),
            service=service,
            rules=tuple(found),
        )

    async def _load_rules(self) -> dict[str, list[rules.Rule]]:
        rows = await self.db.rows(
            _RuleRow, "SELECT <fields> FROM rule WHERE is_enabled ORDER BY integration_id, position, created_at"
        )
        found: dict[str, list[rules.Rule]] = {}
        for row in rows:
            rule = rules.Rule(id=row.id, name=row.name, stage=row.stage, conditions=row.conditions, effect=row.effect)
            found.setdefault(row.integration_id, []).append(rule)
        return found

"""The configuration that every alert needs, in memory, at most a second old."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from msgspec import Struct

from server.integrations.base import INTEGRATIONS
from server.kernel.database import Database, Writes
from server.kernel.patterns import compile_pattern
from server.kernel.secrets import Secrets
from server.services.keys import open_config
from shared.domain import muting, rules
from shared.domain.conditions import Conditions, Pattern
from shared.domain.grouping import Grouping

log = structlog.get_logger()
REFRESH_S = 1.0


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
    """Tell every process, within a second, that configuration changed."""
    writes.sql("UPDATE counter SET value = value + 1 WHERE name = 'config'")


@dataclass
class Directory:
    """Integrations by key digest and by id, services by id, silences."""

    db: Database
    secrets: Secrets
    rev: int = -1
    by_key: dict[str, IntegrationFacts] = field(default_factory=dict[str, IntegrationFacts])
    integrations: dict[str, IntegrationFacts] = field(default_factory=dict[str, IntegrationFacts])
    services: dict[str, ServiceFacts] = field(default_factory=dict[str, ServiceFacts])
    silences: tuple[muting.Silence, ...] = ()
    _patterns: dict[str, Pattern] = field(default_factory=dict[str, Pattern])
    _loading: asyncio.Lock = field(default_factory=asyncio.Lock)

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
            rev: int = await self.db.value("SELECT value FROM counter WHERE name = 'config'")
            if rev != self.rev:
                await self._load()
                self.rev = rev

    async def integration_of_key(self, key: str) -> IntegrationFacts | None:
        """The integration that a key belongs to; an unknown key is asked of the database before it is refused."""
        hashed = self.secrets.lookup(key)
        if hashed not in self.by_key:
            await self.refresh()
        return self.by_key.get(hashed)

    def silences_in_force(self, now: datetime) -> list[muting.Silence]:
        return [silence for silence in self.silences if silence.starts_at <= now < silence.ends_at]

    def compiled(self, pattern: str) -> Pattern:
        """A pattern in linear time, compiled once."""
        if pattern not in self._patterns:
            self._patterns[pattern] = compile_pattern(pattern)
        return self._patterns[pattern]

    async def _load(self) -> None:
        services = await self.db.rows(ServiceFacts, "SELECT * FROM service WHERE archived_at IS NULL")
        self.services = {service.id: service for service in services}
        rows = await self.db.rows(_IntegrationRow, "SELECT * FROM integration WHERE archived_at IS NULL")
        rules_of = await self._load_rules()
        by_key: dict[str, IntegrationFacts] = {}
        for row in rows:
            if (facts := self._facts(row, rules_of.get(row.id, []))) is not None:
                by_key[row.key_hmac] = facts
        self.by_key = by_key
        self.integrations = {facts.id: facts for facts in by_key.values()}
        self.silences = tuple(await self.db.rows(muting.Silence, "SELECT * FROM silence"))
        self._patterns.clear()

    def _facts(self, row: _IntegrationRow, found: list[rules.Rule]) -> IntegrationFacts | None:
        member = INTEGRATIONS.get(row.source)
        if member is None:
            log.error("directory.unknown_source", integration=row.id, source=row.source)
            return None
        return IntegrationFacts(
            id=row.id,
            name=row.name,
            source=row.source,
            config=open_config(member.Config, row.config_enc, row.id, self.secrets),
            service=self.services.get(row.service_id) if row.service_id else None,
            rules=tuple(found),
        )

    async def _load_rules(self) -> dict[str, list[rules.Rule]]:
        rows = await self.db.rows(
            _RuleRow, "SELECT * FROM rule WHERE is_enabled ORDER BY integration_id, position, created_at"
        )
        found: dict[str, list[rules.Rule]] = {}
        for row in rows:
            rule = rules.Rule(id=row.id, name=row.name, stage=row.stage, conditions=row.conditions, effect=row.effect)
            found.setdefault(row.integration_id, []).append(rule)
        return found

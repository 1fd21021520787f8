"""A world whose messages leave by the fakes of the real providers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.kernel.database import Database
from server.kernel.settings import Settings
from tests.kit.providers import Providers, providers_of


@pytest.fixture
async def providers(
    settings: Settings, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Providers]:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    async with providers_of(settings, db, tmp_path) as made:
        yield made

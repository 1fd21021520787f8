"""Whoever is measured in turn with ours: Debian's Alertmanager, taking the same alerts."""

import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.load import Load, drive, request
from tests.kit.processes import answering, free_port, running

PROGRAM = "/usr/bin/prometheus-alertmanager"
TAKEN = ("labels", "annotations", "startsAt", "generatorURL")


@dataclass(frozen=True)
class Alertmanager:
    """It has a receiver that does nothing, and counts what it was given when it has answered."""

    port: int
    pid: int

    async def take(self, webhooks: Sequence[bytes], *, connections: int) -> Load:
        """The alerts of these webhook bodies, as it takes them itself."""
        bodies = [_as_taken(webhook) for webhook in webhooks]
        sent = [request(self.port, "/api/v2/alerts", body) for _, body in bodies]
        return await drive(self.port, sent, events_each=bodies[0][0], connections=connections, pid=self.pid)


def _as_taken(webhook: bytes) -> tuple[int, bytes]:
    alerts = [{name: alert[name] for name in TAKEN if name in alert} for alert in json.loads(webhook)["alerts"]]
    return len(alerts), json.dumps(alerts).encode()


@contextlib.asynccontextmanager
async def alertmanager(folder: Path) -> AsyncIterator[Alertmanager | None]:
    """None, and a word about it, where it isn't installed."""
    if not Path(PROGRAM).exists():
        print("  alertmanager: not run (install prometheus-alertmanager)")
        yield None
        return
    config, port = folder / "am.yml", free_port()
    config.write_text("route: {receiver: none, group_by: [cluster]}\nreceivers: [{name: none}]\n")
    command = (
        PROGRAM, f"--config.file={config}", f"--storage.path={folder / 'am'}", "--cluster.listen-address=",
        f"--web.listen-address=127.0.0.1:{port}", "--log.level=error",
    )  # fmt: skip
    async with running(*command, log=folder / "am.log") as process:
        await answering(f"http://127.0.0.1:{port}/-/ready")
        yield Alertmanager(port, process.pid)

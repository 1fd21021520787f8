"""The commands of README and guides do what a reader expects of them: against databases of their own, on loopback."""

import contextlib
import os
import re
import subprocess
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.kit.guides import GUIDES, Block, Command
from tests.kit.installation import ADMIN, FIRST_ADMIN, Api
from tests.kit.processes import PATIENCE_S, PLAIN, ROOT, answering, free_port, python, running, until

Args = tuple[str, ...]
METRIC = re.compile(r"\bdogwatch_[a-z_]+\b")
SAMPLES = ("_bucket", "_sum", "_count")
LOCAL = "http://127.0.0.1:8000"
"""Where the guides have the server."""


def shell_blocks(program: str) -> list[Block]:
    """Those that name it, each once: what both languages have is one."""
    found = {
        "\n".join(block.code): block
        for guide in GUIDES
        for block in guide.blocks
        if block.language == "sh" and any(command.program == program for command in block.commands())
    }
    return list(found.values())


def wants_postgres(block: Block) -> bool:
    return "postgres://" in block.text or "dogwatch worker" in block.text


def environment(url: str) -> dict[str, str]:
    return {"DATABASE_URL": url, "DOGWATCH_PORT": str(free_port()), "DOGWATCH_APP_PORT": str(free_port())}


def run(env: Mapping[str, str], *command: str, within: Path = ROOT) -> str:
    """What it says; it must end well."""
    ended = subprocess.run(
        command, cwd=within, env=os.environ | env, capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert ended.returncode == 0, (command, ended.stderr)
    return ended.stdout


@contextlib.asynccontextmanager
async def begun(block: Block, env: Mapping[str, str], folder: Path, done: dict[Args, str]) -> AsyncIterator[None]:
    """All of it that was not done yet: what ends has ended, with what it said in `done`; what lasts answers."""
    url, app = (f"http://127.0.0.1:{env[port]}" for port in ("DOGWATCH_PORT", "DOGWATCH_APP_PORT"))
    answers = {
        "serve": lambda: answering(f"{url}/health"),
        "app": lambda: answering(app),
        "worker": lambda: at_work(url),
    }
    async with contextlib.AsyncExitStack() as stack:
        for args in (command.argv[1:] for command in block.commands() if command.program == "dogwatch"):
            if args in done:
                continue
            command, done[args] = python("server.cli", *args), ""
            if args[0] in answers:
                await stack.enter_async_context(running(*command, log=folder / f"{args[0]}.log", env=dict(env)))
                await answers[args[0]]()
            else:
                done[args] = run(env, *command)
        yield


async def at_work(url: str) -> None:
    async def look() -> bool | None:
        return (await client.get(f"{url}/health/engine")).status_code == 200 or None

    async with httpx.AsyncClient(verify=PLAIN, timeout=10) as client:
        await until("an engine is at work", look)


@pytest.mark.needs("sqlite3")
async def test_the_commands_run_on_sqlite_and_on_what_their_backup_brings_back(tmp_path: Path) -> None:
    env = environment(f"sqlite:///{tmp_path / 'dogwatch.sqlite'}")
    first, *others = (block for block in shell_blocks("dogwatch") if not wants_postgres(block))
    done: dict[Args, str] = {}
    async with begun(first, env | FIRST_ADMIN, tmp_path, done):
        assert ("serve",) in done
        await ask(f"http://127.0.0.1:{env['DOGWATCH_PORT']}")
        await until("there are heads", lambda: exists(tmp_path / "dogwatch.sqlite.heads"))
        [backup] = shell_blocks("sqlite3")
        run({}, "bash", "-e", "-c", backup.text, within=tmp_path)
        assert {path.stat().st_mode & 0o077 for path in (tmp_path / "backup").iterdir()} == {0}
    restored = env | {"DATABASE_URL": f"sqlite:///{tmp_path / 'backup' / 'dogwatch.sqlite'}"}
    for block in others:
        async with begun(block, restored, tmp_path, done):
            pass
    assert {("app",), ("settings",), ("verify",), ("migrate",)} <= done.keys()
    assert done["verify",].startswith("1 incidents,")
    assert "Held to the file of heads." in done["verify",]


async def test_the_commands_run_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    connection = await asyncpg.connect(postgres_url.format(name="postgres"))
    await connection.execute("CREATE DATABASE guides")
    await connection.close()
    env = environment(postgres_url.format(name="guides")) | {
        "DOGWATCH_SECRET_KEY": "of this test alone, and no other's"
    }
    done: dict[Args, str] = {}
    for block in shell_blocks("dogwatch"):
        if wants_postgres(block):
            async with begun(block, env, tmp_path, done):
                pass
    assert {("migrate",), ("serve",), ("worker",)} <= done.keys()


async def ask(url: str) -> None:
    """The lines of curl, with what a reader has; the metrics that are told of."""
    api = await Api(url).sign_in(**ADMIN)
    readers = await what_a_reader_has(api)
    for command in lines_of_curl():
        text = command.text.replace(LOCAL, url)
        status = run(readers, "bash", "-c", f"{text} -sS -o /dev/null -w '%{{http_code}}'")
        assert status == ("202" if "$INGEST_URL" in text else "201" if " -d " in text else "200"), (text, status)
    await until("what was paged and resolved is over", lambda: is_over(api))
    assert (await api.call("GET", "/api/v1/silences"))["items"][0]["team_id"] == readers["TEAM_ID"]
    assert metrics_told() - await metrics_of(url) == set()


async def what_a_reader_has(api: Api) -> dict[str, str]:
    """What the guides call by names of the shell."""
    team = await api.call("POST", "/api/v1/teams", {"name": "Payments"})
    service = await api.call("POST", "/api/v1/services", {"name": "Checkout", "team_id": team["id"]})
    way = {"name": "curl", "source": "events", "service_id": service["id"]}
    integration = await api.call("POST", "/api/v1/integrations", way)
    key = await api.call("POST", "/api/v1/api-keys", {"name": "curl", "scopes": ["read", "incidents:act"]})
    return {
        "INGEST_URL": integration["ingest_url"],
        "API_KEY": key["key"],
        "TEAM_ID": team["id"],
        "DOGWATCH": api.url,
    }


def lines_of_curl() -> list[Command]:
    return [command for block in shell_blocks("curl") for command in block.commands() if command.program == "curl"]


async def is_over(api: Api) -> bool | None:
    incident = await api.incident()
    return (incident is not None and incident["state"] == "resolved") or None


async def exists(path: Path) -> bool | None:
    return path.exists() or None


def metrics_told() -> set[str]:
    return {name for guide in GUIDES for name in METRIC.findall(guide.text)}


async def metrics_of(url: str) -> set[str]:
    """Names of all, and of the samples of histograms."""
    async with httpx.AsyncClient(verify=PLAIN, timeout=10) as client:
        text = (await client.get(f"{url}/metrics")).text
    kinds = dict(line.split()[2:4] for line in text.splitlines() if line.startswith("# TYPE"))
    return {name + end for name, kind in kinds.items() for end in ("", *(SAMPLES if kind == "histogram" else ()))}

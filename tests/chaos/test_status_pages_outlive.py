"""Status pages outlive the database, and their copy outlives the server: whole processes, killed."""

import os
import signal
from pathlib import Path
from typing import Any

import httpx

from shared.wire import routes
from tests.kit.family import members
from tests.kit.installation import ADMIN, FIRST_ADMIN, Api
from tests.kit.postgres import running_postgres
from tests.kit.processes import PLAIN, answering, free_port, python, running, until
from tests.kit.stores import SECRET, postgres_settings


async def publish(api: Api, slug: str, *, is_public: bool) -> None:
    """A page on which cards fail."""
    team = (await api.call("GET", routes.TEAMS))["items"][0]["id"]
    wanted = {"name": slug.title(), "slug": slug, "team_id": team, "is_public": is_public}
    page = await api.call("POST", routes.STATUS_PAGES, wanted)
    groups = [{"components": [{"name": {"en": "Checkout"}}]}]
    path = routes.STATUS_COMPONENTS.format(status_page_id=page["id"])
    made = await api.call("PUT", path, {"groups": groups}, headers={"if-match": f'"{page["rev"]}"'})
    changes = [{"component_id": made["groups"][0]["components"][0]["id"], "impact": "full_outage"}]
    update = {"status": "investigating", "body": {"en": "We look into it."}, "changes": changes}
    event: dict[str, Any] = {"kind": "incident", "title": {"en": "Cards fail"}, "updates": [update]}
    await api.call("POST", routes.STATUS_EVENTS.format(status_page_id=page["id"]), event)


async def test_a_page_is_shown_while_the_database_is_killed_and_elsewhere_when_all_is(tmp_path: Path) -> None:
    port, copies = free_port(), tmp_path / "www"
    copies.mkdir()
    url = f"http://127.0.0.1:{port}"
    with running_postgres() as server:
        env = {
            "DATABASE_URL": (await postgres_settings(server.url)).database_url,
            "DOGWATCH_SECRET_KEY": SECRET,
            "DOGWATCH_PORT": str(port),
            "STATUS_FOLDER": str(tmp_path / "status"),
            "STATUS_PUBLISH_TO": str(copies),
            **FIRST_ADMIN,
        }
        async with running(*python("server.cli", "serve"), log=tmp_path / "serve.log", env=env) as process:
            await answering(f"{url}/health")
            api = await Api(url).sign_in(**ADMIN)
            await api.call("POST", routes.TEAMS, {"name": "Payments"})
            await publish(api, "nordwind", is_public=True)
            await publish(api, "inside", is_public=False)
            sites = f"{url}{routes.STATUS_SITES}/"
            async with httpx.AsyncClient(base_url=sites, verify=PLAIN, follow_redirects=True) as visitor:

                async def shown() -> bool | None:
                    is_copied = (copies / "nordwind" / "events" / "1.html").exists()
                    return ("Cards fail" in (await visitor.get("nordwind/")).text and is_copied) or None

                await until("the page is shown", shown, within_s=30)
                entered = await visitor.post("inside/sign-in", data=ADMIN, follow_redirects=False)
                # A browser sends it to this machine over http, too; httpx does not.
                known = {"cookie": entered.headers["set-cookie"].partition(";")[0]}
                assert "Cards fail" in (await visitor.get("inside/", headers=known)).text
                server.stop(signal.SIGQUIT)
                for slug in ("nordwind", "inside"):
                    found = await visitor.get(f"{slug}/", headers=known)
                    assert (found.status_code, "Cards fail" in found.text, "As of" in found.text) == (200, True, True)
                assert "Checkout" not in (await visitor.get("inside/")).text
                killed = set(members(process.pid).values()) | {process.pid}
            server.start()
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
    assert "Cards fail" in (copies / "nordwind" / "index.html").read_text("utf-8")
    assert not (copies / "inside").exists()

"""What letters to subscribers are made of: nothing hostile runs in them, nor writes a header."""

import email
import email.policy
import re
from urllib.parse import urlsplit

import pytest

from server.channels.email import compose_letter
from server.status_pages.site.view import SiteView
from server.status_pages.subscribers.words import update_letter
from shared.domain.visible import as_name
from tests.kit.nordwind_status import NOW, event, said, site, utc
from tests.status_pages.site.hostile import CORPUS

RUNS = re.compile(r"<(script|img|svg|iframe|object|embed|form|input|style|link|base|meta|video)\b")


@pytest.mark.parametrize("part", range(3))
def test_nothing_hostile_survives_in_any_letter(part: int) -> None:
    for payload in CORPUS[part * 100 : part * 100 + 100]:
        one = event(1, payload[:200], said(utc(11, 28, 10), "identified", payload, api="full_outage"))
        view = SiteView(site(one, name=as_name(payload)[:120]), "en", NOW)
        links = {"manage": "https://status.example/m", "unsubscribe": "https://status.example/u"}
        letter = update_letter(view, one, one.updates[-1], id="x", to="vera@example.com", **links)
        message = email.message_from_bytes(
            compose_letter(letter, sender="Dogwatch <d@example.com>", now=lambda: NOW).as_bytes(),
            policy=email.policy.default,
        )
        assert (payload, message["To"], message.keys().count("Bcc")) == (payload, "vera@example.com", 0)
        body = message.get_body(("html",))
        assert body is not None
        html = body.get_content().lower()
        assert (payload, RUNS.findall(html), re.findall(r"<[^>]*\son\w+\s*=", html)) == (payload, [], [])
        assert {urlsplit(each).scheme for each in re.findall(r'href="([^"]*)"', html)} <= {
            "",
            "http",
            "https",
            "mailto",
        }

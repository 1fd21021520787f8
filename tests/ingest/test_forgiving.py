"""What senders do in the wild costs a field at most: packed bodies, raw line ends, odd clocks, endless links."""

import gzip
import json
import zlib
from typing import Any

import pytest

from server.pipeline.bodies import unpack
from tests.ingest.ways import EVENT, PAGERDUTY_V2_BODY, Ways, alert, notification

LONG = "https://prometheus.example.com/graph?g0.expr=" + "x" * 3000


async def only_alert(ways: Ways) -> Any:
    await ways.world.settle()
    [item] = (await ways.manager.get("/api/v1/alerts"))["items"]
    return await ways.manager.get(f"/api/v1/alerts/{item['id']}")


def bare(body: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-15)
    return packing.compress(body) + packing.flush()


def pieces(body: bytes) -> bytes:
    """Two members and padding, as `cat a.gz b.gz` and writers to tapes make them."""
    return gzip.compress(body[:7]) + gzip.compress(body[7:]) + b"\0" * 9


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", pieces),
        ("gzip", gzip.compress),
        ("X-GZip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", bare),
    ],
)
async def test_packed_bodies_are_unpacked_on_every_way_in(ways: Ways, encoding: str, pack: Any) -> None:
    known = {"routing_key": ways.integrations["pagerduty"].key, **PAGERDUTY_V2_BODY}
    for path, body in (
        (ways.path("events"), EVENT),
        (ways.path("alertmanager"), notification(alert("A", "1"))),
        ("/v2/enqueue", known),
    ):
        answer = await ways.send(path, pack(json.dumps(body).encode()), Content_Encoding=encoding)
        assert answer.status_code == 202, answer.text
    bodies = await ways.world.db.values("SELECT body, size FROM event")
    assert all(unpack(*each).startswith(b"{") for each in bodies), "kept as a person can read it"


@pytest.mark.parametrize(
    ("encoding", "body", "status", "code"),
    [
        ("br", b"x", 415, "unsupported_encoding"),
        ("zstd", b"x", 415, "unsupported_encoding"),
        ("gzip, gzip", b"x", 415, "unsupported_encoding"),
        ("gzip", b"{}", 400, "invalid"),
        ("deflate", b"{}", 400, "invalid"),
        ("gzip", gzip.compress(json.dumps(EVENT).encode(), mtime=0)[:-9], 400, "invalid"),
        ("gzip", gzip.compress(b" " * (256 * 1024 + 1), mtime=0), 413, "too_large"),
        ("gzip", gzip.compress(b" " * (200 * 1024), mtime=0) * 2, 413, "too_large"),
        ("gzip", gzip.compress(b"", mtime=0) * 1000, 400, "invalid"),
        ("gzip", gzip.compress(b"{}", mtime=0) + b"rest", 400, "invalid"),
        ("deflate", zlib.compress(b" " * (8 * 1024 * 1024)), 413, "too_large"),
    ],
)
async def test_what_can_not_be_unpacked_within_limits_is_refused(
    ways: Ways, encoding: str, body: bytes, status: int, code: str
) -> None:
    answer = await ways.send(ways.path("events"), body, Content_Encoding=encoding)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "body",
    [
        b'{"title": "line1\nline2\tand\x0b more", "dedup_key": "k"}',
        '\ufeff{"title": "line1\\nline2", "dedup_key": "k"}'.encode(),
        '{"title": "line1\\nline2", "dedup_key": "k"}'.encode("utf-16"),
        '{"title": "line1\\nline2", "dedup_key": "k"}'.encode("utf-16-le"),
        b'{"title": "line1\r\nline2", "dedup_key": "k", "details": {"n": ' + b"1" * 5000 + b"}}",
    ],
    ids=["raw controls", "byte order mark", "UTF-16", "UTF-16 without a mark", "a number of 5000 digits"],
)
async def test_json_of_shell_scripts_is_read(ways: Ways, body: bytes) -> None:
    assert (await ways.send(ways.path("events"), body)).status_code == 202
    found = await only_alert(ways)
    assert found["title"].startswith("line1")
    assert "line2" in found["title"]


@pytest.mark.parametrize("status", ["Resolved", "RESOLVED", " resolved "])
async def test_a_status_ends_in_any_letter_case(ways: Ways, status: str) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    frame = notification({**alert("A", "1"), "status": None}, status=status)
    for body in (notification(alert("A", "1", status=status)), frame):
        await ways.send(ways.path("alertmanager"), body)
    assert [item["state"] for item in await ways.incidents()] == ["resolved"]


async def test_an_action_is_read_in_any_letter_case(ways: Ways) -> None:
    for action in ("TRIGGER", " Acknowledge", "Resolve"):
        assert (await ways.send(ways.path("events"), {**EVENT, "action": action})).status_code == 202
    assert [item["state"] for item in await ways.incidents()] == ["resolved"]


@pytest.mark.parametrize("when", ["2999-01-01T00:00:00Z", "2026-13-45T99:00:00Z", "yesterday"])
@pytest.mark.parametrize("source", ["events", "pagerduty", "alertmanager"])
async def test_a_time_that_can_not_be_counts_as_now(ways: Ways, source: str, when: str) -> None:
    payload = {**PAGERDUTY_V2_BODY["payload"], "timestamp": when}
    body = {
        "events": {**EVENT, "starts_at": when},
        "pagerduty": {**PAGERDUTY_V2_BODY, "payload": payload},
        "alertmanager": notification({**alert("A", "1"), "startsAt": when}),
    }[source]
    assert (await ways.send(ways.path(source), body)).status_code == 202
    found = await only_alert(ways)
    assert found["starts_at"] == "2026-11-21T03:12:00Z"
    [(field, said)] = found["details"]["not_understood"].items()
    assert (field.rpartition(".")[2] in ("starts_at", "timestamp", "startsAt"), said) == (True, when)


@pytest.mark.parametrize("source", ["events", "pagerduty", "alertmanager"])
async def test_a_link_too_long_to_follow_stands_in_the_details(ways: Ways, source: str) -> None:
    short = {"text": "t", "href": "https://short.example"}
    links = [{"text": "long", "href": LONG}, short, {"text": "s", "href": " "}][: 2 if source == "events" else 3]
    body = {
        "events": {**EVENT, "links": links},
        "pagerduty": {**PAGERDUTY_V2_BODY, "links": links},
        "alertmanager": notification({**alert("A", "1"), "generatorURL": LONG}),
    }[source]
    assert (await ways.send(ways.path(source), body)).status_code == 202
    found = await only_alert(ways)
    assert found["details"]["more_links"] == [LONG]
    assert len(found["links"]) == 1


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "wiki/disk", "ftp://x.example/y"])
@pytest.mark.parametrize("source", ["events", "pagerduty", "alertmanager", "client"])
async def test_what_no_browser_may_follow_is_text_in_the_details(ways: Ways, source: str, href: str) -> None:
    links = [{"text": "t", "href": href}]
    body = {
        "events": {**EVENT, "links": links},
        "pagerduty": {**PAGERDUTY_V2_BODY, "links": links},
        "client": {**PAGERDUTY_V2_BODY, "client": "c", "client_url": href},
        "alertmanager": {**notification({**alert("A", "1"), "generatorURL": href}), "externalURL": None},
    }[source]
    path = ways.path("pagerduty" if source == "client" else source)
    assert (await ways.send(path, body)).status_code == 202
    found = await only_alert(ways)
    assert (found["links"], found["details"]["more_links"]) == ([], [href])
    assert len(await ways.incidents()) == 1


async def test_links_beyond_those_shown_stand_in_the_details(ways: Ways) -> None:
    links = [{"text": str(n), "href": f"https://x.example/{n}"} for n in range(25)]
    await ways.send(ways.path("events"), {**EVENT, "links": links})
    found = await only_alert(ways)
    assert (len(found["links"]), found["details"]["more_links"]) == (
        20,
        [f"https://x.example/{n}" for n in range(20, 25)],
    )


@pytest.mark.parametrize(
    ("labels", "title"),
    [
        ({"x": "y"}, "x=y"),
        ({"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"}, "a=1, b=2, c=3, d=4"),
        ({"job": "node", "x": "y"}, "node"),
        ({}, "alertmanager: an event could not be read"),
    ],
)
async def test_a_title_comes_from_labels_where_nobody_wrote_one(ways: Ways, labels: dict[str, str], title: str) -> None:
    await ways.send(ways.path("alertmanager"), notification({"status": "firing", "labels": labels}))
    assert (await only_alert(ways))["title"] == title


async def test_all_that_is_wrong_with_an_event_is_said_at_once(ways: Ways) -> None:
    body = {"severity": "banana", "links": "x", "starts_at": "y", "labels": 3, "action": "z"}
    answer = await ways.send(ways.path("events"), body)
    assert answer.status_code == 400
    fields = [(each["field"], each["code"]) for each in answer.json()["errors"]]
    assert sorted(fields) == [
        ("action", "unknown_value"),
        ("labels", "type"),
        ("links[0]", "invalid_url"),
        ("severity", "unknown_value"),
        ("starts_at", "invalid_time"),
        ("title", "required"),
    ]
    answer = await ways.send(ways.path("events"), {"action": "resolve", "dedup_key": [], "links": [1, {"href": "x"}]})
    assert [each["field"] for each in answer.json()["errors"]] == ["links[0]", "links[1].href", "dedup_key"]


async def test_the_timeline_names_what_recovered(ways: Ways) -> None:
    names = [f"web-{n}" for n in range(5)]
    await ways.send(ways.path("alertmanager"), notification(*(alert("A", name) for name in names)))
    [item] = await ways.incidents()
    for part in (names[:1], names[1:2], names[2:]):
        over = [alert("A", name, status="resolved") for name in part]
        await ways.send(ways.path("alertmanager"), notification(*over, status="resolved"))
        await ways.world.settle()
    timeline = (await ways.manager.get(f"/api/v1/incidents/{item['id']}/timeline"))["items"]
    told = [each["args"] for each in timeline if each["kind"] == "alerts_recovered"]
    assert told == [
        {"count": 1, "open": 4, "title": "A on web-0"},
        {"count": 1, "open": 3, "title": "A on web-1"},
        {"count": 3, "open": 0, "title": "A on web-2, A on web-3, A on web-4"},
    ]


async def test_those_that_recovered_within_one_moment_are_named_together(ways: Ways) -> None:
    await ways.send(ways.path("events"), EVENT | {"check": "c"})
    await ways.send(ways.path("events"), EVENT | {"check": "c", "dedup_key": "two"})
    await ways.send(ways.path("events"), EVENT | {"check": "c", "dedup_key": "three"})
    [item] = await ways.incidents()
    for key in ("two", "three"):
        await ways.send(ways.path("events"), {"action": "resolve", "dedup_key": key})
    await ways.world.settle()
    timeline = (await ways.manager.get(f"/api/v1/incidents/{item['id']}/timeline"))["items"]
    told = [each["args"] for each in timeline if each["kind"] == "alerts_recovered"]
    assert told == [{"count": 2, "open": 1, "title": "two, three"}]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("pay\u202egpj.exe\u001b[2J", "paygpj.exe"),
        ("two\r\nlines\tand more", "two lines and more"),
        ("磁盘已满 💾 “/var”", "磁盘已满 💾 “/var”"),
        ("\u202e\u2066", "odd"),
    ],
)
async def test_a_title_is_one_line_that_turns_nothing(ways: Ways, sent: str, shown: str) -> None:
    await ways.send(ways.path("events"), {"title": sent, "dedup_key": "odd"})
    assert [item["title"] for item in await ways.incidents()] == [shown]


@pytest.mark.parametrize(
    ("odd", "title"),
    [
        (r'{"title": "disk", "details": {"v": NaN, "w": [Infinity, -Infinity]}}', "disk"),
        (r'{"title": "C:\x41\disk full \d \'q\'", "labels": {"a": "b",},}', "C:A\\disk full \\d 'q'"),
        ('{"title": "a, ]b", "links": [], "details": {"l": [1, 2 , ] , } \n,\t}', "a, ]b"),
        (r'{"title": "ok \u00e9 \n\\x41 \" \u12", }', 'ok é  \\x41 " \\u12'),
    ],
)
async def test_json_that_is_nearly_json_is_read(ways: Ways, odd: str, title: str) -> None:
    answer = await ways.send(ways.path("events"), odd.encode())
    assert answer.status_code == 202, answer.text
    assert (await only_alert(ways))["title"] == title


async def test_numbers_that_are_none_are_kept_as_words_on_every_way_in(ways: Ways) -> None:
    body = notification(alert("A", "1"))
    body["alerts"][0]["annotations"]["value"] = float("nan")
    assert (await ways.send(ways.path("alertmanager"), json.dumps(body).encode())).status_code == 202
    known = json.dumps({"routing_key": ways.integrations["pagerduty"].key, **PAGERDUTY_V2_BODY})[:-1] + ", }"
    assert (await ways.send("/v2/enqueue", known.encode())).status_code == 202
    await ways.world.settle()
    items = (await ways.manager.get("/api/v1/alerts"))["items"]
    assert len(items) == 2
    [found] = [each for each in items if each["title"] == "A on 1"]
    assert (await ways.manager.get(f"/api/v1/alerts/{found['id']}"))["details"]["annotations"]["value"] == "NaN"


@pytest.mark.parametrize("odd", [b'{"title": "x" "y"}', b'{"title": "x"', b"[1,,2]", b'"' + b'\\"' * 120_000])
async def test_what_is_no_json_at_all_is_still_refused(ways: Ways, odd: bytes) -> None:
    answer = await ways.send(ways.path("events"), odd)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not_json")


async def test_nothing_that_people_read_of_an_alert_turns_or_moves_anything(ways: Ways) -> None:
    odd = "pay\u202egpj.exe\u001b[2J"
    event = {"title": odd, "description": f"{odd}\r\nmore", "check": odd, "source": odd, "dedup_key": "odd"}
    assert (await ways.send(ways.path("events"), event)).status_code == 202
    await ways.world.settle()
    [found] = (await ways.manager.get("/api/v1/alerts"))["items"]
    alert = await ways.manager.get(f"/api/v1/alerts/{found['id']}")
    assert [alert[name] for name in ("title", "check", "origin")] == ["paygpj.exe"] * 3
    assert alert["description"] == "paygpj.exe\nmore"

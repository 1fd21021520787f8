"""What many alerts say alike is said once, and each is told from the others in one line."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.alerts import Link
from shared.domain.pipeline.alike import Alike, alike, own_words

GRAPH, RUNBOOK = Link("Graph", "https://graph.example"), Link("Runbook", "https://wiki.example")


def said(title: str, *links: Link, **labels: str) -> Alike:
    return Alike(title=title, labels=labels, links=list(links))


def test_labels_links_and_title_that_all_have_are_in_common_in_the_order_of_the_first() -> None:
    alerts = [
        said("Uplink lost", GRAPH, RUNBOOK, site="ams", check="UplinkLost", port="p07"),
        said("Uplink lost", RUNBOOK, check="UplinkLost", port="p31", site="ams"),
        said("Uplink lost", RUNBOOK, GRAPH, check="UplinkLost", site="ams"),
    ]
    assert alike(alerts) == said("Uplink lost", RUNBOOK, site="ams", check="UplinkLost")
    assert alike([]) is None
    assert alike(alerts[:1]) == alerts[0]


def test_titles_that_differ_are_not_in_common_and_tell_alerts_apart() -> None:
    common = alike([said("Disk full on db1", host="db1"), said("Disk full on db2", host="db2")])
    assert common == Alike(title=None, labels={}, links=[])
    assert common is not None
    assert own_words("Disk full on db1", {"host": "db1"}, common) == "Disk full on db1"


def test_where_titles_are_alike_the_values_that_only_an_alert_has_tell_it_apart() -> None:
    common = said("Uplink lost", site="ams")
    assert own_words("Uplink lost", {"site": "ams", "device": "sw-2", "port": "p07"}, common) == "sw-2 · p07"
    assert own_words("Uplink lost", {"site": "ams", "device": "sw-2", "instance": "sw-2"}, common) == "sw-2"
    assert own_words("Uplink lost", {"site": "ams"}, common) == "Uplink lost"


def test_nothing_more_is_read_once_nothing_is_left() -> None:
    def alerts() -> Iterator[Alike]:
        yield from (said("a", x="1"), said("b", x="2"))
        raise AssertionError

    assert alike(alerts()) == Alike(title=None, labels={}, links=[])


LABELS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"), max_size=4)


@given(st.lists(st.builds(lambda title, labels: said(title, **labels), st.sampled_from("tu"), LABELS), min_size=1))
def test_what_is_in_common_stands_in_every_alert_and_nothing_else_does(alerts: list[Alike]) -> None:
    common = alike(alerts)
    assert common is not None
    assert common.title == (alerts[0].title if len({each.title for each in alerts}) == 1 else None)
    pairs = [set(each.labels.items()) for each in alerts]
    assert set(common.labels.items()) == set.intersection(*pairs)

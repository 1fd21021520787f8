"""What is left in a browser for the page that it shows without a network, and for how long."""

import msgspec

from phone.incidents.store import Filter
from phone.last_seen import KEPT_AS, Seen, seen_of
from tests.kit.headless_app import HeadlessApp


async def test_the_list_is_left_as_it_was_read_what_waits_first_and_no_other_words_of_an_incident() -> None:
    async with HeadlessApp() as app:
        await app.until(lambda: KEPT_AS in app.preferences.kept)
        seen = msgspec.json.decode(app.preferences.kept[KEPT_AS], type=Seen)
        listed = app.state.incidents
        assert seen.at == listed.read_at
        assert [row.id for row in seen.rows] == [item.id for group in listed.groups for item in group]
        assert [row.mine for row in seen.rows] == sorted((row.mine for row in seen.rows), reverse=True)
        assert {item.title for item in listed.items} == {row.title for row in seen.rows}
        first = app.preferences.kept[KEPT_AS]
        await listed.narrow(Filter(text="nothing that is here"))
        assert app.preferences.kept[KEPT_AS] == first


async def test_nothing_is_left_once_its_reader_signed_out_or_was_signed_out() -> None:
    async with HeadlessApp() as app:
        await app.until(lambda: KEPT_AS in app.preferences.kept)
        await app.state.sign_out()
        await app.until(lambda: KEPT_AS not in app.preferences.kept)
    async with HeadlessApp() as app:
        await app.until(lambda: KEPT_AS in app.preferences.kept)
        app.api.generation = 99
        await app.tap(key="refresh")
        await app.until(lambda: KEPT_AS not in app.preferences.kept)


async def test_at_most_twenty_are_left() -> None:
    async with HeadlessApp() as app:
        await app.until(lambda: app.state.incidents.read_at is not None)
        [item, *_] = app.state.incidents.items
        seen = seen_of([item] * 50, app.clock.now())
        assert [row.id for row in seen.rows] == [item.id] * 20

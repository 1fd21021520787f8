"""Sentences about watches: structs in, catalogue texts out."""

from datetime import datetime

from phone.base import moments
from phone.base.i18n import Words
from phone.base.people import Reader
from shared.wire.on_call import MyOnCall, MyWatch


def watch_until(reader: Reader, watch: MyWatch, *, now: datetime) -> str:
    """The right end of the on-call card: until when, who follows."""
    words = reader.words
    until = moments.moment(words, watch.until, now=now, zone=reader.zone) if watch.until else ""
    then = reader.people(watch.then) if watch.then else ""
    if until and then:
        return words("card.until_then", until=until, then=then)
    if until:
        return words("card.until", until=until)
    return words("card.then", then=then) if then else ""


def watch_span(reader: Reader, watch: MyWatch, *, now: datetime) -> str:
    """Since when, until when, and who follows, as a sentence."""
    key = "on_call.since" + ("_until" if watch.until else "") + ("_then" if watch.then else "")
    since, until = moments.moment(reader.words, watch.since, now=now, zone=reader.zone), ""
    if watch.until is not None:
        since, until = moments.ends(reader.words, watch.since, watch.until, now=now, zone=reader.zone)
    return reader.words(
        key,
        since=since,
        until=until,
        then=reader.people(watch.then),
    )


def unreachable_text(words: Words, mine: MyOnCall) -> str:
    """Why a page may not arrive."""
    return words.first(f"unreachable.{mine.unreachable}", "unreachable.other", reason=mine.unreachable)

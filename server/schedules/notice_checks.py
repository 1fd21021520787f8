"""What is refused in the way shifts are announced."""

from collections.abc import Iterator

from server.channels.base import CHANNELS
from shared.domain.flaws import Flaw, flaw
from shared.domain.time import DAY, minute_of_day
from shared.wire.schedules import ShiftNotices


def notice_flaws(notices: ShiftNotices) -> Iterator[Flaw]:
    if notices.daily_at is not None and minute_of_day(notices.daily_at) in (None, DAY):
        yield flaw("notices.daily_at", "bad_time", "Give a time of day such as 08:00.", value=notices.daily_at)
    for n, slug in enumerate(notices.channels):
        if slug in notices.channels[:n]:
            yield flaw(f"notices.channels[{n}]", "repeated", "this channel is named already", channel=slug)
        if slug not in CHANNELS:
            yield flaw(f"notices.channels[{n}]", "unknown", "there is no such channel", channel=slug)
    if notices.by == "unified" and not notices.channels:
        yield flaw("notices.channels", "empty", "Choose at least one channel.")

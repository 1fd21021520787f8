"""A schedule is its JSON, and JSON of another shape is none."""

import msgspec
import pytest

from shared.domain.on_call.rota import Schedule, TimeOff


def test_a_schedule_is_its_json() -> None:
    text = b"""{"time_zone": "Europe/Berlin", "overlap": "top_layer", "layers": [{"id": "L", "name": "Nights",
      "start": "2026-11-02T22:00", "end": null, "time_zone": null, "date_mask": ["mon", "tue"],
      "rotation": {"unit": "day", "every": 7, "order": "fair", "handoff_weekday": "mon",
                   "handoff_time": "22:00"}, "continuous": true,
      "restriction": {"kind": "daily", "periods": [{"start": "22:00", "end": "06:00"}]},
      "groups": [{"members": [{"user_id": "a", "role_id": "primary", "from": "2026-11-02", "until": null}],
                  "nobody": false}, {"nobody": true}]}]}"""
    schedule = msgspec.json.decode(text, type=Schedule)
    assert schedule.layers[0].groups[0].members[0].since == "2026-11-02"
    assert msgspec.json.decode(msgspec.json.encode(schedule), type=Schedule) == schedule
    naive = b'{"user_id": "a", "start": "2026-11-02T00:00", "end": "2026-11-03T00:00"}'
    with pytest.raises(msgspec.ValidationError, match="start"):
        msgspec.json.decode(naive, type=TimeOff)
    for wrong in (text.replace(b'"fair"', b'"random"'), text.replace(b'"tue"', b'"tuesday"')):
        with pytest.raises(msgspec.ValidationError, match=r"\$\.layers\[0\]\.(rotation\.order|date_mask\[1\])"):
            msgspec.json.decode(wrong, type=Schedule)

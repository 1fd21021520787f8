"""Every property of schedules for long, in every zone: `SOAK_EXAMPLES=200000 pytest -m soak`."""

import pytest

from tests.shared.domain.on_call import (
    test_layer_edits,
    test_least_recent,
    test_overrides,
    test_rotation_properties,
    test_schedule_edits,
    test_schedules_properties,
)
from tests.shared.domain.properties import PROPERTIES, soak

MODULES = (
    test_layer_edits,
    test_least_recent,
    test_overrides,
    test_rotation_properties,
    test_schedule_edits,
    test_schedules_properties,
)
"""Importing them fills `PROPERTIES`."""


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(PROPERTIES))
def test_holds_for_long(name: str) -> None:
    soak(name)

"""Properties: 200 fixed examples in each run, fewer by `PROPERTY_SHARE`, and as many random ones as a soak asks for."""

import os
import random
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import SearchStrategy

Property = Callable[..., None]
SHARE = float(os.environ.get("PROPERTY_SHARE", "1"))

QUICK = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
PROPERTIES: dict[str, tuple[Property, tuple[SearchStrategy[Any], ...]]] = {}


def holds(*strategies: SearchStrategy[Any], examples: int = 200) -> Callable[[Property], Property]:
    """Makes a test of a property and keeps it for `soak`."""

    def keep(claim: Property) -> Property:
        PROPERTIES[claim.__name__] = claim, strategies
        return settings(QUICK, max_examples=max(1, round(examples * SHARE)))(given(*strategies)(claim))

    return keep


def soak(name: str) -> None:
    """Runs a property with `SOAK_EXAMPLES` random examples; `SOAK_SEED` repeats a run."""
    count = int(os.environ.get("SOAK_EXAMPLES", "2000"))
    number = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"\n{name}: seed {number}, {count} examples")
    claim, strategies = PROPERTIES[name]
    checked = settings(QUICK, max_examples=count, derandomize=False)(given(*strategies)(claim))
    seed(number)(checked)()

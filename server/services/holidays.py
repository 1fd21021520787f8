"""Public holidays and official make-up workdays, from the `holidays` and `chinese-calendar` packages."""

from datetime import date
from functools import lru_cache
from typing import Any, Final, cast

import holidays
from chinese_calendar import constants
from holidays.registry import COUNTRIES

from shared.domain.on_call.workdays import Official
from shared.wire.service_calendars import HolidayCountry, HolidaySource
from shared.wire.sessions import Language

CHINA: Final = "CN"
ESTIMATED: Final = "(estimated)"
SPOKEN: Final[dict[Language, tuple[str, ...]]] = {"en": ("en_US",), "zh": ("zh_CN", "zh_TW", "en_US")}


@lru_cache(maxsize=1)
def countries() -> tuple[HolidayCountry, ...]:
    """Every country whose holidays are known, by name."""
    parts = holidays.list_supported_countries(include_aliases=False)
    named = {names[1]: _spaced(names[0]) for names in COUNTRIES.values()}
    found = (
        HolidayCountry(
            country=code,
            name=named.get(code, code),
            subdivisions=list(subdivisions),
            has_make_up_workdays=code == CHINA,
        )
        for code, subdivisions in parts.items()
    )
    return tuple(sorted(found, key=lambda each: each.name))


def _spaced(name: str) -> str:
    """`UnitedStates` as `United States`."""
    return "".join(f" {c}" if c.isupper() and n and not name[n - 1].isupper() else c for n, c in enumerate(name))


def is_known(source: HolidaySource) -> bool:
    return any(each.country == source.country for each in countries())


def has_part(source: HolidaySource) -> bool:
    """Whether the country has such a subdivision, or none is named."""
    country = next((each for each in countries() if each.country == source.country), None)
    return source.subdivision is None or (country is not None and source.subdivision in country.subdivisions)


def official(source: HolidaySource, years: tuple[int, ...], language: Language) -> Official:
    """What is published of these years; China's from the State Council's yearly notices."""
    if source.country == CHINA and source.subdivision is None:
        return _china(years, language)
    return _others(source.country, source.subdivision, years, language)


@lru_cache(maxsize=64)
def _china(years: tuple[int, ...], language: Language) -> Official:
    published = {day.year for day in constants.holidays}
    named = cast("list[Any]", list(constants.Holiday))
    names: dict[str, str] = {each.value: each.chinese if language == "zh" else each.value for each in named}

    def of(days: dict[date, str]) -> dict[date, str]:
        return {day: names.get(name, name) for day, name in days.items() if day.year in years}

    return Official(holidays=of(constants.holidays), make_up=of(constants.workdays), years=published)


@lru_cache(maxsize=256)
def _others(country: str, subdivision: str | None, years: tuple[int, ...], language: Language) -> Official:
    kind: Any = getattr(holidays, country)
    spoken = next((each for each in SPOKEN[language] if each in kind.supported_languages), None)
    known = tuple(year for year in years if kind.start_year <= year <= kind.end_year)
    found: dict[date, str] = kind(subdiv=subdivision, years=known, language=spoken, expand=False) if known else {}
    names = {day: str(name) for day, name in found.items()}
    return Official(
        holidays=names,
        make_up={},
        years=known,
        estimated=frozenset(day for day, name in names.items() if ESTIMATED in name),
    )

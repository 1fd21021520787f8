"""Status pages: what they are made of, events and their updates, templates, uptime."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from shared.domain.status.events import ComponentImpact, EventKind, EventStatus, Impact
from shared.domain.visible import LINE, TEXT, Written
from shared.wire.names import LongName, Name
from shared.wire.sessions import Language

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")]
Colour = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$")]
Line = Annotated[str, Meta(max_length=200, extra=LINE)]
Lines = Annotated[str, Meta(max_length=10_000, extra=TEXT)]
ImageSlot = Literal["logo", "logo_dark", "favicon"]
Changes = Annotated[tuple[ComponentImpact, ...], Meta(max_length=200)]


class Phrase(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line for visitors, in the languages that somebody wrote; who reads another one gets the page's own."""

    en: Line = ""
    zh: Line = ""

    def said(self, language: Language, otherwise: Language) -> str:
        return said_in(self.en, self.zh, language, otherwise)


class Passage(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same for text in Markdown."""

    en: Lines = ""
    zh: Lines = ""

    def said(self, language: Language, otherwise: Language) -> str:
        return said_in(self.en, self.zh, language, otherwise)


def said_in(en: str, zh: str, language: Language, otherwise: Language) -> str:
    """In the reader's language, or the page's, or whichever there is."""
    by = {"en": en, "zh": zh}
    return by[language] or by[otherwise] or en or zh


class PageLink(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    label: Phrase
    url: Annotated[str, Meta(max_length=2000)]


class StatusPageInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page; `language` is what its words are mostly written in, `domain` a host name that shows it at its root.

    Accents colour links and the button that subscribes, on light and on dark ground.
    """

    name: LongName
    slug: Slug
    team_id: str
    is_public: bool = True
    time_zone: str = "UTC"
    language: Language = "en"
    domain: Annotated[str, Meta(max_length=253)] | None = None
    links: Annotated[tuple[PageLink, ...], Meta(max_length=8)] = ()
    header: Passage = Passage()
    footer: Passage = Passage()
    accent: Colour | None = None
    accent_dark: Colour | None = None
    takes_subscribers: bool = True


class StatusPage(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    slug: str
    team_id: str
    is_public: bool
    time_zone: str
    language: Language
    domain: str | None
    links: tuple[PageLink, ...]
    header: Passage
    footer: Passage
    accent: str | None
    accent_dark: str | None
    takes_subscribers: bool
    rev: int


class ComponentInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With an `id` it stays what it is, without one it is new; `available_since` is now unless it says otherwise."""

    id: str | None = None
    name: Phrase
    description: Phrase = Phrase()
    available_since: datetime | None = None
    is_uptime_hidden: bool = False


class GroupInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Components in their order; a group without a name has no heading."""

    id: str | None = None
    name: Phrase | None = None
    components: Annotated[tuple[ComponentInput, ...], Meta(max_length=100)] = ()
    is_uptime_hidden: bool = False


class ComponentsInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All groups of a page in their order; what isn't named any more is removed."""

    groups: Annotated[tuple[GroupInput, ...], Meta(max_length=40)]


class Component(Struct, frozen=True, kw_only=True):
    id: str
    name: Phrase
    description: Phrase
    available_since: datetime
    is_uptime_hidden: bool
    impact: Impact


class Group(Struct, frozen=True, kw_only=True):
    id: str
    name: Phrase | None
    components: tuple[Component, ...]
    is_uptime_hidden: bool


class Components(Struct, frozen=True, kw_only=True):
    """`rev` is the page's."""

    groups: tuple[Group, ...]
    rev: int


class ImageInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A PNG, JPEG, WebP or ICO file in base64."""

    content: Annotated[bytes, Meta(min_length=1, max_length=262_144)]


class UpdateInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said now, or was at `at`; `next_update_at` promises when something will be said again.

    `notify`: whether subscribers are told; they are unless it is said otherwise, but not of what is past.
    """

    status: EventStatus
    body: Passage = Passage()
    at: datetime | None = None
    changes: Changes = ()
    next_update_at: datetime | None = None
    notify: bool | None = None


class StatusEventInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event and how it begins.

    With `is_past` it is over: at least two updates, each with its time. A maintenance has hours, and with `is_by_time`
    begins and ends by itself. Until `publish_at` nobody sees it.
    """

    kind: EventKind
    title: Phrase
    updates: Annotated[tuple[UpdateInput, ...], Meta(min_length=1, max_length=100)]
    is_past: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_by_time: bool = True
    publish_at: datetime | None = None
    linked_event_ids: Annotated[tuple[str, ...], Meta(max_length=20)] = ()


class StatusEventChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it; `publish_at` may be moved until it is published, or taken away, which publishes it."""

    title: Phrase
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_by_time: bool = False
    publish_at: datetime | None = None
    linked_event_ids: Annotated[tuple[str, ...], Meta(max_length=20)] = ()


class StatusUpdate(Struct, frozen=True, kw_only=True):
    id: str
    at: datetime
    status: EventStatus
    body: Passage
    changes: tuple[ComponentImpact, ...]
    next_update_at: datetime | None
    edited_at: datetime | None
    is_notified: bool


class StatusEvent(Struct, frozen=True, kw_only=True):
    """`impacts` is what its components are because of it now; updates come newest first."""

    id: str
    number: int
    kind: EventKind
    title: Phrase
    status: EventStatus
    is_open: bool
    began_at: datetime
    closed_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    is_by_time: bool
    publish_at: datetime | None
    published_at: datetime | None
    impacts: tuple[ComponentImpact, ...]
    linked_event_ids: tuple[str, ...]
    updates: tuple[StatusUpdate, ...]
    rev: int


class UpdateVersion(Struct, frozen=True, kw_only=True):
    """What an update said before somebody edited or removed it."""

    id: str
    update_id: str
    was: StatusUpdate
    is_removed: bool
    changed_by_name: str
    changed_at: datetime


class StatusTemplateInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words to begin with: for a whole event, or with `status` for updates that set it."""

    name: Name
    kind: EventKind
    status: EventStatus | None = None
    title: Phrase = Phrase()
    body: Passage = Passage()
    changes: Changes = ()


class StatusTemplate(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    kind: EventKind
    status: EventStatus | None
    title: Phrase
    body: Passage
    changes: tuple[ComponentImpact, ...]
    rev: int


class ComponentDay(Struct, frozen=True, kw_only=True):
    """A local day; seconds by what the component counted as. `shown` is null where it was not measured."""

    date: date
    shown: Impact | None
    seconds: dict[Impact, float] = msgspec.field(default_factory=dict[Impact, float])
    event_ids: tuple[str, ...] = ()


class UptimeFigure(Struct, frozen=True, kw_only=True):
    """Over the last 90 local days; `percent` is cut off after two decimals, null where nothing was available."""

    id: str
    percent: str | None
    available_s: float
    down_s: float


class ComponentUptime(Struct, frozen=True, kw_only=True):
    uptime: UptimeFigure
    days: tuple[ComponentDay, ...]


class StatusUptime(Struct, frozen=True, kw_only=True):
    """Of all components and groups of a page, hidden ones too."""

    since: datetime
    until: datetime
    components: tuple[ComponentUptime, ...]
    groups: tuple[UptimeFigure, ...]

"""Schedules: who is on call when, in layers."""

from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Final

from msgspec.structs import replace

from phone.base.places import Place, place
from phone.console.form.kind import Bound, Draft, Health, Kind, Known, Section, name_field, team_field
from phone.console.layers.drafts import LAYERS, TEAM, ZONE, ScheduleDraft
from phone.console.layers.layer_sentence import layer_sentence
from phone.console.layers.layers import clock, is_over, is_ready, role_of, sent_layer, wall
from phone.kit.form_field import Option
from shared.domain.time import at, is_zone_name, wall_reading, zone_names
from shared.wire import routes
from shared.wire.schedules import Schedule, ScheduleInput, ShiftNotices

SCHEDULES_EDIT: Final = "schedules:edit"
NAME_LENGTH: Final = 40
DESCRIPTION_LENGTH: Final = 500
LEADS_MIN: Final = (5, 10, 15, 20, 30, 45, 60, 120, 240, 480, 720, 1440)
PLACEHOLDER: Final = "…"
NAME: Final = place(ScheduleDraft, lambda schedule: schedule.name)
DESCRIPTION: Final = place(ScheduleDraft, lambda schedule: schedule.description)
IN_NOTICES: Final = place(ScheduleDraft, lambda schedule: schedule.description_in_notices)
OVERLAP: Final = place(ScheduleDraft, lambda schedule: schedule.overlap)
TAKES_OVER: Final = place(ScheduleDraft, lambda schedule: schedule.takes_over)
NOTICES: Final = place(ScheduleDraft, lambda schedule: schedule.notices)
GROUPS: Final = NOTICES.then(lambda notices: notices.groups)


class Schedules(Kind[Schedule, ScheduleDraft]):
    """The layers are edited in place; what saving would change is shown beside them."""

    slug: ClassVar[str] = "schedules"
    audited_as: ClassVar[str] = "schedule"
    list_path: ClassVar[str] = routes.SCHEDULES
    item_path: ClassVar[str] = routes.SCHEDULE
    permission: ClassVar[str] = SCHEDULES_EDIT
    needs: ClassVar[tuple[str, ...]] = ("teams", "people", "on-call-roles", "channels")
    item = Schedule
    input = ScheduleDraft

    def summary(self, known: Known, item: Schedule) -> str:
        words = known.words
        layers = [each for each in item.layers if not is_over(each, item.time_zone, known.now)]
        team = known.name("teams", item.team_id)
        if not layers:
            return words("summary.schedule_empty", team=team)
        sentence = layer_sentence(known, layers[0], item.time_zone)
        return words("summary.schedule", team=team, sentence=sentence, count=len(layers))

    def health(self, known: Known, item: Schedule) -> Health | None:
        return None if item.layers else Health("warning", known.words("health.schedule_empty"))

    def is_allowed(self, known: Known, item: Schedule | None) -> bool:
        return super().is_allowed(known, item) or (item is not None and item.may_edit)

    def blank(self, known: Known) -> ScheduleDraft:
        return ScheduleDraft(name="", team_id=known.first_team(), time_zone=known.me.time_zone)

    def draft(self, item: Schedule) -> ScheduleDraft:
        drafted = super().draft(item)
        return replace(drafted, layers=tuple(replace(each, role_id=role_of(each)) for each in drafted.layers))

    def sections(self, known: Known, draft: ScheduleDraft, item: Schedule | None) -> list[Section[ScheduleDraft]]:
        words = known.words
        found = [_about(known)]
        if item is None and not draft.layers:
            field = Bound(at=LAYERS, label=words("section.presets"), form="presets")
            found.append(Section(title=words("section.presets"), help=words("help.presets"), fields=(field,)))
        else:
            found.append(_layers(known, draft))
        found.append(_notices(known, draft.notices))
        if item is not None and item.layers:
            found.append(_takes_over(known))
        return found

    def sent(self, known: Known, draft: ScheduleDraft, item: Schedule | None) -> ScheduleInput:
        fields = {name: getattr(draft, name) for name in ScheduleInput.__struct_fields__}
        fields |= {"name": draft.name.strip(), "description": draft.description.strip()}
        fields["layers"] = tuple(sent_layer(each) for each in draft.layers)
        fields["notices"] = _sent_notices(draft.notices)
        fields["effective_at"] = _instant(draft.takes_over, draft.time_zone)
        return ScheduleInput(**fields)

    def preview(self, known: Known, draft: ScheduleDraft, item: Schedule | None) -> dict[str, Any] | None:
        """What is asked before it is saved; None while people are still to be chosen. The name doesn't matter yet."""
        if not is_ready(draft.layers) or not draft.team_id:
            return None
        sent = self.sent(known, draft, item)
        name = (sent.name or PLACEHOLDER)[:NAME_LENGTH]
        asked = replace(sent, name=name, description=sent.description[:DESCRIPTION_LENGTH])
        return {"schedule": asked, "schedule_id": item.id if item is not None else None}


def _sent_notices(notices: ShiftNotices) -> ShiftNotices:
    """A group without an address, new or kept, isn't sent."""
    return replace(
        notices,
        daily_at=clock(notices.daily_at),
        channels=notices.channels if notices.by == "unified" else (),
        groups=tuple(each for each in notices.groups if each.id or (each.address or "").strip()),
    )


def _about(known: Known) -> Section[ScheduleDraft]:
    words = known.words
    return Section(
        title=words("section.schedule"),
        help=words("help.schedule_team"),
        fields=(
            name_field(known, NAME, hint=words("hint.schedule"), limit=NAME_LENGTH),
            team_field(known, TEAM),
            zone_field(known, ZONE, help=words("help.schedule_zone")),
            Bound(
                at=DESCRIPTION,
                label=words("field.description"),
                form="lines",
                help=words("help.markdown"),
                limit=DESCRIPTION_LENGTH,
            ),
            Bound(
                at=IN_NOTICES,
                label=words("field.description_in_notices"),
                form="toggle",
                help=words("help.description_in_notices"),
            ),
        ),
    )


def zone_field(known: Known, at: Place[Draft, str], *, help: str) -> Bound[Draft]:
    """Which time zone holds for it."""
    label = known.words("field.time_zone")
    return Bound(at=at, label=label, form="choice", help=help, options=zone_options(), required=True)


@cache
def zone_options() -> tuple[Option, ...]:
    """Every time zone, by its IANA name."""
    return tuple(Option(value=name, label=name.replace("_", " ")) for name in sorted(zone_names()))


def _layers(known: Known, draft: ScheduleDraft) -> Section[ScheduleDraft]:
    words = known.words
    overlap = draft.overlap
    choice = Bound(
        at=OVERLAP,
        label=words("field.overlap"),
        form="choice",
        help=words(f"overlap_about.{overlap}"),
        options=tuple(
            Option(value=each, label=words(f"overlap.{each}"), about=words(f"overlap_about.{each}"))
            for each in ("union", "top_layer")
        ),
    )
    layers = Bound(at=LAYERS, label=words("section.layers"), form="layers")
    return Section(
        title=words("section.layers"),
        help=words("help.layers_of_schedule"),
        fields=(layers, choice) if len(draft.layers) > 1 or overlap != "union" else (layers,),
    )


def _notices(known: Known, notices: ShiftNotices) -> Section[ScheduleDraft]:
    words = known.words
    nobody = Option(value=None, label=words("shift_notices.never"))
    fields: list[Bound[ScheduleDraft]] = [
        Bound(
            at=NOTICES.then(lambda notices: notices.before_s),
            label=words("field.before_handoff"),
            form="choice",
            help=words("help.before_handoff"),
            options=(nobody, *_leads(known, notices.before_s)),
            half=True,
            shows=lambda seconds: str(seconds) if seconds else None,
            takes=lambda chosen: int(chosen) if chosen else None,
        ),
        Bound(
            at=NOTICES.then(lambda notices: notices.daily_at),
            label=words("field.daily_at"),
            form="time",
            help=words("help.daily_at"),
            half=True,
        ),
        Bound(
            at=NOTICES.then(lambda notices: notices.by),
            label=words("field.notices_by"),
            form="choice",
            options=tuple(
                Option(value=by, label=words(f"notices_by.{by}"), about=words(f"notices_by_about.{by}"))
                for by in ("preferred", "unified")
            ),
        ),
    ]
    if notices.by == "unified":
        fields.append(
            Bound(
                at=NOTICES.then(lambda notices: notices.channels),
                label=words("field.channels"),
                form="checks",
                options=channel_options(known),
                required=True,
            )
        )
    fields.append(Bound(at=GROUPS, label=words("field.notice_groups"), form="groups", help=words("help.notice_groups")))
    return Section(title=words("section.notices"), help=words("help.notices"), fields=tuple(fields))


def _leads(known: Known, chosen_s: int | None) -> list[Option]:
    own: set[int] = {chosen_s // 60} if chosen_s else set()
    minutes = sorted({*LEADS_MIN} | own)
    return [Option(value=str(each * 60), label=_lead(known, each)) for each in minutes]


def _lead(known: Known, minutes: int) -> str:
    if minutes % 60:
        return known.words("time.minutes", count=minutes)
    return known.words("time.hours", count=minutes // 60)


def channel_options(known: Known) -> tuple[Option, ...]:
    """The channels by the reader's names for them."""
    language = known.words.language
    return tuple(
        Option(value=each.slug, label=each.title.get(language) or each.title.get("en", each.slug))
        for each in known.lists.items("channels") or ()
    )


def _takes_over(known: Known) -> Section[ScheduleDraft]:
    words = known.words
    return Section(
        title=words("section.takes_over"),
        fields=(
            Bound(
                at=TAKES_OVER,
                key="effective_at",
                label=words("field.effective_at"),
                form="moment",
                hint=words("effective.next_handoff"),
                help=words("help.effective_at"),
            ),
        ),
    )


def _instant(given: str | None, zone: str) -> datetime | None:
    """An instant of the schedule's zone, as it is sent."""
    if not given or not is_zone_name(zone) or wall_reading(wall(given)) is None:
        return None
    return at(zone, wall(given))

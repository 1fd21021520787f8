"""Schedules: who is on call when, in layers."""

from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Final

import msgspec

from phone.console.form.kind import Draft, Health, Kind, Known, Section, get
from phone.console.layers.layer_sentence import layer_sentence
from phone.console.layers.layers import clock, is_over, is_ready, layer_body, layer_draft, wall
from phone.kit.form_field import Field, Option
from shared.domain.time import at, is_zone_name, wall_reading, zone_names
from shared.wire import routes
from shared.wire.schedules import Schedule

SCHEDULES_EDIT: Final = "schedules:edit"
NAME_LENGTH: Final = 40
DESCRIPTION_LENGTH: Final = 500
LEADS_MIN: Final = (5, 10, 15, 20, 30, 45, 60, 120, 240, 480, 720, 1440)
PLACEHOLDER: Final = "…"
FILLED_IN: Final = (
    "name",
    "team_id",
    "time_zone",
    "description",
    "description_in_notices",
    "overlap",
    "layers",
    "notices",
)


class Schedules(Kind[Schedule]):
    """The layers are edited in place; what saving would change is shown beside them."""

    slug: ClassVar[str] = "schedules"
    audited_as: ClassVar[str] = "schedule"
    list_path: ClassVar[str] = routes.SCHEDULES
    item_path: ClassVar[str] = routes.SCHEDULE
    permission: ClassVar[str] = SCHEDULES_EDIT
    needs: ClassVar[tuple[str, ...]] = ("teams", "people", "on-call-roles", "channels")
    item = Schedule

    def summary(self, known: Known, item: Schedule) -> str:
        words = known.words
        layers = [each for each in self.draft(item)["layers"] if not is_over(each, item.time_zone, known.now)]
        team = known.name("teams", item.team_id)
        if not layers:
            return words("summary.schedule_empty", team=team)
        sentence = layer_sentence(known, layers[0], item.time_zone)
        return words("summary.schedule", team=team, sentence=sentence, count=len(layers))

    def health(self, known: Known, item: Schedule) -> Health | None:
        return None if item.layers else Health("warning", known.words("health.schedule_empty"))

    def is_allowed(self, known: Known, item: Schedule | None) -> bool:
        return super().is_allowed(known, item) or (item is not None and item.may_edit)

    def blank(self, known: Known) -> Draft:
        return {
            "name": "",
            "team_id": known.first_team(),
            "time_zone": known.me.time_zone,
            "description": "",
            "description_in_notices": False,
            "overlap": "union",
            "layers": [],
            "notices": {"before_s": None, "daily_at": None, "by": "preferred", "channels": [], "groups": []},
            "effective_at": None,
        }

    def draft(self, item: Schedule) -> Draft:
        drafted = super().draft(item)
        kept = {name: drafted[name] for name in FILLED_IN}
        kept["layers"] = [layer_draft(each) for each in drafted["layers"]]
        before = drafted["notices"]["before_s"]
        kept["notices"] = {**drafted["notices"], "before_s": str(before) if before else None}
        return {**kept, "effective_at": None}

    def sections(self, known: Known, draft: Draft, item: Schedule | None) -> list[Section]:
        words = known.words
        found = [_about(known)]
        if item is None and not draft["layers"]:
            field = Field(path="layers", label=words("section.presets"), form="presets")
            found.append(Section(title=words("section.presets"), help=words("help.presets"), fields=(field,)))
        else:
            found.append(_layers(known, draft))
        found.append(_notices(known, draft))
        if item is not None and item.layers:
            found.append(_takes_over(known))
        return found

    def body(self, known: Known, draft: Draft, item: Schedule | None) -> dict[str, Any]:
        sent: dict[str, Any] = msgspec.to_builtins(draft)
        sent["name"], sent["description"] = str(sent["name"]).strip(), str(sent["description"] or "").strip()
        sent["layers"] = [layer_body(each) for each in sent["layers"]]
        notices = sent["notices"]
        notices["daily_at"] = clock(notices["daily_at"])
        notices["before_s"] = int(notices["before_s"]) if notices["before_s"] else None
        if notices["by"] == "preferred":
            notices["channels"] = []
        notices["groups"] = [each for each in notices["groups"] if str(each["address"]).strip()]
        sent["effective_at"] = _instant(sent.get("effective_at"), sent["time_zone"])
        return sent

    def preview(self, known: Known, draft: Draft, item: Schedule | None) -> dict[str, Any] | None:
        """What is asked before it is saved; None while people are still to be chosen. The name doesn't matter yet."""
        if not is_ready(draft["layers"]) or not draft.get("team_id"):
            return None
        body = self.body(known, draft, item)
        fields = {"name": (body["name"] or PLACEHOLDER)[:NAME_LENGTH]}
        fields["description"] = body["description"][:DESCRIPTION_LENGTH]
        return {"schedule": {**body, **fields}, "schedule_id": item.id if item is not None else None}


def _about(known: Known) -> Section:
    words = known.words
    return Section(
        title=words("section.schedule"),
        help=words("help.schedule_team"),
        fields=(
            Field(
                path="name",
                label=words("field.name"),
                hint=words("hint.schedule"),
                required=True,
                half=True,
                limit=NAME_LENGTH,
            ),
            Field(
                path="team_id",
                label=words("field.team"),
                form="choice",
                options=known.teams(),
                required=True,
                half=True,
            ),
            Field(
                path="time_zone",
                label=words("field.time_zone"),
                form="choice",
                help=words("help.schedule_zone"),
                options=zone_options(),
                required=True,
            ),
            Field(
                path="description",
                label=words("field.description"),
                form="lines",
                help=words("help.markdown"),
                limit=DESCRIPTION_LENGTH,
            ),
            Field(
                path="description_in_notices",
                label=words("field.description_in_notices"),
                form="toggle",
                help=words("help.description_in_notices"),
            ),
        ),
    )


@cache
def zone_options() -> tuple[Option, ...]:
    """Every time zone, by its IANA name."""
    return tuple(Option(value=name, label=name.replace("_", " ")) for name in sorted(zone_names()))


def _layers(known: Known, draft: Draft) -> Section:
    words = known.words
    overlap = str(draft["overlap"])
    choice = Field(
        path="overlap",
        label=words("field.overlap"),
        form="choice",
        help=words(f"overlap_about.{overlap}"),
        options=tuple(
            Option(value=each, label=words(f"overlap.{each}"), about=words(f"overlap_about.{each}"))
            for each in ("union", "top_layer")
        ),
    )
    layers = Field(path="layers", label=words("section.layers"), form="layers")
    return Section(
        title=words("section.layers"),
        help=words("help.layers_of_schedule"),
        fields=(layers, choice) if len(draft["layers"]) > 1 or overlap != "union" else (layers,),
    )


def _notices(known: Known, draft: Draft) -> Section:
    words = known.words
    nobody = Option(value=None, label=words("shift_notices.never"))
    fields = [
        Field(
            path="notices.before_s",
            label=words("field.before_handoff"),
            form="choice",
            help=words("help.before_handoff"),
            options=(nobody, *_leads(known, get(draft, "notices.before_s"))),
            half=True,
        ),
        Field(
            path="notices.daily_at", label=words("field.daily_at"), form="time", help=words("help.daily_at"), half=True
        ),
        Field(
            path="notices.by",
            label=words("field.notices_by"),
            form="choice",
            options=tuple(
                Option(value=by, label=words(f"notices_by.{by}"), about=words(f"notices_by_about.{by}"))
                for by in ("preferred", "unified")
            ),
        ),
    ]
    if get(draft, "notices.by") == "unified":
        fields.append(
            Field(
                path="notices.channels",
                label=words("field.channels"),
                form="checks",
                options=channel_options(known),
                required=True,
            )
        )
    fields.append(
        Field(
            path="notices.groups", label=words("field.notice_groups"), form="groups", help=words("help.notice_groups")
        )
    )
    return Section(title=words("section.notices"), help=words("help.notices"), fields=tuple(fields))


def _leads(known: Known, chosen: Any) -> list[Option]:
    own: set[int] = {int(chosen) // 60} if chosen else set()
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


def _takes_over(known: Known) -> Section:
    words = known.words
    return Section(
        title=words("section.takes_over"),
        fields=(
            Field(
                path="effective_at",
                label=words("field.effective_at"),
                form="moment",
                hint=words("effective.next_handoff"),
                help=words("help.effective_at"),
            ),
        ),
    )


def _instant(given: Any, zone: str) -> str | None:
    """An instant of the schedule's zone, as it is sent."""
    if not given or not is_zone_name(zone) or wall_reading(wall(str(given))) is None:
        return None
    instant: datetime = at(zone, wall(str(given)))
    return instant.isoformat()

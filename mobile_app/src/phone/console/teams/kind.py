"""Teams: who belongs together, and whether others may look."""

from typing import ClassVar, Final

from phone.base.places import place
from phone.console.form.kind import PEOPLE_EDIT, Bound, Health, Kind, Known, Section, name_field
from shared.wire import routes
from shared.wire.people import Team, TeamChange

NAME: Final = place(TeamChange, lambda team: team.name)
IS_PRIVATE: Final = place(TeamChange, lambda team: team.is_private)
APPROVAL: Final = place(TeamChange, lambda team: team.covers_need_approval)


class Teams(Kind[Team, TeamChange]):
    """Its members stand beside the form: each is added and removed at once."""

    slug: ClassVar[str] = "teams"
    audited_as: ClassVar[str] = "team"
    list_path: ClassVar[str] = routes.TEAMS
    item_path: ClassVar[str] = routes.TEAM
    permission: ClassVar[str] = PEOPLE_EDIT
    needs: ClassVar[tuple[str, ...]] = ("people", "services")
    item = Team
    input = TeamChange

    def summary(self, known: Known, item: Team) -> str:
        count = sum(each.team_id == item.id for each in known.lists.items("services") or ())
        return known.words("summary.team_private" if item.is_private else "summary.team_open", count=count)

    def health(self, known: Known, item: Team) -> Health | None:
        mine = any(each.id == item.id for each in known.me.teams)
        key = "health.team_mine" if mine else "health.team_members"
        return Health("quiet" if item.members else "warning", known.words(key, count=item.members))

    def team_of(self, known: Known, item: Team) -> str | None:
        return item.id

    def blank(self, known: Known) -> TeamChange:
        del known
        return TeamChange(name="")

    def sections(self, known: Known, draft: TeamChange, item: Team | None) -> list[Section[TeamChange]]:
        words = known.words
        return [
            Section(
                title=words("section.team"),
                fields=(
                    name_field(known, NAME, hint=words("hint.team"), half=False),
                    Bound(
                        at=IS_PRIVATE,
                        label=words("field.private"),
                        form="toggle",
                        help=words("help.private"),
                    ),
                    Bound(
                        at=APPROVAL,
                        label=words("field.covers_need_approval"),
                        form="toggle",
                        help=words("help.covers_need_approval"),
                    ),
                ),
            )
        ]

    def effect(self, known: Known, draft: TeamChange) -> list[str]:
        told = known.words("effect.team_private" if draft.is_private else "effect.team_open")
        return [told, known.words("effect.covers_approved")] if draft.covers_need_approval else [told]

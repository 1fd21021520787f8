"""The stores that an object's screen reads: its form, and what stands above and below it."""

from dataclasses import dataclass

from phone.console.beside import Beside
from phone.console.directory import Directory
from phone.console.form.editor import Editor
from phone.console.integrations.rules_store import Rules
from phone.console.people.inviting import Inviting
from phone.console.people.person import OpenPerson
from phone.console.schedules.rehearsal import Rehearsal
from phone.console.service_calendars.holidays import Holidays
from phone.schedules.feed import Feed


@dataclass(frozen=True, kw_only=True)
class FormStores:
    """Of the object that is open in the Console."""

    directory: Directory
    editor: Editor
    beside: Beside
    person: OpenPerson
    inviting: Inviting
    rehearsal: Rehearsal
    holidays: Holidays
    rules: Rules
    feed: Feed

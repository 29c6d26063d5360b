"""A case as the desk shows it: what queue and case page have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ngoma.base.blanks import blanks
from ngoma.desk import map as maps
from ngoma.desk import naming, proposal, rules
from ngoma.desk.actions import Action, possible
from ngoma.desk.replies import Reply, language_of_reporter, replies
from ngoma.desk.site import Desk
from ngoma.records.models import ACTIVE, State
from ngoma.records.queries import photos
from ngoma.records.queries.casefiles import File, Head, Pictured, Spoken, Told


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as `look`'s pieces want it, and who may see it."""

    id: int
    small: str
    large: str
    width: int
    height: int
    alt: str
    public: bool
    waiting: bool
    after: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A report: its words in pieces (True: a reason of the proposal), its photos, its answers."""

    told: Told
    pieces: list[tuple[str, bool]]
    photos: list[Photo]
    answers: list[tuple[str, str]]
    recordings: list[Spoken]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything about one case, in the words of the desk."""

    desk: Desk
    file: File
    offer: proposal.Offer
    said: list[Said]
    alike: list[proposal.Alike]
    work: list[Photo]
    actions: list[Action]
    map: Markup | None
    flags: list[rules.Flag]

    @property
    def head(self) -> Head:
        """The row of the case."""
        return self.file.head

    @property
    def title(self) -> str:
        """The beginning of what was said, else the service."""
        words = self.file.reports[0].words if self.file.reports else ""
        return headline(words) or self.desk.service(self.head.service_id)

    @property
    def state(self) -> str:
        """The name of its state."""
        return str(naming.STATES[State(self.head.state)])

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return naming.TONES.get(State(self.head.state), "")

    @property
    def due(self) -> naming.Due | None:
        """The promise that comes next."""
        head = self.head
        if head.state not in ACTIVE:
            return None
        return naming.due(self.desk.book, head.due if head.answered_at else head.answer_due)

    @property
    def reporter_language(self) -> str:
        """The language in which the reporter is written to."""
        return language_of_reporter(self.desk, self.file)

    def reasons(self, name: str) -> list[Mapping[str, Any]]:
        """The pack's reasons for a step, without those whose rule found nothing here."""
        found = {flag.rule for flag in self.flags}
        return [
            each
            for each in self.desk.book.settings["reasons"]
            if each["for"] == name and (not each.get("rule") or each["rule"] in found)
        ]

    def can(self, name: str) -> bool:
        """Whether one of the actions is open to this person now."""
        return any(action.name == name for action in self.actions)

    def action(self, name: str) -> Action:
        """One of the open actions."""
        return next(action for action in self.actions if action.name == name)

    def replies(self, kind: str) -> list[Reply]:
        """The templates of a kind, filled in for this case as it is proposed or stands."""
        if kind != "accept":
            return replies(self.desk, self.file, kind)
        offer = self.offer
        return replies(
            self.desk,
            self.file,
            kind,
            service_id=offer.service_id,
            department_id=offer.department_id,
            due=offer.dues.solution,
        )

    @property
    def first_words(self) -> str:
        """What the acceptance says besides the dates: the words written for the service, if any
        are there without a blank."""
        own = (each.text for each in self.replies("accept") if each.own)
        return next((words for words in own if not blanks(words)), "")


def sheet(desk: Desk, head: Head, *, others: Sequence[tuple[float, float]] = ()) -> Sheet:
    """Open the file of a case. `others` are dots for its map."""
    file = File(head)
    first = file.reports[0].id if file.reports else None
    photographed = any(each.report_id == first for each in file.photos)
    size = "beside" if photographed else "alone"
    accuracy = file.reports[0].accuracy if file.reports else 0
    return Sheet(
        desk=desk,
        file=file,
        offer=proposal.offer(desk, file),
        said=[_said(desk, file, told) for told in file.reports],
        alike=proposal.alike(desk, file.proposal),
        work=[_photo(each) for each in file.photos if each.report_id is None],
        actions=possible(desk, head),
        flags=rules.flags(desk, file),
        map=maps.around(desk, head.lat, head.lon, size=size, accuracy=accuracy, others=others),
    )


def headline(words: str) -> str:
    """The first sentence of a report, not longer than a line."""
    first = words.strip().split("\n", 1)[0]
    for mark in (". ", "! ", "? ", "。"):
        start, found, _rest = first.partition(mark)
        if found and len(start) > 8:
            first = start
    return first if len(first) <= 90 else first[:88].rsplit(" ", 1)[0] + "…"


def _said(desk: Desk, file: File, told: Told) -> Said:
    first = told.id == file.reports[0].id
    return Said(
        told=told,
        pieces=proposal.marked(told, file.proposal if first else None),
        photos=[_photo(each) for each in file.photos if each.report_id == told.id],
        answers=_answers(desk, told),
        recordings=[each for each in file.recordings if each.report_id == told.id],
    )


def _photo(each: Pictured) -> Photo:
    return Photo(
        id=each.id,
        small=photos.inside_url(each.name, "small"),
        large=photos.inside_url(each.name, "large"),
        width=each.width,
        height=each.height,
        alt="",
        public=each.public,
        waiting=each.public and each.edition is None,
        after=each.kind == "after",
    )


def _answers(desk: Desk, told: Told) -> list[tuple[str, str]]:
    """The answers to the service's questions, as question and answer."""
    service = desk.book.services.get(told.service_id) if told.service_id else None
    shown = []
    for question in service.questions if service else ():
        given = told.answers.get(question["code"])
        if given in (None, "", []):
            continue
        labels = {str(each["key"]): desk.text(each["name"]) for each in question.get("values", ())}
        several = given if isinstance(given, list) else [given]
        text = ", ".join(labels.get(str(each), str(each)) for each in several)
        shown.append((desk.text(question["text"]), text))
    return shown

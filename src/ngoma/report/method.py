"""How each number was computed, and what nobody knows."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from ngoma.people.publicity import LEAST
from ngoma.report.document import Chapter, Piece, Title, Words
from ngoma.report.telling import Telling


def chapter(telling: Telling) -> Chapter:
    """The chapter."""
    said = [Words(each, "item") for each in _computed()]
    unknown = [Words(each, "item") for each in _unknown(telling)]
    blocks: list[Piece] = [*said, Title(_("What is not known")), *unknown]
    return Chapter(_("How each number was computed"), blocks)


def _computed() -> Iterator[str]:
    yield _(
        "A report is what one person told; a case is the city's one piece of work on one problem. "
        "What came is counted in reports, by the day on which they came, on the city's clock. How "
        "it was dealt with is counted in cases that were opened in the month, wherever they stand "
        "now."
    )
    yield _(
        "A date counts as kept where the case was solved by then, as broken once it has passed; a "
        "case that is open before its date counts as neither, and so does one that waits for its "
        "reporter. Ranges of shares are Wilson's, of 95 percent; of differences between two "
        "months Newcombe's."
    )
    yield _(
        "How long it took is counted in the city's working time, without nights, weekends and "
        "holidays. The curves are Kaplan and Meier's estimate, their ranges Greenwood's: cases "
        "that are open, or ended without a solution, count as not solved for as long as they were "
        "watched."
    )
    yield _(
        "The change from the month before is one of reports by the day, since months differ in "
        "length. Its range, and that of reports by head, says what chance alone could do: reports "
        "often vary more than that."
    )
    yield _(
        "A repair did not hold where a case of the same service was opened in the same spot "
        "within 90 days. Repairs whose 90 days are not over are left out."
    )
    yield _(
        "The forecast is made by the city's own history: level, days of the week, holidays and "
        "season of each service. For this report it was made anew from what had come before each "
        "week began."
    )
    yield _(
        "Counts from 1 to %(most)s are not told, and no other from which they could be reckoned, "
        "since they would tell of single people."
    ) % {"most": LEAST - 1}


def _unknown(telling: Telling) -> Iterator[str]:
    yield _(
        "What nobody reported. Few reports from a district can mean that little is wrong, or that "
        "people there do not report."
    )
    if telling.month.recorded:
        yield _(
            "These cases were taken over from an older system. It is told how they stood on "
            "%(day)s, the last day its records tell of; what became of open ones afterwards is "
            "not known."
        ) % {"day": telling.day(telling.month.at.astimezone(telling.book.zone).date())}
    else:
        yield _("What will become of the cases that are still open.")
    if not telling.month.figures.whole.work.rated:
        yield _("Whether people were content: nobody rated a case of this month.")
    yield _("Whether a report that came again was the same damage or a new one in the same spot.")

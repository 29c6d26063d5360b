"""The digest by mail: how a city stands in the morning, as far as its reader oversees it.

Nothing that a resident has told is in it but words that enough published reports have in common.
"""

from collections.abc import Collection, Iterator, Sequence

from babel.numbers import format_decimal

from ngoma.base.clock import now
from ngoma.base.days import locale, written
from ngoma.cities.book import Book, book_of, text
from ngoma.notices import texts
from ngoma.notices.links import LINK
from ngoma.notices.writing import Written
from ngoma.people.permissions import departments_for, staff
from ngoma.records.models import Digest, Job, Notice, User
from ngoma.records.queries import digests
from ngoma.records.queries.digests import Figures, Load
from ngoma.work.queue import put_many

MOST = 5
"""Words, and bursts, that are told of."""

Departments = Collection[int] | None


def tell(digest: int) -> None:
    """Write a digest to each reader who oversees work of the city. Job `notices.digest`."""
    row = Digest.objects.get(pk=digest)
    book, figures = book_of(row.city_id), digests.figures(row)
    notices = []
    for user in digests.readers(row.city_id):
        departments = departments_for(staff(user), "oversee", row.city_id)
        if departments is None or departments:
            notices.append(_notice(row, user, book, figures, departments))
    Notice.objects.bulk_create(notices)
    put_many([Job(kind="notices.send", data={"notice": each.pk}, run_at=now()) for each in notices])


def _notice(
    row: Digest, user: User, book: Book, figures: Figures, departments: Departments
) -> Notice:
    language = texts.nearest(user.language, *book.languages)
    told = write(figures, book=book, language=language, departments=departments)
    return Notice(
        digest=row,
        user=user,
        kind="digest",
        channel="email",
        language=language,
        subject=told.subject,
        text=told.text,
        created_at=now(),
    )


def write(figures: Figures, *, book: Book, language: str, departments: Departments) -> Written:
    """The mail in a language, for who oversees these departments; None: all of the city."""
    morning = _Morning(book, language, departments)
    words = texts.words("digest", language)
    fields = {
        "city": text(book.names, language),
        "link": LINK,
        "days": "\n".join(morning.days(figures)),
        "words": "\n".join(morning.words(figures)),
        "bursts": "\n".join(morning.bursts(figures)),
        "loads": "\n".join(morning.loads(figures)),
    }
    subject = words.subject.format_map(fields)[:200]
    return Written(subject, "\n\n".join(texts.fill(words.mail, fields)))


class _Morning:
    """Writes the lines of a digest."""

    def __init__(self, book: Book, language: str, departments: Departments) -> None:
        self._book = book
        self._language = language
        self._departments = departments

    def days(self, figures: Figures) -> Iterator[str]:
        """How many reports came, from the first day to the last."""
        for each in reversed(figures.days):
            date = written(each.day, "MMMMEEEEd", self._language)
            count = self._number(each.reports)
            if each.usual is None:
                yield self._line("day_alone", date=date, count=count)
            else:
                yield self._line("day", date=date, count=count, usual=self._number(each.usual))

    def words(self, figures: Figures) -> Iterator[str]:
        """The words that rise in cases of the departments."""
        for each in [word for word in figures.words if self._sees(word.departments)][:MOST]:
            yield self._line(
                "word",
                words=each.words,
                count=self._number(each.reports),
                usual=self._number(each.usual),
            )

    def bursts(self, figures: Figures) -> Iterator[str]:
        """The bursts with cases of the departments."""
        for each in [burst for burst in figures.bursts if self._sees(burst.departments)][:MOST]:
            service = self._book.services.get(each.service)
            place = self._book.places.get(each.place or 0)
            names = [entry.names for entry in (service, place) if entry is not None]
            yield self._line(
                "burst",
                what=", ".join(text(each, self._language) for each in names),
                count=self._number(each.reports),
                hours=self._number(each.hours),
                usual=self._number(each.usual),
            )

    def loads(self, figures: Figures) -> Iterator[str]:
        """The departments with something late or dangerous."""
        for each in [load for load in figures.loads if self._sees([load.department])]:
            yield self._line(
                "load",
                department=self._department(each),
                late=self._number(each.late),
                dangers=self._number(each.dangers),
            )

    def _sees(self, departments: Sequence[int | None]) -> bool:
        own = self._departments
        return bool(departments) if own is None else any(each in own for each in departments)

    def _department(self, load: Load) -> str:
        entry = self._book.departments.get(load.department or 0)
        return text(entry.names, self._language) if entry else self._line("nobody")

    def _number(self, value: float) -> str:
        whole = int(value) if value == int(value) else round(value, 1)
        return str(format_decimal(whole, locale=locale(self._language)))

    def _line(self, name: str, **fields: str) -> str:
        return texts.morning(name, self._language).format_map(fields)

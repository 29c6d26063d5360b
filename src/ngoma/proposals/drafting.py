"""A draft for a case, from the templates, articles and like cases of its city."""

from collections.abc import Callable, Iterator, Mapping

from ngoma.base.clock import now
from ngoma.cities import knowledge
from ngoma.cities.book import Book, text
from ngoma.records.queries.answers import Said, answered_before, said_in
from ngoma.records.queries.casefiles import File
from ngoma.triage.drafting import Borrowing, Draft, Source, What, common_terms, draft
from ngoma.triage.language import identify

LENDING: Mapping[str, str] = {"resolve": "resolved", "answer": "answered"}
"""For which steps like cases lend words, and of which of their events."""

_COMPARED = 200
"""Answers of the service by which is told what many of them say."""


def drafted(
    book: Book,
    file: File,
    step: str,
    *,
    language: str,
    template: Source | None,
    labels: Mapping[What, str],
    may_see: Callable[[int | None], bool],
) -> Draft:
    """What somebody may begin with who takes a step that says something to the reporters.

    `language` is theirs; `may_see` says of which departments this person may read cases.
    """
    words = file.reports[0].words if file.reports else ""
    cases: list[Source] = []
    common: set[str] = set()
    if step in LENDING:
        cases = [
            Source("case", each.case_id, each.text)
            for each in _like(file, step)
            if may_see(each.department_id) and _spoken(book, each.text) == language
        ]
        common = _common(book, file, language)
    borrowing = Borrowing(common, language, book.country, labels)
    articles = _articles(book, file, words, language) if step == "answer" else []
    return draft(template, cases, articles, borrowing)


def _like(file: File, step: str) -> list[Said]:
    """What was said in cases that triage found to be like this one, the likest first."""
    found = file.proposal.answers if file.proposal else []
    ids = [each["case"] for each in found if each["kind"] == "past" and each["case"]]
    said = said_in(ids, LENDING[step])
    return [said[each] for each in ids if each in said]


def _spoken(book: Book, words: str) -> str:
    return identify(words, None, book.languages).code


def _common(book: Book, file: File, language: str) -> set[str]:
    head = file.head
    past = answered_before(book.id, service_id=head.service_id, before=now(), limit=_COMPARED)
    here = set(book.chain(head.place_id))
    places = [place for place in book.places.values() if place.id not in here]
    return common_terms(
        _own_words(book, language),
        [text(place.names, language) for place in places],
        # Who was told twice is one case.
        {each["case_id"]: each["answer"] for each in past}.values(),
        book.country,
    )


def _own_words(book: Book, language: str) -> Iterator[str]:
    """What the city says by itself, in a language; not its keywords, among which are names."""
    for each in (*book.settings["templates"], *book.settings["articles"]):
        yield text(each["text"], language)
    for service in book.services.values():
        yield text(service.names, language)
        yield text(service.hints, language)


def _articles(book: Book, file: File, words: str, language: str) -> list[Source]:
    service = book.services.get(file.head.service_id) if file.head.service_id else None
    day = now().astimezone(book.zone).date().isoformat()
    found = knowledge.find(book, words, day=day, service=service.code if service else "")
    return [Source("article", each["code"], text(each["text"], language)) for each in found]

"""What is wrong with a submission, in the reporter's language: one file in `texts/` each."""

from ngoma.base.sentences import sentences
from ngoma.cities.book import Book, text
from ngoma.intake.submission import Problem

_PACKAGE = "ngoma.intake"


def explain(problem: Problem, book: Book, language: str) -> str:
    """A sentence that says what is wrong and what to do."""
    params = {"city": text(book.names, language), **problem.params}
    question = params.get("question")
    if question is not None:
        params["question"] = text(question["text"], language)
    return sentences(_PACKAGE, language)[problem.code].format_map(params)

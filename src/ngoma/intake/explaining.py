"""What is wrong with a submission, in the reporter's language: one file in `texts/` each."""

import tomllib
from functools import cache
from importlib.resources import files

from ngoma.cities.book import Book, text
from ngoma.intake.submission import Problem

FALLBACK = "en"


def explain(problem: Problem, book: Book, language: str) -> str:
    """A sentence that says what is wrong and what to do."""
    params = {"city": text(book.names, language), **problem.params}
    question = params.get("question")
    if question is not None:
        params["question"] = text(question["text"], language)
    return _sentences(language)[problem.code].format_map(params)


@cache
def _sentences(language: str) -> dict[str, str]:
    folder = files(__package__) / "texts"
    path = folder / f"{language}.toml"
    if not path.is_file():
        path = folder / f"{FALLBACK}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))

"""The services of a city and the questions that each asks."""

from collections.abc import Mapping
from typing import Any

from ngoma.cities.book import Book, ServiceEntry, text
from ngoma.cities.offering import service_list
from ngoma.open311.answering import Answer
from ngoma.open311.asking import Asked, shown
from ngoma.open311.refusing import Fault, Refusal


def list_services(asked: Asked, /) -> Answer:
    """Every service that can be asked for."""
    return Answer("services", service_list(asked.book, asked.language))


def define(asked: Asked, /, *, code: str) -> Answer:
    """The questions of a service, in their order; none where it asks nothing."""
    service = offered(asked.book, code)
    if service is None:
        raise Refusal(Fault(404, "service_unknown", {"service": shown(code)}))
    attributes = [
        attribute(question, order, asked.language)
        for order, question in enumerate(service.questions, 1)
    ]
    return Answer("service_definition", {"service_code": service.code, "attributes": attributes})


def offered(book: Book, code: str) -> ServiceEntry | None:
    """The service of this code, if it can be asked for."""
    service = book.service_by_code.get(code)
    return None if service is None or service.retired else service


def attribute(question: Mapping[str, Any], order: int, language: str) -> dict[str, Any]:
    """A question as Open311 describes it."""
    described = {
        "variable": bool(question.get("variable", True)),
        "code": question["code"],
        "datatype": question["datatype"],
        "required": bool(question.get("required")),
        "datatype_description": text(question.get("help") or {}, language) or None,
        "order": order,
        "description": text(question["text"], language),
    }
    if question.get("values"):
        described["values"] = [
            {"key": each["key"], "name": text(each["name"], language)}
            for each in question["values"]
        ]
    return described

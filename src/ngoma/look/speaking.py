"""What is a city's, called by its name in the language of a page."""

from collections.abc import Mapping

from ngoma.cities.book import Book, text


class Speaking:
    """Gives a page of any door, which has a `book` and a `language`, the names of the city."""

    __slots__ = ()
    book: Book
    language: str

    def text(self, names: Mapping[str, str]) -> str:
        """A text of the pack in the language of the page."""
        return text(names, self.language)

    @property
    def name(self) -> str:
        """The city's name."""
        return self.text(self.book.names)

    def service(self, service_id: int | None) -> str:
        """The name of a service; empty for none."""
        entry = self.book.services.get(service_id) if service_id is not None else None
        return self.text(entry.names) if entry else ""

    def department(self, department_id: int | None) -> str:
        """The name of a department; empty for none."""
        entry = self.book.departments.get(department_id) if department_id is not None else None
        return self.text(entry.names) if entry else ""

"""The page of residents that shows what a page of the desk shows, where there is one."""

from collections.abc import Callable, Mapping

from django.utils.http import urlencode

from ngoma.records.queries.saved_views import Target

Filters = Mapping[str, str]

_STANDING = {"": "open", "all": ""}
"""States of the list of cases that residents can choose, and how they call them."""


def counterpart(page: str, chosen: Filters) -> Target | None:
    """Where residents see the same; None where they do not.

    A filter that their page does not have has no counterpart either: it would show more than the
    view does.
    """
    found = _PAGES[page](chosen) if page in _PAGES else None
    if found is None:
        return None
    public, asked = found
    return Target(public, urlencode({name: value for name, value in asked.items() if value}))


def _cases(chosen: Filters) -> tuple[str, dict[str, str]] | None:
    state = chosen.get("state", "")
    if not set(chosen) <= {"state", "late", "service", "place"} or state not in _STANDING:
        return None
    if chosen.get("late") and state:
        return None
    standing = "late" if chosen.get("late") else _STANDING[state]
    asked = {"what": chosen.get("service", ""), "state": standing, "place": chosen.get("place", "")}
    return "list", asked


def _outcomes(chosen: Filters) -> tuple[str, dict[str, str]] | None:
    if not set(chosen) <= {"service", "district", "month"}:
        return None
    return "figures", dict(chosen)


def _reading(chosen: Filters) -> tuple[str, dict[str, str]] | None:
    return ("how-reports-are-read", {}) if not chosen else None


_PAGES: dict[str, Callable[[Filters], tuple[str, dict[str, str]] | None]] = {
    "work": _cases,
    "outcomes": _outcomes,
    "reading": _reading,
}

"""The rules of special handling in words: what each found in a case, and what it allows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from ngoma.desk.site import Desk
from ngoma.look import formats
from ngoma.records.queries.casefiles import Brief, File, briefs

_SHOWN = 5
"""As many other cases are named."""

NAMES: dict[str, Promise] = {
    "repeat": gettext_lazy("The same person again"),
    "group": gettext_lazy("Many people, one purpose"),
    "insult": gettext_lazy("Insults"),
    "watch": gettext_lazy("To be handled with care"),
    "personal": gettext_lazy("Personal data in the words"),
}


@dataclass(frozen=True, slots=True)
class Flag:
    """What a rule found. `rule` is its code, `says` what the rule is, `cases` others it is about;
    `together`: the cases can be answered together."""

    rule: str
    icon: str
    title: str
    says: str
    quotes: tuple[str, ...]
    cases: list[Brief]
    together: bool = False


def names(desk: Desk) -> dict[str, str]:
    """The rules by code, in words."""
    return {code: str(name) for code, name in NAMES.items()}


def flags(desk: Desk, file: File) -> list[Flag]:
    """The flags of a case, in the order of the rules."""
    ordered = sorted(file.flags, key=lambda flag: list(NAMES).index(flag["rule"]))
    return [_SAID[flag["rule"]](desk, flag, _others(desk, file, flag)) for flag in ordered]


def cases_of(file: File, rule: str) -> list[int]:
    """The cases that a rule found together with this one."""
    return [each for flag in file.flags if flag["rule"] == rule for each in flag.get("cases", ())]


def _others(desk: Desk, file: File, flag: dict[str, Any]) -> list[Brief]:
    """The other cases of a flag that this person may see, the newest first."""
    ids = [each for each in flag.get("cases", ()) if each != file.head.id][-50:]
    known = briefs(desk.book.id, ids).values()
    seen = [each for each in known if desk.may("see", each.department_id)]
    return seen[:_SHOWN]


def _repeat(desk: Desk, flag: dict[str, Any], cases: list[Brief]) -> Flag:
    rule = desk.book.handling["repeat"]
    title = ngettext(
        "The same person has told of this %(n)s time",
        "The same person has told of this %(n)s times",
        flag["times"],
    ) % {"n": formats.number(flag["times"])}
    says = gettext(
        "Rule: from %(times)s times in %(days)s days on, it may be closed with that reason."
    ) % {"times": formats.number(rule["times"]), "days": formats.number(rule["days"])}
    return Flag("repeat", "again", title, says, (), cases)


def _group(desk: Desk, flag: dict[str, Any], cases: list[Brief]) -> Flag:
    rule = desk.book.handling["group"]
    title = ngettext(
        "%(n)s person wants the same here", "%(n)s people want the same here", flag["people"]
    ) % {"n": formats.number(flag["people"])}
    says = gettext(
        "Rule: from %(people)s people in %(days)s days on: one decision, and everyone is answered."
    ) % {"people": formats.number(rule["people"]), "days": formats.number(rule["days"])}
    return Flag("group", "people", title, says, (), cases, together=bool(cases))


def _insult(desk: Desk, flag: dict[str, Any], cases: list[Brief]) -> Flag:
    says = gettext("Rule: answer the matter. Take a break, or pass it on, if you need to.")
    return Flag("insult", "chat", str(NAMES["insult"]), says, tuple(flag["quotes"]), [])


def _watch(desk: Desk, flag: dict[str, Any], cases: list[Brief]) -> Flag:
    watches = desk.book.handling["watches"]
    watch = next((each for each in watches if each["code"] == flag["code"]), None)
    title = desk.text(watch["name"]) if watch else str(NAMES["watch"])
    says = desk.text(watch["note"]) if watch else ""
    return Flag("watch", "eye", title, says, tuple(flag["quotes"]), [])


def _personal(desk: Desk, flag: dict[str, Any], cases: list[Brief]) -> Flag:
    kinds = ", ".join(str(_KINDS[kind]) for kind in flag["kinds"])
    says = gettext("Not published: %(kinds)s. The report itself stays as it was said.")
    return Flag("personal", "lock", str(NAMES["personal"]), says % {"kinds": kinds}, (), [])


_KINDS = {
    "name": gettext_lazy("name"),
    "phone": gettext_lazy("telephone number"),
    "email": gettext_lazy("e-mail address"),
    "national_id": gettext_lazy("identity number"),
    "plate": gettext_lazy("number plate"),
}
_SAID: dict[str, Callable[[Desk, dict[str, Any], list[Brief]], Flag]] = {
    "repeat": _repeat,
    "group": _group,
    "insult": _insult,
    "watch": _watch,
    "personal": _personal,
}

"""The data dictionary: every column of every table that is published, in one place.

Partitions, files, the page for people and the description for programs are made of it.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SCHEMA_VERSION = 2
"""Grows when a column of a file goes, or comes to mean something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its name in files, its type as XML Schema calls it, its unit and what it means.
    What is in `words` of somebody is nobody's example."""

    name: str
    type: str
    unit: Promise | str = ""
    meaning: Promise
    words: bool = False


_UTC = _("time in UTC")
_DEGREES = _("degrees, WGS 84")

REPORTS = (
    Column(
        name="service_request_id",
        type="string",
        meaning=_(
            "The report’s reference. It never changes, and opens the report’s page. Empty where the"
            " exact place is private."
        ),
    ),
    Column(
        name="requested_datetime",
        type="dateTime",
        unit=_UTC,
        meaning=_(
            "When the report was received. It decides in which year’s file a row is. Where the"
            " exact place is private, this and all other times are the beginning of the day."
        ),
    ),
    Column(
        name="updated_datetime",
        type="dateTime",
        unit=_UTC,
        meaning=_("When something last happened to the case."),
    ),
    Column(
        name="closed_date",
        type="dateTime",
        unit=_UTC,
        meaning=_("When the case was resolved or closed; empty while it is open."),
    ),
    Column(
        name="expected_datetime",
        type="dateTime",
        unit=_UTC,
        meaning=_("The date that the city has promised."),
    ),
    Column(
        name="status_description",
        type="string",
        meaning=_("How the case stands, by a code such as accepted, resolved or rejected."),
    ),
    Column(
        name="status_notes",
        type="string",
        words=True,
        meaning=_("The city’s last answer in words, where it gave one."),
    ),
    Column(
        name="source",
        type="string",
        meaning=_("How it was reported: web, sms, ussd, call, mail, messenger, open311 or import."),
    ),
    Column(
        name="service_code",
        type="string",
        meaning=_("The kind of problem, by its code."),
    ),
    Column(
        name="service_name",
        type="string",
        meaning=_("The kind of problem in the city’s own language."),
    ),
    Column(
        name="description",
        type="string",
        words=True,
        meaning=_(
            "The reporter’s words without telephone numbers, addresses and the like; empty where"
            " words are not published."
        ),
    ),
    Column(
        name="agency_responsible",
        type="string",
        meaning=_("The department that has the case; empty where the exact place is private."),
    ),
    Column(
        name="address",
        type="string",
        words=True,
        meaning=_("The place in the reporter’s words; empty where it is not published."),
    ),
    Column(
        name="place",
        type="string",
        meaning=_("The area by its code; the whole around it where the exact place is private."),
    ),
    Column(
        name="lat",
        type="double",
        unit=_DEGREES,
        meaning=_(
            "Latitude. Rounded to two decimals, about a kilometre, where the exact place is"
            " private; empty where it is not known."
        ),
    ),
    Column(
        name="long",
        type="double",
        unit=_DEGREES,
        meaning=_("Longitude, as latitude."),
    ),
)
"""A report a row, under the names of GeoReport Bulk where it has one."""

COUNTS = (
    Column(
        name="month",
        type="gYearMonth",
        meaning=_("The month of the city’s clocks in which the reports were received."),
    ),
    REPORTS[8],
    REPORTS[9],
    Column(
        name="place",
        type="string",
        meaning=_(
            "The district by its code; the whole around it where the exact place is private."
        ),
    ),
    Column(
        name="place_name",
        type="string",
        meaning=_("The district in the city’s own language."),
    ),
    Column(
        name="reports",
        type="integer",
        unit=_("reports"),
        meaning=_("How many reports were received."),
    ),
)
"""How many reports, by month, kind of problem and district."""

TABLES = {"reports": REPORTS, "counts": COUNTS}

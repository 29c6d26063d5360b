"""The datasets that a city publishes, as people and catalogues are told of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A dataset: its key in addresses, what it is called, what is in it, and under what it is
    found. `theme` is a code of the EU's data themes."""

    key: str
    title: Promise
    description: Promise
    keywords: Sequence[Promise | str]
    theme: str


DATASETS = (
    Dataset(
        key="reports",
        title=_("Reports"),
        description=_(
            "Every report to the city, one a row: when and where, about what, in whose hands, and"
            " what became of it. A file for each year, and one with all."
        ),
        keywords=(_("reports"), _("complaints"), _("public services")),
        theme="GOVE",
    ),
    Dataset(
        key="counts",
        title=_("Monthly counts"),
        description=_("How many reports, by month, kind of problem and district."),
        keywords=(_("reports"), _("statistics")),
        theme="GOVE",
    ),
    Dataset(
        key="places",
        title=_("Places"),
        description=_("The areas of the city with codes, names and boundaries."),
        keywords=(_("boundaries"), _("districts")),
        theme="REGI",
    ),
    Dataset(
        key="services",
        title=_("Kinds of problem"),
        description=_("What can be reported, as an Open311 service list."),
        keywords=(_("public services"), "Open311"),
        theme="GOVE",
    ),
)

CATALOGUE = _("Open data: reports to the city")
ABOUT = _(
    "What people report to the city and what becomes of it, as files that are made anew every"
    " night."
)
PROVENANCE = _(
    "Made from the city’s register of reports. Telephone numbers, e-mail addresses and the like are"
    " taken out of words, and of private kinds of problem neither words nor the exact place are"
    " published."
)
SERVICE = _("Reports over Open311 (GeoReport v2)")

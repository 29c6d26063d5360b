"""Columns and constraints, one module a noun. Queries and verbs live elsewhere."""

from ngoma.records.models.case import ACTIVE, DONE, OPEN, Case, State, Urgency
from ngoma.records.models.city import City, Department, Owner, Place, Service
from ngoma.records.models.code import Code
from ngoma.records.models.contact import Contact, PersonalRead
from ngoma.records.models.counted import Counted, Kind
from ngoma.records.models.event import Bookmark, Event
from ngoma.records.models.follow import Follow
from ngoma.records.models.job import Job
from ngoma.records.models.notice import Notice
from ngoma.records.models.part import Part
from ngoma.records.models.photo import Photo
from ngoma.records.models.proposal import Decision, Proposal
from ngoma.records.models.report import Channel, Report
from ngoma.records.models.update import Update
from ngoma.records.models.user import ApiKey, Membership, Role, User

__all__ = [
    "ACTIVE",
    "DONE",
    "OPEN",
    "ApiKey",
    "Bookmark",
    "Case",
    "Channel",
    "City",
    "Code",
    "Contact",
    "Counted",
    "Decision",
    "Department",
    "Event",
    "Follow",
    "Job",
    "Kind",
    "Membership",
    "Notice",
    "Owner",
    "Part",
    "PersonalRead",
    "Photo",
    "Place",
    "Proposal",
    "Report",
    "Role",
    "Service",
    "State",
    "Update",
    "Urgency",
    "User",
]

"""Columns and constraints, one module a noun. Queries and verbs live elsewhere."""

from ngoma.records.models.alert import Alert, NextReminder
from ngoma.records.models.arrived import Arrived
from ngoma.records.models.backup import Backup, Restoration
from ngoma.records.models.batch import Batch
from ngoma.records.models.beat import Beat
from ngoma.records.models.burst import Burst
from ngoma.records.models.case import ACTIVE, DONE, OPEN, Case, State, Urgency
from ngoma.records.models.city import City, Department, Owner, Place, Service
from ngoma.records.models.claim import Claim
from ngoma.records.models.code import Code
from ngoma.records.models.contact import Contact, PersonalRead
from ngoma.records.models.counted import Counted, Kind
from ngoma.records.models.digest import Digest
from ngoma.records.models.event import Bookmark, Event
from ngoma.records.models.follow import Follow
from ngoma.records.models.forecast import Forecast, ForecastLine
from ngoma.records.models.forwarded import Forwarded
from ngoma.records.models.hold import Hold
from ngoma.records.models.job import Job
from ngoma.records.models.landmark import Landmark
from ngoma.records.models.learned import Learned
from ngoma.records.models.ledger import (
    Asked,
    Chain,
    Checkpoint,
    Cosigned,
    Day,
    Entry,
    LedgerKey,
    Subtree,
)
from ngoma.records.models.notice import Notice
from ngoma.records.models.outcomes import Outcomes, OutcomesSpan
from ngoma.records.models.overlay import OverlayDay
from ngoma.records.models.parked import Parked
from ngoma.records.models.part import Part
from ngoma.records.models.performed import Performed
from ngoma.records.models.photo import Photo
from ngoma.records.models.pin import PinGuess
from ngoma.records.models.proposal import Decision, Proposal
from ngoma.records.models.quality import Quality
from ngoma.records.models.recording import Recording
from ngoma.records.models.report import Channel, Report
from ngoma.records.models.saved_filter import SavedFilter
from ngoma.records.models.saved_view import SavedView
from ngoma.records.models.sign_in import SignIn
from ngoma.records.models.talk import Talk
from ngoma.records.models.task import Task
from ngoma.records.models.timer_run import TimerRun
from ngoma.records.models.topic import Topic
from ngoma.records.models.update import Update
from ngoma.records.models.user import ApiKey, Membership, Role, User
from ngoma.records.models.visit import Visit
from ngoma.records.models.webhook import Delivery, Webhook
from ngoma.records.models.wording import Question, Wording, WordingEdit

__all__ = [
    "ACTIVE",
    "DONE",
    "OPEN",
    "Alert",
    "ApiKey",
    "Arrived",
    "Asked",
    "Backup",
    "Batch",
    "Beat",
    "Bookmark",
    "Burst",
    "Case",
    "Chain",
    "Channel",
    "Checkpoint",
    "City",
    "Claim",
    "Code",
    "Contact",
    "Cosigned",
    "Counted",
    "Day",
    "Decision",
    "Delivery",
    "Department",
    "Digest",
    "Entry",
    "Event",
    "Follow",
    "Forecast",
    "ForecastLine",
    "Forwarded",
    "Hold",
    "Job",
    "Kind",
    "Landmark",
    "Learned",
    "LedgerKey",
    "Membership",
    "NextReminder",
    "Notice",
    "Outcomes",
    "OutcomesSpan",
    "OverlayDay",
    "Owner",
    "Parked",
    "Part",
    "Performed",
    "PersonalRead",
    "Photo",
    "PinGuess",
    "Place",
    "Proposal",
    "Quality",
    "Question",
    "Recording",
    "Report",
    "Restoration",
    "Role",
    "SavedFilter",
    "SavedView",
    "Service",
    "SignIn",
    "State",
    "Subtree",
    "Talk",
    "Task",
    "TimerRun",
    "Topic",
    "Update",
    "Urgency",
    "User",
    "Visit",
    "Webhook",
    "Wording",
    "WordingEdit",
]

"""The address to which a reporter's mail is answered: it names the report, and nobody can guess it.

`reports@city.example` becomes `reports+KLA7F3K29.q3w5…@city.example`. The mark is made from the
report's secret under a key of the installation, so it opens nothing but this door.
"""

import base64
import hashlib
import hmac
import re

from django.conf import settings

from ngoma.people.vault import derived
from ngoma.records.models import Report

_LENGTH = 16
_MARKED = re.compile(r"\+([a-z0-9]+)\.([a-z2-7]{16})@", re.IGNORECASE)


def reply_address(report: Report) -> str:
    """Where an answer about this report is sent to; empty where no mailbox is set."""
    mailbox, _at, host = settings.NGOMA_MAIL_BOX.partition("@")
    return f"{mailbox}+{report.reference}.{_mark(report)}@{host}" if host else ""


def report_of(addresses: str) -> Report | None:
    """The report that one of these addresses names, with its mark; None for none."""
    for reference, mark in _MARKED.findall(addresses):
        report = Report.objects.filter(reference=reference.upper()).first()
        if report is not None and hmac.compare_digest(_mark(report), mark.lower()):
            return report
    return None


def _mark(report: Report) -> str:
    digest = hmac.new(derived("mail"), report.secret.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:_LENGTH]

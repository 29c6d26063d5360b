"""A reporter who wants no more messages about a report."""

from django.db import transaction

from ngoma.people import vault
from ngoma.records.models import Report


def stop(secret: str) -> Report | None:
    """Take the contact from the report with this secret; erased where no other report has it.

    Returns the report, None where there is none. Again, it changes nothing.
    """
    with transaction.atomic():
        report = Report.objects.select_related("contact").filter(secret=secret).first()
        if report is None or report.contact is None:
            return report
        contact, report.contact = report.contact, None
        report.save(update_fields=["contact"])
        if not Report.objects.filter(contact=contact).exists():
            vault.erase(contact)
    return report

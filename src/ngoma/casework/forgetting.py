"""Forgetting how to reach somebody. An address was never in any event: that it went is put on
record with each report it belonged to, unless it went because its time was over."""

from django.db import transaction

from ngoma.casework.change import change
from ngoma.people import vault
from ngoma.people.permissions import resident
from ngoma.records.models import Contact, Report


def stop(report: Report) -> None:
    """Take the contact from a report; it is erased where no other has it. Again, it changes
    nothing."""
    with transaction.atomic():
        held = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
        contact = held.contact
        if contact is None:
            return
        Report.objects.filter(pk=held.pk).update(contact=None)
        if not Report.objects.filter(contact=contact).exists():
            vault.erase(contact)
        _record(held)


def forget_address(contact: Contact) -> None:
    """Erase an address from its city, whatever it was left for: reports and follows."""
    same = Contact.objects.filter(city=contact.city_id, finder=contact.finder)
    with transaction.atomic():
        reports = list(Report.objects.filter(contact__in=same))
        same.delete()
        for report in reports:
            _record(report)


def _record(report: Report) -> None:
    with change("forget", actor=resident(report), case_id=report.case_id) as held:
        held.append("forgotten", reference=report.reference)

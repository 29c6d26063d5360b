"""Removing the salts of fields that were erased: what is left of them in the log says nothing."""

from collections import defaultdict

from ngoma.ledger import entries
from ngoma.records.models import Entry, Event
from ngoma.work.queue import Later

SECONDS = 2
"""A field may be erased before its event is sealed; then that is waited for."""


def forget(event: int, case: int) -> None:
    """Forget the salts of the fields that an `erased` event names."""
    gone: dict[tuple[int, int], set[str]] = defaultdict(set)
    for its_case, seq, name in Event.objects.get(pk=event).data["fields"]:
        gone[its_case, seq].add(name)
    for (its_case, seq), names in sorted(gone.items()):
        found = Entry.objects.select_for_update(of=("self",))
        entry = found.filter(event__case=its_case, event__seq=seq).first()
        if entry is None:
            raise Later(SECONDS)
        if entries.RAW in entry.salts:
            names = {entries.RAW}
        entry.salts |= dict.fromkeys(names & entry.salts.keys())
        entry.save(update_fields=["salts"])

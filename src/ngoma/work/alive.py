"""Workers note that they are alive, so that somebody can see when none is."""

import socket
from datetime import timedelta

from ngoma.base.clock import now
from ngoma.records.models import Beat

GONE = timedelta(days=7)
"""After so long a host is not one of ours any more."""


def beat() -> None:
    """Note that timers run on this host. Called by the clock."""
    Beat.objects.update_or_create(host=socket.gethostname(), defaults={"at": now()})
    Beat.objects.filter(at__lt=now() - GONE).delete()

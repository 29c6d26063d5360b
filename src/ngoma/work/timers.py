"""What runs by the clock. Every timer is idempotent, so any number of processes may tick."""

from datetime import datetime

from ngoma.base.clock import now
from ngoma.work import registry

_last: dict[str, datetime] = {}


def tick(*, force: bool = False) -> list[str]:
    """Run the timers that are due in this process (all with `force`). Returns their names."""
    ran = []
    for timer in registry.timers():
        last = _last.get(timer.name)
        if force or last is None or now() - last >= timer.every:
            timer.run()
            _last[timer.name] = now()
            ran.append(timer.name)
    return ran

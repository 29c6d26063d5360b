"""What it takes from stop to stop: by a routing service where one is set, else straight."""

from collections.abc import Sequence

import httpx
import structlog
from django.conf import settings

from ngoma.base.routes import Matrix, straight

_PATIENCE_S = 4.0
log = structlog.get_logger(__name__)


def distances(points: Sequence[tuple[float, float]]) -> Matrix:
    """Seconds on the road by the table of an OSRM service (`NGOMA_ROUTING_URL`); metres otherwise.

    A service that does not answer is passed over: an order by straight lines beats none.
    """
    if settings.NGOMA_ROUTING_URL:
        try:
            return _by_road(points)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.warning("no answer from the routing service", error=type(error).__name__)
    return straight(points)


def _by_road(points: Sequence[tuple[float, float]]) -> Matrix:
    spots = ";".join(f"{lon:.6f},{lat:.6f}" for lat, lon in points)
    address = f"{settings.NGOMA_ROUTING_URL}/table/v1/driving/{spots}"
    answer = httpx.get(address, params={"annotations": "duration"}, timeout=_PATIENCE_S)
    answer.raise_for_status()
    durations = answer.json()["durations"]
    if len(durations) != len(points) or any(len(row) != len(points) for row in durations):
        raise ValueError("a table of another size")
    # Where no road leads the service says nothing: as far as can be.
    return [[1e9 if each is None else float(each) for each in row] for row in durations]

"""The life of cases."""

from datetime import UTC, datetime

MONDAY = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
"""09:00 in Kampala, a working Monday without holidays around it."""

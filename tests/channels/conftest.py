"""The city and the services of SMS that notices are tested with."""

from tests.notices.conftest import (
    city,
    officer,
    provider,
    tell,
    use_africastalking,
    use_twilio,
    work,
)

__all__ = ["city", "officer", "provider", "tell", "use_africastalking", "use_twilio", "work"]

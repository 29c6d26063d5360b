"""Why something that claims to come from a log is not believed."""


class Refused(ValueError):
    """What was read must not be relied on; the message says why, in English, for a log file."""


class Malformed(Refused):
    """It is not written in the format it should be in."""


class BadSignature(Refused):
    """A signature that is needed is missing, or one by a known key is false."""


class BadProof(Refused):
    """Hashes that should lead to a known root do not."""

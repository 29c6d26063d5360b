"""Why a verb refuses."""


class Refusal(Exception):
    """A verb was refused; nothing was changed."""


class NotAllowed(Refusal):
    """The actor may not do this."""

    def __init__(self, verb: str) -> None:
        super().__init__(f"not allowed: {verb}")
        self.verb = verb


class WrongState(Refusal):
    """The case is not in a state in which this can be done; perhaps somebody was quicker."""

    def __init__(self, verb: str, state: str) -> None:
        super().__init__(f"cannot {verb} a case that is {state}")
        self.verb = verb
        self.state = state


class BadRequest(Refusal):
    """An argument is missing or makes no sense: `field` names it, `code` says what is wrong."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


class UnknownCase(Refusal):
    """There is no such case."""

"""JSON that somebody else wrote."""

from typing import TypeVar

import msgspec

T = TypeVar("T")


class Unparsable(ValueError):
    """It is no JSON, or not of the form that is asked for; the text says where."""


def parsed(data: bytes, form: type[T]) -> T:
    """What is written there. Raises `Unparsable`, for lists within lists without end too."""
    try:
        return msgspec.json.decode(data, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unparsable(str(error)) from error
    except RecursionError as error:
        raise Unparsable("nested too deeply") from error

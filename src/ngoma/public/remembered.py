"""Answers that may be some seconds old, so that a crowd costs as much as one reader."""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def remembered(seconds: float, *, most: int = 2000) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Give the last answer to the same arguments again for some seconds.

    At most `most` answers are kept; `.forget()` drops all.
    """

    def wrap(function: Callable[P, T]) -> Callable[P, T]:
        kept: dict[object, tuple[float, T]] = {}

        @wraps(function)
        def answer(*args: P.args, **kwargs: P.kwargs) -> T:
            key = (args, tuple(sorted(kwargs.items())))
            now = time.monotonic()
            found = kept.get(key)
            if found is not None and now - found[0] < seconds:
                return found[1]
            value = function(*args, **kwargs)
            if len(kept) >= most:
                kept.clear()
            kept[key] = now, value
            return value

        answer.forget = kept.clear  # type: ignore[attr-defined]
        return answer

    return wrap

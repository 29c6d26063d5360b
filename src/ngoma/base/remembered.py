"""Answers that may be some seconds old, so that a crowd costs as much as one reader."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_all: list[dict[object, Any]] = []


def remembered(seconds: float, *, most: int = 2000) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Give the last answer to the same arguments again for some seconds; keep at most `most`."""

    def wrap(function: Callable[P, T]) -> Callable[P, T]:
        kept: dict[object, tuple[float, T]] = {}
        _all.append(kept)

        @wraps(function)
        def answer(*args: P.args, **kwargs: P.kwargs) -> T:
            key = (args, tuple(sorted(kwargs.items())))
            now = time.monotonic()
            found = kept.get(key)
            if found is not None and now - found[0] < seconds:
                return found[1]
            if found is not None:
                kept[key] = now, found[1]  # for who asks while it is found anew
            value = function(*args, **kwargs)
            if len(kept) >= most:
                kept.clear()
            kept[key] = now, value
            return value

        return answer

    return wrap


def forget() -> None:
    """Ask anew from now on: the tests need it."""
    for kept in _all:
        kept.clear()

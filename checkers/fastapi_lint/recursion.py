"""Lets code that follows nested things go as deep as it says, however deep it is called."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def frames(count: int) -> Iterator[None]:
    """Let what runs inside take so many frames of the interpreter's stack, no less and no more."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(_depth() + count)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _depth() -> int:
    frame: FrameType | None = sys._getframe()  # there is no other way to it
    depth = 0
    while frame is not None:
        frame = frame.f_back
        depth += 1
    return depth

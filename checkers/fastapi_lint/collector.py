"""The cyclic garbage collector: a run makes millions of objects that live to its end, so looking at them is waste."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep the cyclic collector from running meanwhile; where it was off before, it stays off."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()

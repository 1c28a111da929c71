"""Compares what two versions of a file say, whatever stands before it in the file."""

from typing import Final

from msgspec import Struct

_PLACES: Final = frozenset({"start", "end", "name_start"})


def same_code(one: object, other: object) -> bool:
    """Return whether two facts, or tuples of them, say the same wherever they stand."""
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same_code, one, other))
    if isinstance(one, Struct):
        fields = (name for name in one.__struct_fields__ if name not in _PLACES)
        return all(same_code(getattr(one, name), getattr(other, name)) for name in fields)
    return one == other

"""Which calls of file functions touch the disk: not those that work on a buffer in memory, or on a file nobody uses."""

from collections.abc import Sequence
from typing import Final

from fastapi_lint.model.events import CallSite
from fastapi_lint.model.values import Instance, Value, alternatives

_BUFFERS: Final = frozenset({"io.BytesIO", "io.StringIO"})
_PLAIN: Final = frozenset({"builtins.int", "builtins.float", "builtins.bool", "builtins.str", "builtins.bytes"})
_TEMPORARY_FILES: Final = frozenset({"tempfile.NamedTemporaryFile", "tempfile.TemporaryFile"})


def touches_disk(site: CallSite, calls: Sequence[CallSite]) -> bool:
    """Return whether a call of a file function among those of one function reads or writes more than metadata."""
    if site.external in _TEMPORARY_FILES:
        return any(_uses(other, site.result) for other in calls)
    if site.arguments and _is_buffer(site.arguments[0]):
        return any(_may_be_file(item) for item in site.arguments[1:])
    makers = [other for other in calls if other.external is not None and _is_made_by(site.receiver, other)]
    return not makers or any(not maker.arguments or not _is_buffer(maker.arguments[0]) for maker in makers)


def _uses(site: CallSite, file: Value) -> bool:
    """Return whether a call does something with a file: calls its method, or gets it handed."""
    return any(value == file for value in (site.receiver, *site.values))


def _is_made_by(receiver: Value | None, maker: CallSite) -> bool:
    return isinstance(receiver, Instance) and receiver.of == maker.external


def _may_be_file(value: Value) -> bool:
    """Return whether what is handed over beside a buffer is an object that may stand for a file: no number, no text."""
    of = value.of if isinstance(value, Instance) else None
    return of is not None and of not in _PLAIN and not _is_buffer(value)


def _is_buffer(value: Value) -> bool:
    return any(isinstance(item, Instance) and item.of in _BUFFERS for item in alternatives(value))

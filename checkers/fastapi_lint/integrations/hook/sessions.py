"""Remembers, for each session of an agent, what it edited and which errors it was already told at the end of a turn."""

import time
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from fastapi_lint.atomic import replace_file
from fastapi_lint.integrations.hook.places import log_failure, state_directory

_KEPT_S: Final = 7 * 24 * 3600


class Memory(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of one session: absolute paths, and fingerprints of findings."""

    edited: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()


def recall(session: str) -> Memory:
    """Return what is known of a session; nothing, when nothing can be read."""
    try:
        return msgspec.json.decode(_path(session).read_bytes(), type=Memory)
    except (OSError, msgspec.DecodeError):
        return Memory()


def remember(session: str, memory: Memory) -> None:
    """Keep what is known of a session, and forget sessions that are long over.

    Where it cannot be written that is logged: an agent is told the same again, which is better than nothing.
    """
    path = _path(session)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, msgspec.json.encode(memory, order="deterministic"))
    except OSError as error:
        log_failure(f"{path}: cannot be written: {error.strerror}")
        return
    oldest = time.time() - _KEPT_S
    for other in path.parent.glob("*.json"):
        with suppress(OSError):
            if other.stat().st_mtime < oldest:
                other.unlink()


def _path(session: str) -> Path:
    name = blake2b(session.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return state_directory() / "sessions" / f"{name}.json"

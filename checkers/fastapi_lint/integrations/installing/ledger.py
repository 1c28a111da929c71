"""Remembers what was installed: a hash of each piece as it was written, for each runner.

So an update can tell our own old text from what the user has made of it. The ledger lies beside what it speaks of and
is meant to be committed with it.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from fastapi_lint.integrations.installing.pieces import InstallError, Piece
from fastapi_lint.small_files import read_small_file

LEDGER: Final = ".agents/fastapi-lint.json"

Written = dict[str, dict[str, str]]
"""For each runner, the hash of each piece by its key."""


def key_of(piece: Piece) -> str:
    """Return what names a piece in the ledger."""
    return f"{piece.path}#{piece.part}" if piece.part else str(piece.path)


def hash_of(content: str) -> str:
    """Return what tells a text from another."""
    return sha256(content.encode("utf-8", "surrogateescape")).hexdigest()


def read_ledger(root: Path) -> Written:
    """Return what was installed below a directory.

    Raises:
        InstallError: the ledger is damaged.

    """
    try:
        return msgspec.json.decode(read_small_file(root / LEDGER), type=Written)
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InstallError(f"{LEDGER}: {error}; restore it, or delete it to keep all files as they are") from None


def render_ledger(written: Mapping[str, Mapping[str, str]]) -> str:
    """Return the ledger as a file; empty when nothing is installed."""
    kept = {runner: dict(sorted(pieces.items())) for runner, pieces in sorted(written.items()) if pieces}
    return json.dumps(kept, indent=2) + "\n" if kept else ""

"""One file, from the disk to its encoded facts: the unit of work that processes share."""

import msgspec
from msgspec import Struct

from fastapi_lint.discovery import SourceFile
from fastapi_lint.facts.cache import digest_of
from fastapi_lint.facts.extract import extract
from fastapi_lint.facts.schema import ParseFailure
from fastapi_lint.source import SourceError

_encoder = msgspec.msgpack.Encoder()


class Extracted(Struct, frozen=True, array_like=True):
    """What became of one file: the digest of its content and its encoded facts, or a failure."""

    digest: bytes
    facts: bytes
    failure: ParseFailure | None


def extract_file(file: SourceFile) -> Extracted:
    """Read a file and return its facts."""
    try:
        source = file.read()
    except SourceError as error:
        return failed(ParseFailure(file.key, error.row, error.column, error.message))
    facts = extract(source, file.key)
    if isinstance(facts, ParseFailure):
        return failed(facts)
    return Extracted(digest_of(source), _encoder.encode(facts), None)


def failed(failure: ParseFailure) -> Extracted:
    """Return what a file is worth that has no facts."""
    return Extracted(b"", b"", failure)

"""One file, from the disk to its encoded facts: the unit of work that processes share."""

import msgspec
from msgspec import Struct

from fastapi_lint.cache_files import digest_of
from fastapi_lint.directives import Directive, find_directives
from fastapi_lint.discovery import SourceFile
from fastapi_lint.facts.extract import extract
from fastapi_lint.facts.failures import ParseFailure
from fastapi_lint.facts.identities import identity_of
from fastapi_lint.source import SourceError

_encoder = msgspec.msgpack.Encoder()


class Extracted(Struct, frozen=True, array_like=True):
    """What became of one file: its encoded facts or a failure, and the suppression comments in it.

    ``digest`` identifies the content that all this is a function of; it is empty where chance had a hand in it.
    """

    digest: bytes
    facts: bytes
    failure: ParseFailure | None
    directives: tuple[Directive, ...]


def extract_file(file: SourceFile) -> Extracted:
    """Read a file and return its facts."""
    try:
        source = file.read()
    except SourceError as error:
        return Extracted(identity_of(error), b"", ParseFailure(file.key, error.row, error.column, error.message), ())
    facts = extract(source, file.key)
    digest, directives = digest_of(source), find_directives(source)
    if isinstance(facts, ParseFailure):
        return Extracted(digest, b"", facts, directives)
    return Extracted(digest, _encoder.encode(facts), None, directives)

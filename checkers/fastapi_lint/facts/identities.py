"""What identifies the content of a file, so that what was computed from it is known again wherever the file lies."""

from fastapi_lint.cache_files import digest_of
from fastapi_lint.discovery import SourceFile
from fastapi_lint.source import SourceError


def identity(file: SourceFile) -> bytes:
    """Return the digest of a file's text; a file that is no text is known by what is wrong with it."""
    try:
        return digest_of(file.read())
    except SourceError as error:
        return identity_of(error)


def identity_of(error: SourceError) -> bytes:
    """Return what identifies a file that is no text: all that anybody ever says of it."""
    # No text holds a null byte, so that none has this identity.
    return digest_of(f"\0{error.row}:{error.column}:{error.message}".encode("utf-8", "surrogatepass"))

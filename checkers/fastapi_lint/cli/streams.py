"""Standard output and standard error: encodings, colours, and who may write where."""

import os
import sys
from pathlib import Path

import click

from fastapi_lint.atomic import replace_file
from fastapi_lint.terminal import Painter, Style, clean


def wants_color(choice: str, *, stderr: bool = False) -> bool:
    """Return whether to colour: as asked, else as NO_COLOR, FORCE_COLOR and the terminal say."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    stream = sys.stderr if stderr else sys.stdout
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def write_output(text: str, file: Path | None, *, as_utf8: bool) -> None:
    """Write the report to a file or to standard output.

    Formats for programs are UTF-8 everywhere; text for people is in the encoding of the terminal.

    Raises:
        ClickException: the file cannot be written.

    """
    if file is not None:
        try:
            _write_file(file, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise click.ClickException(f"{clean(str(file))}: cannot be written: {error.strerror}") from None
        return
    encoding = "utf-8" if as_utf8 else sys.stdout.encoding or "utf-8"
    stream = sys.stdout.buffer
    stream.write(text.encode(encoding, "backslashreplace"))
    stream.flush()


def _write_file(file: Path, data: bytes) -> None:
    """Write a file as a whole or not at all; standard output, a pipe or a device gets what is written to it."""
    if _is_standard_output(file):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    elif file.exists() and not file.is_file():
        file.write_bytes(data)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(file, data)


def _is_standard_output(file: Path) -> bool:
    """Tell whether a path leads to where standard output goes, as /dev/stdout: that may be a file, with text before."""
    try:
        return os.path.samestat(file.stat(), os.fstat(1))
    except OSError:
        return False


def say(kind: str, text: str, *, color: str) -> None:
    """Write a line for people to standard error."""
    paint = Painter(color=wants_color(color, stderr=True))
    style = Style.ERROR if kind == "error" else Style.WARNING
    click.echo(f"{paint(f'{kind}:', style)} {clean(text)}", err=True, color=True)

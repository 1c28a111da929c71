"""Requirements files of pip, with their includes and constraints."""

import re
from typing import Final

from fastapi_lint.model.versions.declarations import Collector, Contents

_COMMENT: Final = re.compile(r"(?:^|\s)#.*$", re.MULTILINE)
_OPTION: Final = re.compile(r"(-r|--requirement|-c|--constraint)(?:\s+|=|(?=\S))(\S+)")
_PER_REQUIREMENT: Final = re.compile(r"\s--(?:hash|config-settings|global-option)\b.*$")
_EGG: Final = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_PATH_OR_URL: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://|git\+|\.{0,2}[/\\]|\.{1,2}$|[A-Za-z]:[/\\]|.*\.(?:whl|zip|tar\.gz)$"
)


def read_requirements(text: str, *, limit: bool = False) -> Contents:
    """Return what a requirements file asks for; with ``limit`` it is a constraints file, which asks for nothing."""
    collector = Collector()
    for line in _COMMENT.sub("", text.replace("\\\r\n", " ").replace("\\\n", " ")).splitlines():
        _take(line.strip(), collector, limit=limit)
    return collector.contents()


def _take(line: str, collector: Collector, *, limit: bool) -> None:
    option = _OPTION.match(line)
    if option is not None:
        constraint = option[1] in {"-c", "--constraint"}
        (collector.limits if constraint else collector.includes).append(option[2])
        return
    if line.startswith(("-e ", "--editable ", "--editable=")) or _PATH_OR_URL.match(line):
        egg = _EGG.search(line)
        if egg is not None:
            collector.requirement(egg[1], limit=limit)
        return
    if line and not line.startswith("-"):
        collector.requirement(_PER_REQUIREMENT.sub("", line), limit=limit)

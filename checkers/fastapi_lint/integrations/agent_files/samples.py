"""Checks the code blocks of an agent or a skill: each parses, and Python is checked as the project of a user is.

A block whose info string has the word ``bad`` shows what not to do: it must parse, and nothing else is asked of it.
"""

import json
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml
from msgspec.structs import replace

from fastapi_lint.api import CheckOptions, check_project
from fastapi_lint.engine import ALWAYS_REPORTED
from fastapi_lint.findings import Finding, Location, Position, Severity
from fastapi_lint.integrations.agent_files.document import CodeBlock, Document
from fastapi_lint.integrations.agent_files.rules import BROKEN_CODE, problem

_PYTHON: Final = frozenset({"python", "py", "python3"})
_BAD: Final = "bad"


def _yaml(text: str) -> None:
    for _ in yaml.safe_load_all(text):
        pass


_PARSERS: Final[Mapping[str, Callable[[str], object]]] = {
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": _yaml,
    "yml": _yaml,
}


def check_samples(documents: Sequence[Document]) -> Iterator[Finding]:
    """Yield what is wrong with the code blocks of the documents; each Python block is a module of its own."""
    for document in documents:
        for block in document.code:
            yield from _data(document, block)
    yield from _python([(document, block) for document in documents for block in document.code])


def is_bad(block: CodeBlock) -> bool:
    """Return whether a block says that it shows what not to do."""
    return _BAD in block.words


def _data(document: Document, block: CodeBlock) -> Iterator[Finding]:
    parse = _PARSERS.get(block.language)
    if parse is None:
        return
    try:
        parse(block.text)
    except (ValueError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        message = f"the block is no {block.language}: {reason}"
        yield problem(BROKEN_CODE, document.row(block.row), message, severity=Severity.WARNING)


def _python(blocks: Sequence[tuple[Document, CodeBlock]]) -> Iterator[Finding]:
    """Yield what the analyser says of the Python blocks, at their places in the documents."""
    samples = [pair for pair in blocks if pair[1].language in _PYTHON]
    if not samples:
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / "pyproject.toml").touch()
        places: dict[Path, tuple[Document, CodeBlock]] = {}
        for number, (document, block) in enumerate(samples):
            path = root / f"sample_{number}" / "sample.py"
            path.parent.mkdir()
            path.write_text(block.text, encoding="utf-8")
            places[path] = (document, block)
        report = check_project([root], CheckOptions(isolated=True, use_cache=False, jobs=1))
        for finding in report.findings:
            document, block = places[_absolute(finding)]
            if finding.code in ALWAYS_REPORTED:
                yield problem(BROKEN_CODE, _moved(document, block, finding.location), finding.message)
            elif not is_bad(block):
                yield _in_document(document, block, finding)


def _absolute(finding: Finding) -> Path:
    return (Path.cwd() / finding.location.path).resolve()


def _in_document(document: Document, block: CodeBlock, finding: Finding) -> Finding:
    steps = tuple(replace(step, location=_moved(document, block, step.location)) for step in finding.evidence)
    return replace(finding, location=_moved(document, block, finding.location), evidence=steps)


def _moved(document: Document, block: CodeBlock, location: Location) -> Location:
    """Return a place of a block as a place of its document, where the block may be indented."""
    return Location(
        document.shown,
        _position(document, block, location.start),
        _position(document, block, location.end),
    )


def _position(document: Document, block: CodeBlock, position: Position) -> Position:
    row = block.row + position.row - 1
    line = document.lines[row - 1] if row <= len(document.lines) else ""
    rows = block.text.split("\n")
    code = rows[position.row - 1] if position.row <= len(rows) else ""
    indent = len(line) - len(code) if line.endswith(code) else 0
    return Position(row, position.column + indent)

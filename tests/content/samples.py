"""The code blocks of the agent and the skills, written out as the small projects that they are.

A block that says ``file=PATH`` is that file of its document's project; any other Python block is a module of its own.
Documents that are generated show code of the rules and the templates, which have tests of their own.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from fastapi_lint.integrations.agent_files.document import CodeBlock, Document, read_document
from fastapi_lint.integrations.agent_files.samples import is_bad
from fastapi_lint.rules.base import Example, ExampleKind
from fastapi_lint_dev.places import ROOT

GENERATED: Final = "<!-- written by `python -m fastapi_lint_dev generate` -->"
_FILE: Final = "file="


class Samples(Struct, frozen=True):
    """What one document shows: the files of its project, its wrong blocks with the codes they get, and its commands."""

    name: str
    files: Mapping[str, str]
    bad: tuple[tuple[str, tuple[str, ...]], ...]
    commands: tuple[str, ...]

    @property
    def modules(self) -> list[str]:
        """Return the names of the modules that can be imported: no tests, and no environment of Alembic."""
        return [
            path.removesuffix(".py").replace("/", ".")
            for path in sorted(self.files)
            if path.endswith(".py") and not path.startswith(("tests/", "alembic/"))
        ]

    @property
    def has_tests(self) -> bool:
        """Return whether the project has tests of its own."""
        return any(path.startswith("tests/test_") for path in self.files)

    def as_example(self) -> Example:
        """Return the project in the form that proofs run."""
        return Example(ExampleKind.GOOD, self.name, self.files)

    def write(self, folder: Path) -> Path:
        """Write the project into a folder and return it."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder


def hand_written() -> list[Document]:
    """Return the documents whose code nothing else tests."""
    return [document for document in every_document() if GENERATED not in document.lines]


def every_document() -> list[Document]:
    """Return the agent, the skills and their references."""
    paths = [*(ROOT / "agents").glob("*.md"), *(ROOT / "skills").rglob("*.md")]
    return [read_document(path) for path in sorted(paths)]


def samples_of(document: Document) -> Samples:
    """Return the code of a document."""
    python = [block for block in document.code if block.language == "python"]
    loose = [block for block in python if not is_bad(block) and _file(block) is None]
    files = {f"sample_{number}.py": block.text for number, block in enumerate(loose)}
    files |= {path: block.text for block in document.code if (path := _file(block)) is not None}
    return Samples(
        name=document.path.relative_to(ROOT).as_posix(),
        files=files,
        bad=tuple(
            (block.text, tuple(word for word in block.words if word != "bad")) for block in python if is_bad(block)
        ),
        commands=tuple(
            line
            for block in document.code
            if block.language == "bash"
            for line in block.text.splitlines()
            if line.strip()
        ),
    )


def _file(block: CodeBlock) -> str | None:
    return next((word.removeprefix(_FILE) for word in block.words if word.startswith(_FILE)), None)

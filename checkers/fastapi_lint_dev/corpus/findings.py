"""The stored table of findings on public projects, with the labels that people gave them.

A label follows its finding when rows move or the message is worded anew. The table holds no source of the projects.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from fastapi_lint_dev.analyser import JsonFinding
from fastapi_lint_dev.tables import read_table, write_table

SAMPLE = 60
_LONGEST_MESSAGE = 200
_NUMBER = re.compile(r"\d+")


class Label(StrEnum):
    """What somebody who read the code says about a finding."""

    RIGHT = "right"
    FALSE_ALARM = "false alarm"
    UNLABELLED = "unlabelled"


class LabelledFinding(Struct, frozen=True):
    """One row of the table: ``id`` names it, ``place`` is a hash of the text of its row."""

    id: str
    project: str
    code: str
    path: str
    line: int
    place: str
    label: Label
    reason: str
    message: str

    @property
    def record(self) -> tuple[str, ...]:
        """Return the row's cells in the order of the fields."""
        return tuple(str(value) for value in msgspec.structs.astuple(self))

    @property
    def same_place(self) -> tuple[str, str, str, str]:
        """Return what stays when only the message changes."""
        return (self.project, self.code, self.path, self.place)


def describe(project: str, findings: Iterable[JsonFinding], checkout: Path) -> list[LabelledFinding]:
    """Return the rows of a project's findings, without labels, in the order of the findings."""
    seen: Counter[str] = Counter()
    rows = []
    for finding in findings:
        place = _hash(_row_text(checkout / finding.filename, finding.location.row))
        gist = _NUMBER.sub("#", finding.message)
        stem = f"{project}\t{finding.code}\t{finding.filename}\t{place}\t{gist}"
        rows.append(
            LabelledFinding(
                id=_hash(f"{stem}\t{seen[stem]}"),
                project=project,
                code=finding.code,
                path=finding.filename,
                line=finding.location.row,
                place=place,
                label=Label.UNLABELLED,
                reason="",
                message=" ".join(finding.message.split())[:_LONGEST_MESSAGE],
            )
        )
        seen[stem] += 1
    return rows


def keep_labels(stored: Iterable[LabelledFinding], found: Sequence[LabelledFinding]) -> list[LabelledFinding]:
    """Return what was found with the stored labels: by id, else by place where that is unambiguous."""
    by_id = {row.id: row for row in stored}
    left_old: defaultdict[tuple[str, ...], list[LabelledFinding]] = defaultdict(list)
    left_new: Counter[tuple[str, ...]] = Counter(row.same_place for row in found if row.id not in by_id)
    for row_id in by_id.keys() - {row.id for row in found}:
        left_old[by_id[row_id].same_place].append(by_id[row_id])
    kept = []
    for row in found:
        old = by_id.get(row.id)
        if old is None and left_new[row.same_place] == len(left_old[row.same_place]) == 1:
            old = left_old[row.same_place][0]
        kept.append(replace(row, label=old.label, reason=old.reason) if old else row)
    return kept


def sample(rows: Iterable[LabelledFinding], size: int = SAMPLE) -> list[LabelledFinding]:
    """Return a random part of the rows of each project that is the same on every run; all where there are few."""
    by_project: defaultdict[str, list[LabelledFinding]] = defaultdict(list)
    for row in rows:
        by_project[row.project].append(row)
    return [row for part in by_project.values() for row in sorted(part, key=lambda row: row.id)[:size]]


def read_findings(path: Path) -> list[LabelledFinding]:
    """Return the stored rows; none where there is no table yet."""
    return msgspec.convert(read_table(path), type=list[LabelledFinding], strict=False) if path.exists() else []


def write_findings(path: Path, rows: Iterable[LabelledFinding]) -> None:
    """Store rows, ordered by project, path, line and code."""
    ordered = sorted(rows, key=lambda row: (row.project, row.path, row.line, row.code, row.id))
    write_table(path, LabelledFinding.__struct_fields__, (row.record for row in ordered))


def _row_text(path: Path, row: int) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return " ".join(lines[row - 1].split()) if 1 <= row <= len(lines) else ""


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:10]

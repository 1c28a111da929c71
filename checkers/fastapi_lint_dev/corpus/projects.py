"""The public projects that the analyser is tried on, each at one commit."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import msgspec
from msgspec import Struct

from fastapi_lint_dev.analyser import Run
from fastapi_lint_dev.tables import read_table
from fastapi_lint_dev.workplace import Workplace


class PinnedProject(Struct, frozen=True):
    """A project at a commit; ``path`` is the folder that is analysed, ``arguments`` are further options."""

    name: str
    repository: str
    commit: str
    path: str
    arguments: str

    def run(self, workplace: Workplace, more: Sequence[str] = ()) -> Run:
        """Analyse the project."""
        return workplace.run(self.repository, self.commit, self.folder, [*self.arguments.split(), *more])

    def last_run(self, workplace: Workplace) -> Run | None:
        """Return the output of the last run."""
        return workplace.last_run(self.repository, self.commit, self.folder, self.arguments.split())

    def checkout(self, workplace: Workplace) -> Path:
        """Return the folder with the project's files."""
        return workplace.checkout(self.repository, self.commit)

    @property
    def folder(self) -> PurePosixPath:
        """Return the folder that is analysed, relative to the checkout."""
        return PurePosixPath(self.path)


class Size(Struct, frozen=True):
    """How much Python there is below a folder."""

    files: int
    lines: int


class ProjectRun(Struct, frozen=True):
    """A project, how large it is, and what the analyser did with it."""

    project: PinnedProject
    size: Size
    run: Run


def read_projects(path: Path) -> list[PinnedProject]:
    """Return the projects of a table."""
    return msgspec.convert(read_table(path), type=list[PinnedProject])


def size_of(folder: Path) -> Size:
    """Count the Python files and their lines below a folder."""
    counts = [path.read_bytes().count(b"\n") for path in folder.rglob("*.py") if path.is_file()]
    return Size(len(counts), sum(counts))


def run_all(
    projects: Sequence[PinnedProject],
    workplace: Workplace,
    *,
    jobs: int,
    more: Sequence[str],
    report: Callable[[ProjectRun], None],
) -> list[ProjectRun]:
    """Analyse projects, hand each run to ``report``, and return them in the order of the projects."""

    def run(project: PinnedProject) -> ProjectRun:
        size = size_of(project.checkout(workplace) / project.folder)
        return ProjectRun(project, size, project.run(workplace, more))

    runs = []
    with ThreadPoolExecutor(jobs) as pool:
        for each in pool.map(run, projects):
            report(each)
            runs.append(each)
    return runs

"""Reads the project that a feature is added to, with the model that the rules see; nothing of it is executed (I7)."""

from pathlib import Path

from msgspec import Struct

from fastapi_lint.facts.store import load_facts
from fastapi_lint.model.program import link
from fastapi_lint.model.project import Project
from fastapi_lint.model.versions import read_manifest
from fastapi_lint.resolution import CheckOptions, locate, resolve
from fastapi_lint.roots import is_in_project
from fastapi_lint.scaffold.failure import ScaffoldError


class Reading(Struct, frozen=True):
    """A project on the disk: keys of modules are paths below ``root``."""

    root: Path
    project: Project


def read_project(path: Path) -> Reading:
    """Return the project around a path.

    Raises:
        PathError: the path does not exist.
        ScaffoldError: there is no project, or a file of it cannot be parsed.

    """
    options = CheckOptions(isolated=True)
    if not is_in_project(locate((path,), options)[0].start):  # before all that lies there is read
        raise ScaffoldError(f"{path.absolute()}: no project is here; run this in one, or name it with --project")
    resolved = resolve((path,), options)
    tree = resolved.tree
    result = load_facts(tree.files, cache_dir=None, jobs=1)
    if result.failures:
        failure = result.failures[0]
        raise ScaffoldError(f"{failure.key}:{failure.row}: {failure.message}; mend the file and run this again")
    kinds = {file.key: file.kind for file in tree.files}
    manifest = read_manifest(tree.root, tree.manifests, stated={})
    return Reading(tree.root, link(result.modules, kinds=kinds, manifest=manifest, settings=resolved.config))

"""Turns paths and options into what a run works on: the project, its settings and its files."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from fastapi_lint.config import CONFIG_NAMES, Config, Overrides, find_config, is_config, read_config
from fastapi_lint.discovery import SourceFile, Tree, discover, kind_of_file
from fastapi_lint.roots import PathError, ProjectRoot, find_project_root

CACHE_NAME: Final = ".fastapi_lint_cache"
_STANDARD_INPUT: Final = Path("-")
_CACHE_TAG: Final = "Signature: 8a477f597d28d172789f06886806bc55\n# This directory holds the cache of fastapi-lint.\n"


class CheckOptions(Struct, frozen=True):
    """How to check: everything that is not in a config file.

    ``stdin`` is the content of the file ``stdin_filename``. ``jobs`` of 0 means one process for each core. With
    ``force_exclude`` a path that is excluded is left out even when it is asked for. With ``near_only`` rules look only
    at the asked files and at what imports them, which is quicker, and misses what concerns them in another way.
    """

    overrides: Overrides = Overrides()
    config_path: Path | None = None
    isolated: bool = False
    use_cache: bool = True
    force_exclude: bool = False
    near_only: bool = False
    jobs: int = 0
    stdin: bytes | None = None
    stdin_filename: Path | None = None


class Resolved(Struct, frozen=True):
    """What a run works on. ``asked`` are the absolute paths whose findings are reported."""

    project: ProjectRoot
    config: Config
    tree: Tree
    asked: tuple[Path, ...]
    cwd: Path

    def asked_keys(self) -> frozenset[str]:
        """Return the keys of the files whose findings are reported."""
        asked = {path.relative_to(self.tree.root).as_posix() for path in self.asked if path != self.tree.root}
        files = self.tree.files
        if len(asked) < len(self.asked):  # the root itself is among them
            return frozenset(file.key for file in files)
        directories = tuple(f"{key}/" for key in asked)
        return frozenset(file.key for file in files if file.key in asked or file.key.startswith(directories))

    def display(self, path: Path) -> Path:
        """Return a path as it is shown: relative to the working directory when it lies below it."""
        return path.relative_to(self.cwd) if path.is_relative_to(self.cwd) else path


def locate(paths: Sequence[Path], options: CheckOptions) -> tuple[ProjectRoot, tuple[Path, ...]]:
    """Return the project that the paths belong to, and the paths, absolute and without symbolic links.

    Raises:
        PathError: a path does not exist.

    """
    named = [path for path in paths if path != _STANDARD_INPUT] or ([] if options.stdin_filename else [Path()])
    absolute = [Path(os.path.realpath(path)) for path in named]
    stdin = Path(os.path.realpath(options.stdin_filename)) if options.stdin_filename else None
    if stdin is not None and not stdin.parent.is_dir():
        raise PathError(f"{options.stdin_filename}: no such directory")
    existing = absolute + ([stdin if stdin.exists() else stdin.parent] if stdin else [])
    project = find_project_root(existing)
    return project, tuple(dict.fromkeys(absolute + ([stdin] if stdin else [])))


def settings(project: ProjectRoot, options: CheckOptions) -> Config:
    """Return the settings of a run: the nearest config file, and the command line above it.

    Raises:
        ConfigError: the config file cannot be resolved.

    """
    path = options.config_path
    if path is None and not options.isolated:
        path = find_config(project.start, project.repository or project.root)
    config = read_config(Path(os.path.realpath(path))) if path else Config(base=project.root)
    return options.overrides.apply(config)


def resolve(paths: Sequence[Path], options: CheckOptions) -> Resolved:
    """Return what a run works on.

    Raises:
        PathError: a path does not exist.
        ConfigError: the config file cannot be resolved.

    """
    project, asked = locate(paths, options)
    config = settings(project, options)
    on_disk = [path for path in asked if path.exists() and not options.force_exclude]
    tree = discover(project, on_disk, exclude=config.excluded, exclude_base=config.base)
    if options.stdin is not None and options.stdin_filename is not None:
        tree = _with_content(tree, Path(os.path.realpath(options.stdin_filename)), options.stdin)
    return Resolved(project, config, tree, asked, Path.cwd())


def _with_content(tree: Tree, path: Path, content: bytes) -> Tree:
    """Return a tree in which one file has the content of standard input; the file need not exist."""
    key = path.relative_to(tree.root).as_posix()
    old = next((file for file in tree.files if file.key == key), None)
    kind = old.kind if old else kind_of_file(path, tree.root)
    new = SourceFile(str(path), key, kind, len(content), None, content)
    files = sorted([new, *(file for file in tree.files if file.key != key)], key=lambda file: file.key)
    return replace(tree, files=tuple(files))


def configs_without_effect(resolved: Resolved) -> list[Path]:
    """Return the config files at the asked paths that this run does not use: a run has one config."""
    return [
        path
        for path in resolved.tree.manifests
        if path.name in CONFIG_NAMES
        and path != resolved.config.path
        and any(path.is_relative_to(asked) for asked in resolved.asked)
        and is_config(path)
    ]


def cache_directory(resolved: Resolved) -> Path | None:
    """Return where the cache lies, or None when a link is there.

    Nothing is read or written outside the project because of what the project holds.
    """
    directory = resolved.config.cache_dir or resolved.project.root / CACHE_NAME
    return None if directory.is_symlink() else directory


def prepare_cache(resolved: Resolved) -> tuple[Path | None, str]:
    """Create the cache directory and return it, or ``None`` and why there is none."""
    directory = cache_directory(resolved)
    if directory is None:
        return None, f"the cache is off: {resolved.config.cache_dir or CACHE_NAME} is a symbolic link"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _CACHE_TAG)):
            marker = directory / name
            if not os.path.lexists(marker):  # a link is left alone, wherever it leads
                marker.write_text(content, encoding="utf-8")
    except OSError as error:
        return None, f"the cache is off: {directory}: {error.strerror}"
    return directory, ""

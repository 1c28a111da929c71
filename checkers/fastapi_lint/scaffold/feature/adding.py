"""Adds a feature: what all its files will be, before any of them is written."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from fastapi_lint.scaffold.changes import Change, effective, read_text
from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.checks import check_bindings, check_feature
from fastapi_lint.scaffold.feature.edits import include_router, register_model
from fastapi_lint.scaffold.feature.examples import render_tests
from fastapi_lint.scaffold.feature.fields import parse_fields
from fastapi_lint.scaffold.feature.layout import read_layout
from fastapi_lint.scaffold.feature.lines import Feature
from fastapi_lint.scaffold.feature.migration import Migration, index_lines, inherited_columns, table_lines
from fastapi_lint.scaffold.feature.naming import FeatureNames, feature_names, with_article
from fastapi_lint.scaffold.feature.parents import find_parents, owner
from fastapi_lint.scaffold.feature.reading import read_project
from fastapi_lint.scaffold.feature.rendering import render_migration, render_modules
from fastapi_lint.scaffold.feature.revisions import Chain, next_id, read_chain, revision_file
from fastapi_lint.scaffold.feature.shapes import ImportedName
from fastapi_lint.scaffold.formatting import Formatter
from fastapi_lint.source import normalise


class FeatureRequest(Struct, frozen=True):
    """What the command line asks for; ``singular`` is None where the rules of English make it from the name."""

    name: str
    fields: tuple[str, ...]
    belongs_to: tuple[str, ...] = ()
    singular: str | None = None
    force: bool = False


class Addition(Struct, frozen=True):
    """What adding a feature changes below the root of a project."""

    root: Path
    names: FeatureNames
    changes: tuple[Change, ...]


def plan_feature(path: Path, request: FeatureRequest) -> Addition:
    """Return what adding a feature to the project around a path changes; nothing is written.

    Raises:
        PathError: the path does not exist.
        ScaffoldError: the request or the project is not such that the feature can be added.

    """
    names = feature_names(request.name, request.singular)
    fields = parse_fields(request.fields)
    if not fields:
        raise ScaffoldError(f"say what {with_article(names.words)} has, like `--field title:str`")
    reading = read_project(path)
    layout = read_layout(reading.project)
    parents = find_parents(layout, request.belongs_to)
    feature = Feature(layout, names, fields, parents, owner(parents))
    chain = read_chain(reading.project)
    check_feature(feature, chain, force=request.force)
    packages = {layout.features.package.partition(".")[0]}
    if layout.tests.has_packages:
        packages.add(layout.tests.folder.partition("/")[0])
    writer = _Writer(reading.root, Formatter(reading.root, sorted(packages)))
    files = list(_new_files(writer, feature, chain))
    present = next((item.path for item in files if not item.is_new), None)
    if present is not None and not request.force:
        raise ScaffoldError(f"{present} exists; --force writes it again")
    return Addition(reading.root, names, effective([*files, *_edits(writer, feature)]))


class _Writer(Struct, frozen=True):
    """Makes changes of texts, in the project's format."""

    root: Path
    formatter: Formatter

    def text(self, key: str) -> str:
        """Return the text of a file that the model was read from."""
        text = read_text(self.root, key)
        assert text is not None, key
        return text

    def rendered(self, key: str, source: str) -> Change:
        """Return the change that writes a file."""
        return Change(key, read_text(self.root, key), self.formatter.formatted(source, key) if source else source)

    def edited(self, key: str, edit: Callable[[str], str]) -> Change:
        """Return the change that edits a file; a file that has the project's format keeps it."""
        before = self.text(key)
        after = edit(before)
        if before != after and self.formatter.formatted(before, key) == before:
            after = self.formatter.formatted(after, key)
        return Change(key, before, after)


def _new_files(writer: _Writer, feature: Feature, chain: Chain) -> Iterator[Change]:
    layout, plural = feature.layout, feature.names.plural
    for name, source in render_modules(feature, writer.formatter.width):
        check_bindings(f"{plural}/{name}", source)
        yield writer.rendered(f"{layout.features.folder}/{plural}/{name}", source)
    tests = layout.tests.directory(plural)
    if layout.tests.has_packages:
        yield writer.rendered(f"{tests}/__init__.py", "")
    yield writer.rendered(f"{tests}/test_{plural}.py", render_tests(feature, writer.formatter.width))
    key, migration = _migration(writer, feature, chain)
    yield writer.rendered(key, render_migration(feature, migration))


def _migration(writer: _Writer, feature: Feature, chain: Chain) -> tuple[str, Migration]:
    """Return the file and the content of the migration; one that makes the table already is written again."""
    names = feature.names
    message = f"{names.plural_words[0].upper()}{names.plural_words[1:]}"
    present = chain.creating(names.plural)
    if present is not None:
        if present.creates != {names.plural} or len(present.follows) > 1:
            raise ScaffoldError(f"{present.key} does more than making `{names.plural}`; --force cannot write it again")
        key, revision, follows = present.key, present.id, next(iter(present.follows), "")
    else:
        revision = next_id(chain, names.plural)
        key = f"{chain.folder}/{revision_file(writer.root, revision, message, datetime.now(UTC))}"
        follows = chain.head.id if chain.head else ""
    sources = {item.key: normalise(writer.text(item.key).encode()) for item in chain.revisions}
    columns = inherited_columns(feature, chain, sources)
    lines = tuple(table_lines(feature, columns))
    return key, Migration(message, revision, follows, lines, tuple(index_lines(feature)))


def _edits(writer: _Writer, feature: Feature) -> Iterator[Change]:
    layout, plural = feature.layout, feature.names.plural
    api, alias = f"{feature.package}.api", f"{plural}_router"
    model = ImportedName(f"{feature.package}.models", feature.names.class_name)
    router = layout.router
    yield writer.edited(router.module.key, lambda source: include_router(source, api, router.name, alias))
    yield writer.edited(layout.registry.key, lambda source: register_model(source, model, layout.features.package))

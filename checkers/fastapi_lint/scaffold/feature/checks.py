"""Refuses what would break a project: names that it has already, and names that hide one another."""

from collections.abc import Iterable

from fastapi_lint.facts.extract import extract
from fastapi_lint.facts.schema import ModuleFacts
from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.lines import Feature
from fastapi_lint.scaffold.feature.naming import with_article
from fastapi_lint.scaffold.feature.reserved import RENDERED_NAMES
from fastapi_lint.scaffold.feature.revisions import Chain


def check_feature(feature: Feature, chain: Chain, *, force: bool) -> None:
    """Check that the project has room for a feature; with ``force`` the feature itself may be there.

    Raises:
        ScaffoldError: a name is taken, two columns have one name, or nobody would own what belongs to users.

    """
    _check_columns(feature)
    _check_owner(feature)
    layout, names = feature.layout, feature.names
    folder = f"{layout.features.folder}/{names.plural}"
    is_there = any(key.startswith(f"{folder}/") for key in layout.project.modules)
    if is_there and not force:
        raise ScaffoldError(f"the feature `{names.plural}` exists in {folder}; --force writes it again")
    if names.singular in RENDERED_NAMES:
        raise ScaffoldError(f"`{names.singular}` means something else in the code of a feature; take another name")
    for entity in layout.project.orm.entities:
        module = entity.cls.module
        if module.key.startswith(f"{folder}/") or not layout.project.is_application(module):
            continue
        if entity.name == names.class_name:
            raise ScaffoldError(f"the model `{entity.name}` exists in {module.key}; take another name")
        if entity.table == names.plural:
            raise ScaffoldError(f"the table `{entity.table}` is that of {entity.name} in {module.key}")
    creating = chain.creating(names.plural)
    if creating is not None and not is_there:
        raise ScaffoldError(f"{creating.key} makes a table `{names.plural}`; take another name")
    for inclusion in layout.router.entries:
        router = inclusion.router
        if router is not None and router.prefix == f"/{names.slug}" and not router.module.key.startswith(f"{folder}/"):
            raise ScaffoldError(f"the path `/{names.slug}` is that of {router.module.key}; take another name")


def _check_columns(feature: Feature) -> None:
    base = feature.layout.base
    taken = {base.key: "the primary key", **{item.name: "a column of all models" for item in base.inherited}}
    taken.update((item.column, f"the reference to {item.model.name}") for item in feature.parents)
    for field in feature.fields:
        if field.name in taken:
            raise ScaffoldError(f"`{field.name}` is {taken[field.name]}; take another name for the field")
    for parent in feature.parents:
        if parent.column in {base.key, *(item.name for item in base.inherited)}:
            raise ScaffoldError(f"`{parent.column}` is a column of all models and cannot refer to {parent.model.name}")


def _check_owner(feature: Feature) -> None:
    """Refuse what would show to everybody what belongs to users."""
    if feature.owner is not None:
        return
    owned = next((item for item in feature.references if item.owners), None)
    if owned is not None:
        one = with_article(feature.names.words)
        raise ScaffoldError(
            f"{owned.model.name} belongs to a user, but nobody would own {one} without one: "
            f"add `--belongs-to {feature.layout.user.entity.table}`"
        )


def check_bindings(name: str, source: str) -> None:
    """Check that no name of a rendered module stands for two things.

    Raises:
        ScaffoldError: one does, because the feature is called like something that its code imports.

    """
    facts = extract(source.encode(), name)
    assert isinstance(facts, ModuleFacts), facts
    bound: dict[str, str] = {}
    for item in facts.imports:
        _bind(bound, item.bound, f"{item.module}.{item.name}")
    _bind_all(bound, (item.qualname for item in facts.classes), name)
    _bind_all(bound, (item.qualname for item in facts.functions), name)


def _bind_all(bound: dict[str, str], names: Iterable[str], module: str) -> None:
    for name in names:
        if "." not in name:
            _bind(bound, name, f"{module}:{name}")


def _bind(bound: dict[str, str], name: str, meaning: str) -> None:
    if bound.setdefault(name, meaning) != meaning:
        raise ScaffoldError(f"`{name}` is also {bound[name]}, which the code of a feature uses; take another name")

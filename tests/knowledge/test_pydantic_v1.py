"""What Pydantic 1 idioms do: the table against the installed Pydantic, row by row."""

import importlib
import inspect
import warnings
from collections.abc import Callable

import pydantic
import pytest
from fastapi import Query
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from pydantic._internal import _config
from pydantic_settings import SettingsConfigDict

from fastapi_lint.knowledge.pydantic_v1 import (
    Behaviour,
    Fix,
    Idiom,
    Kind,
    current_config_keys,
    idiom_table,
    idioms,
)

_INSTALLED = Version(pydantic.VERSION)


def _rows(kind: Kind) -> list[Idiom]:
    """Return the rows of a kind that hold for the installed Pydantic."""
    return [row for row in idiom_table() if row.kind is kind and _holds(row)]


def _holds(row: Idiom) -> bool:
    return row.package != "pydantic" or _INSTALLED in SpecifierSet(row.versions)


def _call(function: Callable[..., object], argument: str, value: object) -> None:
    function(**{argument: value})


def _names(kind: Kind) -> list[str]:
    return [row.name for row in _rows(kind)]


def test_the_renamed_keys_are_those_of_pydantic() -> None:
    renamed = {row.name: row.replacement for row in _rows(Kind.CONFIG_KEY) if row.behaviour is Behaviour.SILENT}
    assert renamed.items() >= _config.V2_RENAMED_KEYS.items()


def test_the_removed_keys_are_those_of_pydantic() -> None:
    silent = {row.name for row in _rows(Kind.CONFIG_KEY) if row.behaviour is Behaviour.SILENT}
    settings = {"customise_sources", "parse_env_var"}
    no_effect = {"schema_generator"}
    assert silent - set(_config.V2_RENAMED_KEYS) - settings - no_effect == _config.V2_REMOVED_KEYS


def test_the_current_keys_are_those_of_pydantic_and_its_settings() -> None:
    known = pydantic.ConfigDict.__annotations__.keys() | SettingsConfigDict.__annotations__.keys()
    assert current_config_keys().keys() == known | {"table", "registry"}


def test_replacements_of_keys_are_current() -> None:
    hooks = {"settings_customise_sources"}
    replacements = {row.replacement for row in _rows(Kind.CONFIG_KEY) if row.replacement}
    assert replacements - hooks <= current_config_keys().keys()


@pytest.mark.parametrize("row", _rows(Kind.CONFIG_KEY), ids=lambda row: row.name)
def test_an_old_key_is_ignored_or_warns(row: Idiom) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _call(_config.check_deprecated, "config_dict", {row.name: True})
        _call(_config.prepare_config, "config", {row.name: True})
    settings_only = row.name in {"customise_sources", "parse_env_var"}
    encoders = row.name == "json_encoders"  # warns when a schema is built
    assert bool(caught) or settings_only or encoders


def test_the_arguments_of_field_are_those_of_pydantic() -> None:
    parameters = inspect.signature(pydantic.Field).parameters.values()
    named = {each.name for each in parameters if each.kind is not inspect.Parameter.VAR_KEYWORD}
    assert set(_names(Kind.CURRENT_FIELD_ARGUMENT)) == named


@pytest.mark.parametrize(
    "row", [row for row in _rows(Kind.FIELD_ARGUMENT) if row.name != "*"], ids=lambda row: row.name
)
def test_an_old_argument_of_field_raises_or_warns(row: Idiom) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if row.behaviour is Behaviour.RAISES_AT_DEFINITION:
            with pytest.raises(pydantic.PydanticUserError):
                _call(pydantic.Field, row.name, "x")
        else:
            _call(pydantic.Field, row.name, "x")
            assert caught


@pytest.mark.parametrize("kind", [Kind.MEMBER, Kind.INSTANCE_MEMBER])
def test_old_members_are_deprecated_or_gone(kind: Kind) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        members = dict(inspect.getmembers_static(pydantic.BaseModel))
        members |= dict(inspect.getmembers_static(type(pydantic.BaseModel)))
    gone = [row.name for row in _rows(kind) if row.name not in members]
    assert gone == [row.name for row in _rows(kind) if row.note == "no such attribute" or row.name == "__config__"]
    replacements = {row.replacement for row in _rows(kind) if row.replacement}
    assert replacements <= members.keys() | {"model_config"}


@pytest.mark.parametrize("row", _rows(Kind.MEMBER_ARGUMENT), ids=lambda row: row.name)
def test_an_argument_of_an_old_method_raises_or_has_no_heir(row: Idiom) -> None:
    method, argument = row.name.split(".")
    heir = {"json": "model_dump_json", "dict": "model_dump", "copy": "model_copy", "parse_raw": "model_validate_json"}
    taken = inspect.signature(getattr(pydantic.BaseModel, heir[method])).parameters
    assert (row.replacement in taken) if row.replacement else (argument not in taken)
    if row.behaviour is Behaviour.RAISES_AT_CALL:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(TypeError):
                getattr(pydantic.create_model("Empty")(), method)(**{argument: True})


@pytest.mark.parametrize("row", _rows(Kind.CONSTRAINT_ARGUMENT), ids=lambda row: row.name)
def test_an_old_argument_of_a_constrained_type_is_gone(row: Idiom) -> None:
    function, argument = row.name.split(".")
    taken = inspect.signature(getattr(pydantic, function)).parameters
    assert argument not in taken or argument == "unique_items"  # taken, and refused
    assert row.replacement is None or "." in row.replacement or row.replacement in taken


@pytest.mark.parametrize("row", _rows(Kind.DECORATOR_ARGUMENT), ids=lambda row: row.name)
def test_an_argument_of_a_decorator_is_known_or_not_as_the_row_says(row: Idiom) -> None:
    decorator, argument = row.name.split(".")
    taken = inspect.signature(getattr(pydantic, decorator)).parameters
    assert (argument in taken) == (row.behaviour is Behaviour.WARNS)


@pytest.mark.parametrize(
    "row", [row for row in _rows(Kind.NAME) if not row.name.endswith(".*")], ids=lambda row: row.name
)
def test_an_old_name_raises_or_warns(row: Idiom) -> None:
    module, _, name = row.name.rpartition(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError, pydantic.PydanticUserError):
            assert row.behaviour is Behaviour.RAISES_AT_DEFINITION
        else:
            assert row.behaviour is Behaviour.WARNS or name == "root_validator"


def test_replacements_of_names_exist() -> None:
    packages = ("pydantic.", "pydantic_core.", "pydantic_settings.")
    for row in _rows(Kind.NAME):
        if row.replacement is not None and row.replacement.startswith(packages):
            module, _, name = row.replacement.rpartition(".")
            assert hasattr(importlib.import_module(module), name), row.replacement


@pytest.mark.parametrize("row", _rows(Kind.PARAMETER_ARGUMENT), ids=lambda row: row.name)
def test_an_old_argument_of_a_fastapi_parameter_warns(row: Idiom) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _call(Query, row.name, "x")
    assert caught
    assert row.package == "fastapi"
    assert row.replacement in inspect.signature(Query).parameters


def test_rows_are_whole() -> None:
    old = [row for row in idiom_table() if row.behaviour is not Behaviour.CURRENT]
    assert [row.name for row in old if not (row.note and row.source)] == []
    assert [row.name for row in idiom_table() if not row.versions] == []
    assert [
        row.name
        for row in old
        if row.fix is Fix.SAFE
        and not (row.replacement or "allow_reuse" in row.name or row.name == "model_validator.skip_on_failure")
    ] == []


def test_a_key_renamed_twice_has_a_row_for_each_range_of_versions() -> None:
    rows = idioms(Kind.CONFIG_KEY, "allow_population_by_field_name")
    assert [(row.versions, row.replacement) for row in rows] == [
        (">=2,<2.11", "populate_by_name"),
        (">=2.11", "validate_by_name"),
    ]


def test_a_name_is_found_under_each_of_its_import_paths() -> None:
    assert idioms(Kind.NAME, "pydantic.tools.parse_obj_as") == idioms(Kind.NAME, "pydantic.parse_obj_as")
    (row,) = idioms(Kind.NAME, "pydantic.error_wrappers.ValidationError")
    assert row.replacement == "pydantic.ValidationError"


def test_every_name_of_a_removed_module_is_known() -> None:
    (row,) = idioms(Kind.NAME, "pydantic.schema.model_schema")
    assert row.behaviour is Behaviour.RAISES_AT_DEFINITION


def test_an_unknown_argument_of_field_is_an_extra_one() -> None:
    (row,) = idioms(Kind.FIELD_ARGUMENT, "widget")
    assert row.replacement == "json_schema_extra"
    assert idioms(Kind.FIELD_ARGUMENT, "max_length") == ()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Kind.NAME, "pydantic.BaseModel"),
        (Kind.NAME, "pydantic.v1.BaseSettings"),
        (Kind.NAME, "app.models.validator"),
        (Kind.MEMBER, "model_dump"),
        (Kind.CONFIG_KEY, "from_attributes"),
        (Kind.MEMBER_ARGUMENT, "dict.exclude_unset"),
    ],
)
def test_what_is_right_today_has_no_row(kind: Kind, name: str) -> None:
    assert idioms(kind, name) == ()

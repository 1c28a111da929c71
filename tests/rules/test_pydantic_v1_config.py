"""FL101 and FL102 beyond their examples: versions, shared configuration and class arguments."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from fastapi_lint.rules.base import Rule
from fastapi_lint.rules.pydantic.pydantic_v1_config_class import PydanticV1ConfigClass
from fastapi_lint.rules.pydantic.pydantic_v1_config_key import PydanticV1ConfigKey
from tests.projects import build_project

MODEL = "from pydantic import BaseModel\n\nclass A(BaseModel):\n    class Config:\n        orm_mode = True\n"


def _messages(root: Path, rule: Rule, files: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(item.message, item.help) for item in rule.check(build_project(root, files))]


@pytest.mark.parametrize(
    ("requirement", "reported"),
    [("pydantic>=2", True), ("pydantic", True), ("pydantic<2", False), ("pydantic==1.10.13", False)],
)
@pytest.mark.parametrize("rule", [PydanticV1ConfigClass(), PydanticV1ConfigKey()], ids=lambda rule: rule.code)
def test_only_pydantic_2_is_judged(tmp_path: Path, rule: Rule, requirement: str, *, reported: bool) -> None:
    found = _messages(tmp_path, rule, {"requirements.txt": f"{requirement}\n", "a.py": MODEL})
    assert bool(found) is reported


@pytest.mark.parametrize(
    ("requirement", "name"), [("pydantic==2.10.1", "populate_by_name"), ("pydantic>=2.11", "validate_by_name")]
)
def test_the_new_name_is_one_that_the_installed_version_has(tmp_path: Path, requirement: str, name: str) -> None:
    source = MODEL.replace("orm_mode", "allow_population_by_field_name")
    ((_, help_),) = _messages(tmp_path, PydanticV1ConfigKey(), {"requirements.txt": f"{requirement}\n", "a.py": source})
    assert help_ == f"the key is called `{name}` now"


def test_settings_get_their_own_dict(tmp_path: Path) -> None:
    source = "from pydantic_settings import BaseSettings\n\nclass A(BaseSettings):\n    class Config: ...\n"
    ((message, help_),) = _messages(tmp_path, PydanticV1ConfigClass(), {"a.py": source})
    assert message == "`class Config` in `A` is deprecated since Pydantic 2.0"
    assert help_ == "write `model_config = SettingsConfigDict(...)`"


def test_shared_configuration_is_reported_once_where_it_is_written(tmp_path: Path) -> None:
    files = {
        "config.py": "from pydantic import ConfigDict\n\nSHARED = ConfigDict(smart_union=True)\n",
        "a.py": """\
from pydantic import BaseModel
from config import SHARED

class A(BaseModel):
    model_config = SHARED
class B(BaseModel):
    model_config = SHARED
""",
    }
    (found,) = PydanticV1ConfigKey().check(build_project(tmp_path, files))
    assert found.module == "config.py"
    assert found.message == "`smart_union` has no effect in Pydantic 2: it is how unions work now"
    assert found.help == ""


def test_a_key_that_still_works_is_left_alone(tmp_path: Path) -> None:
    source = MODEL.replace("orm_mode = True", "json_encoders = {}")
    assert _messages(tmp_path, PydanticV1ConfigKey(), {"a.py": source}) == []


def test_a_method_of_the_configuration_is_a_key_too(tmp_path: Path) -> None:
    source = MODEL.replace("orm_mode = True", "def schema_extra(schema, model): ...")
    ((message, _),) = _messages(tmp_path, PydanticV1ConfigKey(), {"a.py": source})
    assert message.startswith("`schema_extra` has no effect in Pydantic 2")


def test_a_class_argument_counts_unless_the_project_takes_it_itself(tmp_path: Path) -> None:
    source = "from pydantic import BaseModel\n\nclass A(BaseModel, orm_mode=True):\n    x: int\n"
    assert len(_messages(tmp_path, PydanticV1ConfigKey(), {"a.py": source})) == 1
    taken = source.replace("    x: int\n", "    def __init_subclass__(cls, **options): ...\n")
    assert _messages(tmp_path, PydanticV1ConfigKey(), {"a.py": taken}) == []

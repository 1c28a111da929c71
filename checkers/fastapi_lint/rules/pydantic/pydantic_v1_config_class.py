"""FL101: a ``class Config`` inside a model of Pydantic 2."""

from collections.abc import Iterable

from fastapi_lint.findings import Severity
from fastapi_lint.model.project import Project
from fastapi_lint.rules.base import Family, Rule, Violation
from fastapi_lint.rules.pydantic.pydantic_v1_config_class_examples import EXAMPLES


class PydanticV1ConfigClass(Rule):
    """Model of Pydantic 2 that is configured by a `class Config`.

    ## What it does
    Reports a `class Config` in the body of a model of Pydantic 2, also of models that derive from it through bases of
    the project, from `BaseSettings` or from `SQLModel`.

    ## Why is this bad
    Pydantic 2 still reads it, warns at each definition (`PydanticDeprecatedSince20`), and announces that version 3 will
    not. Type checkers see no configuration in it: a wrong key or value passes. Together with `model_config` it raises
    when the class is made.

    ## Known limits
    A class that is defined in a block (`if PYDANTIC_V2: ... else: ...`) is left alone, and so are models of
    `pydantic.v1` and projects that pin Pydantic 1.

    ## Fix safety
    There is no automatic fix: write `model_config = ConfigDict(...)` with the same keys; those of Pydantic 1 have other
    names (see FL102).

    ## References
    - [Pydantic: changes to config](https://docs.pydantic.dev/latest/migration/#changes-to-config)
    - Executed on Pydantic 2.14.3
    """

    code = "FL101"
    name = "pydantic-v1-config-class"
    family = Family.PYDANTIC
    severity = Severity.WARNING
    since = "0.1.0"
    examples = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield each ``class Config`` that stands directly in a model of Pydantic 2."""
        for schema in project.schemas.all:
            if schema.cls.module.key not in project.checked:
                continue
            nested = schema.config_class
            if nested is None or schema.is_v1 or schema.is_conditional:
                continue
            if project.manifest.for_module(schema.cls.module.key).may_be("pydantic", ">=2"):
                factory = "SettingsConfigDict" if schema.is_settings else "ConfigDict"
                yield Violation(
                    module=nested.module.key,
                    span=nested.facts.name_span,
                    message=f"`class Config` in `{schema.name}` is deprecated since Pydantic 2.0",
                    help=f"write `model_config = {factory}(...)`",
                )

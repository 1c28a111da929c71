"""FL102: a configuration key that Pydantic 2 ignores."""

from collections.abc import Iterable

from fastapi_lint.findings import Severity
from fastapi_lint.knowledge.pydantic_v1 import Behaviour, Idiom, Kind, idioms
from fastapi_lint.model.project import Project
from fastapi_lint.model.schemas import ConfigEntry, ConfigSource, Schema
from fastapi_lint.model.values import Place
from fastapi_lint.model.versions import Requirements
from fastapi_lint.rules.base import Family, Rule, Violation
from fastapi_lint.rules.pydantic.pydantic_v1_config_key_examples import EXAMPLES


class PydanticV1ConfigKey(Rule):
    """Configuration key that Pydantic 2 ignores.

    ## What it does
    Reports keys of Pydantic 1 (`orm_mode`, `allow_mutation`, `anystr_strip_whitespace`, `schema_extra`, `fields` ...)
    in the configuration of a model of Pydantic 2: in `model_config`, in `class Config`, or among the class arguments.

    ## Why is this bad
    Pydantic 2 ignores them; at most one `UserWarning` scrolls by at start. What the key was there for does not happen
    any more: `orm_mode` leaves `model_validate(obj)` raising, `allow_mutation = False` leaves the model mutable,
    `min_anystr_length` lets shorter strings in.

    ## Known limits
    Only keys that are written out are seen: in a class, in a dict, in `ConfigDict(...)`, or in a module-level name for
    one. A class that is defined in a block (`if PYDANTIC_V2: ... else: ...`) is left alone, and so are models of
    `pydantic.v1` and projects that pin Pydantic 1.

    ## Fix safety
    There is no automatic fix: rename the key; `allow_mutation` becomes `frozen` with the opposite value.

    ## References
    - [Pydantic: changes to config](https://docs.pydantic.dev/latest/migration/#changes-to-config)
    - Each key executed on Pydantic 2.14.3
    """

    code = "FL102"
    name = "pydantic-v1-config-key"
    family = Family.PYDANTIC
    severity = Severity.ERROR
    since = "0.1.0"
    examples = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield each key that has no effect; a configuration that several models share is reported once."""
        seen: set[Place] = set()
        for schema in project.schemas.all:
            if schema.is_v1 or schema.cls.module.key not in project.checked:
                continue
            requirements = project.manifest.for_module(schema.cls.module.key)
            for entry in schema.own_config:
                idiom = _ignored(entry, requirements)
                if idiom is None or entry.place in seen or not _is_configuration(entry, schema):
                    continue
                seen.add(entry.place)
                yield _violation(entry, idiom)


def _ignored(entry: ConfigEntry, requirements: Requirements) -> Idiom | None:
    """Return what is known of a key that the project's Pydantic ignores, for the oldest version that it may be."""
    if not requirements.may_be("pydantic", ">=2"):
        return None
    rows = [row for row in idioms(Kind.CONFIG_KEY, entry.name) if row.behaviour is Behaviour.SILENT]
    certain = (row for row in rows if requirements.must_be(row.package, row.versions))
    possible = (row for row in rows if requirements.may_be(row.package, row.versions))
    return next(certain, None) or next(possible, None)


def _is_configuration(entry: ConfigEntry, schema: Schema) -> bool:
    """Return whether Pydantic itself reads the key: a class argument may be one of the project's own."""
    if schema.is_conditional:
        return False
    return entry.source is not ConfigSource.KEYWORD or schema.cls.method("__init_subclass__") is None


def _violation(entry: ConfigEntry, idiom: Idiom) -> Violation:
    effect = idiom.note.removeprefix("ignored").removeprefix(": ")
    return Violation(
        module=entry.place.module,
        span=entry.place.span,
        message=f"`{entry.name}` has no effect in Pydantic 2" + (f": {effect}" if effect else ""),
        help=f"the key is called `{idiom.replacement}` now" if idiom.replacement else "",
    )

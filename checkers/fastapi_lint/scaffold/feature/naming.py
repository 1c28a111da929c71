"""What a feature is called: its folder, table and URL in the plural, its class and variables in the singular."""

import keyword
import re

import inflection
from msgspec import Struct

from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.reserved import MAPPER_NAMES, SCHEMA_NAMES, SQL_WORDS, TYPE_NAMES

_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_VOWEL_SOUND = re.compile(r"(?!eu|one\b|once|u[bcfgknrst][aeiou])[aeiou]|hour|heir|honou?r|honest")
"""How words start that take ``an``: the ear decides, so that it is ``a user`` and ``an hour``."""
_LONGEST_NAME = 40
"""PostgreSQL cuts names at 63 bytes, and the names of constraints have two of these in them."""


class FeatureNames(Struct, frozen=True):
    """The names of a feature: ``order_lines`` and ``order_line``."""

    plural: str
    singular: str

    @property
    def class_name(self) -> str:
        """Return the name of the mapped class: ``OrderLine``."""
        return "".join(part.capitalize() for part in self.singular.split("_"))

    @property
    def slug(self) -> str:
        """Return the name in URLs: ``order-lines``."""
        return self.plural.replace("_", "-")

    @property
    def words(self) -> str:
        """Return the singular as people write it: ``order line``."""
        return self.singular.replace("_", " ")

    @property
    def plural_words(self) -> str:
        """Return the plural as people write it: ``order lines``."""
        return self.plural.replace("_", " ")


def feature_names(name: str, singular: str | None = None) -> FeatureNames:
    """Return the names of a feature that is given in the singular or the plural.

    Args:
        name: lower case words joined by ``_``.
        singular: where the English rules are wrong about the name, which is the plural then.

    Raises:
        ScaffoldError: a name is no such name, or one that Python keeps for itself.

    """
    for each in (name, *([singular] if singular is not None else [])):
        _check_form("a feature", each)
    if singular is not None:
        if singular == name:
            raise ScaffoldError(f"the singular and the plural of a feature must differ, and both are `{name}`")
        return _checked(FeatureNames(name, singular))
    before, separator, last = name.rpartition("_")
    plural, one = inflection.pluralize(last), inflection.singularize(last)
    if plural == one:
        raise ScaffoldError(f"the singular of `{name}` is the same word: add --singular, like `--singular {name}_item`")
    return _checked(FeatureNames(f"{before}{separator}{plural}", f"{before}{separator}{one}"))


def with_article(words: str) -> str:
    """Return a noun in the singular with its indefinite article: ``an order line``, ``a user``."""
    return f"{'an' if _VOWEL_SOUND.match(words) else 'a'} {words}"


def check_field_name(name: str) -> None:
    """Check that a field can have a name.

    Raises:
        ScaffoldError: it is no lower case name, or one that Python, SQL, SQLAlchemy or Pydantic keep for themselves.

    """
    _check_form("a field", name)
    if name in SQL_WORDS:
        raise ScaffoldError(f"`{name}` is a reserved word of SQL; take another name for the field, like `{name}_value`")
    if name in MAPPER_NAMES:
        raise ScaffoldError(f"`{name}` is an attribute of every SQLAlchemy class; take another name for the field")
    if name in SCHEMA_NAMES or name.startswith("model_"):
        raise ScaffoldError(f"`{name}` hides a member of every Pydantic model; take another name for the field")
    if name == "self":
        raise ScaffoldError("`self` is the first parameter of every method; take another name for the field")
    if name in TYPE_NAMES:
        raise ScaffoldError(f"`{name}` is the name of a type; say more in the name of the field, like `due_{name}`")


def _check_form(what: str, name: str) -> None:
    if not _SNAKE_CASE.fullmatch(name):
        raise ScaffoldError(f"`{name}` cannot be the name of {what}: use lower case words joined by _, like `due_date`")
    if keyword.iskeyword(name):
        raise ScaffoldError(f"`{name}` cannot be the name of {what}: it is a keyword of Python")
    if len(name) > _LONGEST_NAME:
        raise ScaffoldError(f"`{name}` cannot be the name of {what}: it has more than {_LONGEST_NAME} characters")


def _checked(names: FeatureNames) -> FeatureNames:
    for each in (names.plural, names.singular):
        if keyword.iskeyword(each):
            raise ScaffoldError(f"`{each}` cannot be a name of a feature: it is a keyword of Python")
    if names.plural in SQL_WORDS:
        raise ScaffoldError(f"`{names.plural}` cannot be the name of a table: it is a reserved word of SQL")
    return names

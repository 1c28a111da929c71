"""What a feature is called, and which names it cannot have."""

import keyword
from importlib.metadata import version

import pytest
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS
from sqlalchemy.orm import DeclarativeBase

from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.naming import FeatureNames, check_field_name, feature_names, with_article
from fastapi_lint.scaffold.feature.reserved import MAPPER_NAMES, SCHEMA_NAMES, SQL_WORDS


@pytest.mark.parametrize(
    ("name", "plural", "singular", "class_name"),
    [
        ("orders", "orders", "order", "Order"),
        ("order", "orders", "order", "Order"),
        ("order_lines", "order_lines", "order_line", "OrderLine"),
        ("categories", "categories", "category", "Category"),
        ("addresses", "addresses", "address", "Address"),
        ("people", "people", "person", "Person"),
        ("status", "statuses", "status", "Status"),
    ],
)
def test_a_name_is_given_in_the_singular_or_the_plural(name: str, plural: str, singular: str, class_name: str) -> None:
    names = feature_names(name)
    assert (names.plural, names.singular, names.class_name) == (plural, singular, class_name)


def test_a_singular_can_be_given_where_english_is_not_regular() -> None:
    assert feature_names("cookies", "cookie") == FeatureNames("cookies", "cookie")
    assert feature_names("news", "news_item").class_name == "NewsItem"


@pytest.mark.parametrize(
    ("name", "singular", "problem"),
    [
        ("Orders", None, "use lower case words"),
        ("order-lines", None, "use lower case words"),
        ("../orders", None, "use lower case words"),
        ("órdenes", None, "use lower case words"),
        ("", None, "use lower case words"),
        ("orders\n", None, "use lower case words"),
        ("lambda", None, "a keyword of Python"),
        ("classes", None, "`class` cannot be a name of a feature"),
        ("news", None, "add --singular"),
        ("sheep", "sheep", "must differ"),
        ("orders", "Order", "use lower case words"),
        ("all", "every", "a reserved word of SQL"),
    ],
)
def test_other_names_are_refused(name: str, singular: str | None, problem: str) -> None:
    with pytest.raises(ScaffoldError, match=problem):
        feature_names(name, singular)


def test_the_words_that_postgresql_reserves_are_those_that_sqlalchemy_quotes() -> None:
    assert SQL_WORDS >= RESERVED_WORDS, version("sqlalchemy")


def test_the_members_of_models_are_those_of_pydantic_and_sqlalchemy() -> None:
    members = {name for name in dir(BaseModel) if not name.startswith(("_", "model_"))}
    assert members == SCHEMA_NAMES

    class Base(DeclarativeBase):
        pass

    assert {name for name in dir(Base) if not name.startswith("_")} == MAPPER_NAMES


def test_every_keyword_is_refused() -> None:
    for word in (word for word in keyword.kwlist if word.islower()):
        with pytest.raises(ScaffoldError):
            check_field_name(word)


@pytest.mark.parametrize("words", ["an order line", "a user", "an hour", "a unit", "an umbrella", "an update"])
def test_the_article_is_the_one_that_is_spoken(words: str) -> None:
    assert with_article(words.partition(" ")[2]) == words

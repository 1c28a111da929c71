"""FL102: a key that Pydantic 2 does not know has no effect."""

import pytest
from pydantic import ValidationError

from fastapi_lint.rules.pydantic.pydantic_v1_config_key_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import titled

GOOD = "the keys of Pydantic 2"
v1_keys = pytest.mark.filterwarnings(
    "ignore:Valid config keys have changed in V2:UserWarning", "ignore:Support for class-based `config`"
)


@v1_keys
def test_orm_mode_does_not_read_attributes(open_project: OpenProject) -> None:
    service = open_project(titled(EXAMPLES, "orm_mode in model_config")).module("app.service")
    with pytest.raises(ValidationError, match="Input should be a valid dictionary or instance of UserOut"):
        service.show(service.User(1, "Ada"))


def test_from_attributes_reads_attributes(open_project: OpenProject) -> None:
    service = open_project(titled(EXAMPLES, GOOD)).module("app.service")
    assert service.show(service.User(1, "Ada")).name == "Ada"


@v1_keys
def test_a_coupon_may_be_changed_and_too_short(open_project: OpenProject) -> None:
    schemas = open_project(titled(EXAMPLES, "allow_mutation and lengths in a class Config")).module("app.schemas")
    coupon = schemas.Coupon(code="a")
    coupon.code = "b"
    assert coupon.code == "b"


def test_a_coupon_is_frozen_and_long_enough(open_project: OpenProject) -> None:
    schemas = open_project(titled(EXAMPLES, GOOD)).module("app.schemas")
    with pytest.raises(ValidationError, match="at least 3 characters"):
        schemas.Coupon(code="a")
    with pytest.raises(ValidationError, match="frozen"):
        schemas.Coupon(code="abc").code = "b"


@v1_keys
def test_no_space_is_stripped_no_name_populates_and_no_alias_is_set(open_project: OpenProject) -> None:
    schemas = open_project(titled(EXAMPLES, "another key, a plain dict, a removed key")).module("app.schemas")
    assert schemas.Filter(text=" a ").text == " a "
    assert schemas.Document.model_fields["body"].alias is None


def test_space_is_stripped(open_project: OpenProject) -> None:
    schemas = open_project(titled(EXAMPLES, GOOD)).module("app.schemas")
    assert schemas.Filter(text=" a ").text == "a"

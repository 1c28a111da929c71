"""Sets of versions: specifiers and Poetry constraints as intervals, and the algebra on them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from fastapi_lint.model.versions.ranges import (
    EVERY_VERSION,
    NO_VERSION,
    InvalidSpecifierError,
    VersionRange,
    exactly,
    poetry_range,
    specified,
)

_VERSIONS = ["0.9", "1.0", "1.4", "1.4.1", "1.4.49", "1.5", "1.10", "2.0a1", "2.0rc1", "2.0", "2.0.5", "2.1", "3.0"]

_specifiers = st.builds(
    "{}{}".format,
    st.sampled_from([">=", ">", "<=", "<", "==", "!=", "~="]),
    st.sampled_from(["1.0", "1.4", "2.0", "2.1"]),
)
_ranges = st.lists(_specifiers, max_size=3).map(lambda parts: specified(",".join(parts)))


def _holds(versions: VersionRange, version: str) -> bool:
    return exactly(version).within(versions)


@pytest.mark.parametrize(
    "specifiers",
    [
        "",
        ">=1.4",
        ">1.4",
        "<2",
        "<=2",
        "==1.4",
        "==1.4.*",
        "!=1.4",
        "!=1.4.*",
        "~=1.4",
        "~=1.4.1",
        ">=1.4,<2,!=1.5",
        "===1.4",
    ],
)
@pytest.mark.parametrize("version", _VERSIONS)
def test_specifiers_hold_the_versions_that_an_installer_accepts(specifiers: str, version: str) -> None:
    assert _holds(specified(specifiers), version) == SpecifierSet(specifiers).contains(version, prereleases=True)


@given(_ranges)
def test_the_complement_of_the_complement_is_the_range(versions: VersionRange) -> None:
    assert versions.complement().complement() == versions


@given(_ranges)
def test_a_range_and_its_complement_share_nothing_and_leave_nothing_out(versions: VersionRange) -> None:
    assert not versions.intersects(versions.complement())
    assert versions.union(versions.complement()) == EVERY_VERSION


@given(_ranges, _ranges, st.sampled_from(_VERSIONS))
def test_union_and_intersection_are_or_and_and(one: VersionRange, other: VersionRange, version: str) -> None:
    assert _holds(one.intersection(other), version) == (_holds(one, version) and _holds(other, version))
    assert _holds(one.union(other), version) == (_holds(one, version) or _holds(other, version))


@given(_ranges, _ranges)
def test_an_intersection_lies_within_both(one: VersionRange, other: VersionRange) -> None:
    assert one.intersection(other).within(one)
    assert one.within(one.union(other))


@pytest.mark.parametrize(
    ("constraint", "specifiers"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0", ">=0,<1"),
        ("^0.0", ">=0.0,<0.1"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("~=1.4", "~=1.4"),
        ("1.4.2", "==1.4.2"),
        ("1.4.*", "==1.4.*"),
        ("*", ""),
        ("", ""),
        (">=1.4, <2", ">=1.4,<2"),
        (">=1.4 <2", ">=1.4,<2"),
    ],
)
def test_a_poetry_constraint_is_the_same_as_specifiers(constraint: str, specifiers: str) -> None:
    assert poetry_range(constraint) == specified(specifiers)


def test_alternatives_of_poetry_are_a_union() -> None:
    both = poetry_range("^1.10 || ^2.5")
    assert [_holds(both, version) for version in ("1.10.2", "2.4", "2.5")] == [True, False, True]


@pytest.mark.parametrize("specifiers", ["1.4", ">=", ">1,banana", "~=1", ">=1.*", "==1.*.2", "=1", ">=1 <2"])
def test_malformed_specifiers_are_refused(specifiers: str) -> None:
    with pytest.raises(InvalidSpecifierError):
        specified(specifiers)


@pytest.mark.parametrize("constraint", ["^banana", ">=not.a.version", "^", "~~1", "1.2 banana"])
def test_a_malformed_constraint_is_refused(constraint: str) -> None:
    with pytest.raises(InvalidSpecifierError):
        poetry_range(constraint)


def test_a_local_version_counts_as_its_public_one() -> None:
    assert exactly("2.4.1+cu121") == exactly("2.4.1")


def test_an_arbitrary_version_that_is_none_says_nothing() -> None:
    assert specified("===weird") == EVERY_VERSION


def test_nothing_is_within_everything() -> None:
    assert NO_VERSION.within(specified("<1"))
    assert not NO_VERSION.intersects(EVERY_VERSION)


def test_a_series_is_certain_to_be_at_least_its_first_version() -> None:
    assert specified("==2.*").within(specified(">=2"))
    assert specified("~=2.0").within(specified(">=2"))


def test_pre_releases_of_an_upper_bound_are_left_out() -> None:
    assert not _holds(specified("<2"), "2.0rc1")
    assert Version("2.0rc1") < Version("2")

"""Config: what a file says, which file counts, errors that help, and which rules are selected."""

from pathlib import Path

import pytest

from fastapi_lint.config import CONFIG_KEYS, Config, ConfigError, Overrides, Selection, find_config, read_config
from fastapi_lint.findings import Confidence, RuleInfo, Severity
from fastapi_lint.selection import Selectors, select_rules, severities
from fastapi_lint.small_files import LARGEST
from tests.conftest import MakeTree

_RULES = (
    RuleInfo("FL101", "pydantic-v1-config-class", "pydantic", Severity.WARNING, "…"),
    RuleInfo("FL401", "python-operator-in-where", "queries", Severity.ERROR, "…"),
    RuleInfo("FL402", "n-plus-one-relationship", "queries", Severity.WARNING, "…"),
    RuleInfo("FL407", "unbounded-list-endpoint", "queries", Severity.WARNING, "…", status="preview"),
    RuleInfo("FL703", "layer-violation", "architecture", Severity.WARNING, "…", status="off"),
)


def config_of(make_tree: MakeTree, text: str | bytes, name: str = "fastapi-lint.toml") -> Config:
    return read_config(make_tree({name: text}) / name)


def selected(*layers: Selection, preview: bool = False) -> list[str]:
    return [rule.code for rule in select_rules(Config(selections=layers, preview=preview), _RULES)]


# reading


def test_every_key_is_read(make_tree: MakeTree) -> None:
    config = config_of(
        make_tree,
        """
        select = ["FL4", "pydantic"]
        ignore = ["FL401"]
        extend-select = ["FL703"]
        exclude = ["gen"]
        extend-exclude = ["old"]
        preview = true
        min-confidence = "heuristic"
        known-blocking = ["app.legacy.call"]
        known-offload = ["app.pool.run"]
        app-only = []
        baseline = "baseline.json"
        cache-dir = ".cache/lint"
        [per-file-ignores]
        "app/old/*" = ["FL402"]
        [severity]
        FL4 = "info"
        [versions]
        fastapi = "0.115.0"
        """,
    )
    assert config.path is not None
    assert config.base == config.path.parent
    assert config == Config(
        path=config.path,
        base=config.base,
        selections=(Selection(("FL4", "pydantic"), ("FL703",), ("FL401",), config.path),),
        per_file_ignores={"app/old/*": ("FL402",)},
        exclude=("gen",),
        extend_exclude=("old",),
        preview=True,
        min_confidence=Confidence.HEURISTIC,
        severity={"FL4": Severity.INFO},
        known_blocking=("app.legacy.call",),
        known_offload=("app.pool.run",),
        app_only=(),
        versions={"fastapi": "0.115.0"},
        baseline=config.base / "baseline.json",
        cache_dir=config.base / ".cache/lint",
    )


def test_every_key_has_a_field() -> None:
    fields = {field.replace("_", "-") for field in (*Config.__struct_fields__, *Selection.__struct_fields__)}
    assert set(CONFIG_KEYS) <= fields


def test_a_pyproject_holds_its_own_section(make_tree: MakeTree) -> None:
    text = '[project]\nname = "x"\n[tool.fastapi-lint]\nselect = ["FL4"]\n'
    assert config_of(make_tree, text, "pyproject.toml").selections[0].select == ("FL4",)


def test_a_byte_order_mark_does_no_harm(make_tree: MakeTree) -> None:
    assert config_of(make_tree, b"\xef\xbb\xbfpreview = true\n").preview


@pytest.mark.parametrize(
    ("text", "message", "row"),
    [
        ('\nselct = ["FL4"]', "unknown key `selct`; did you mean `select`?", 2),
        ('per_file_ignores = {"a" = ["FL4"]}', "unknown key `per_file_ignores`; did you mean `per-file-ignores`?", 1),
        ("zzz = 1", "unknown key `zzz`; expected one of `app-only`, `baseline`", 1),
        ('select = "FL4"', "`select` must be an array of strings, not a string", 1),
        ("select = [1]", "`select` must be an array of strings, but holds a number", 1),
        ('preview = "yes"', "`preview` must be true or false, not a string", 1),
        ("preview = 1", "`preview` must be true or false, not a number", 1),
        ("baseline = 1979-05-27", "`baseline` must be a string, not a date or time", 1),
        ('min-confidence = "sure"', "`min-confidence` must be one of `exact`, `inferred`, `heuristic`, not `sure`", 1),
        ('severity = ["FL4"]', "`severity` must be a table, not an array", 1),
        ('[severity]\nFL4 = "bad"', "`severity` entry `FL4` must be one of `error`, `warning`, `info`, not `bad`", 1),
        ('[per-file-ignores]\n"a" = "FL4"', "entry `a` must be an array of strings, not a string", 1),
        ('session-providers = {"acme.open" = "asyn"}', "must be one of `async`, `sync`, not `asyn`", 1),
        (
            'layers = ["api", "2 services"]',
            "names of modules such as `api`, or `services | service`, not `2 services`",
            1,
        ),
        ('layers = ["api", "services | api"]', "must name each layer once, but names `api` twice", 1),
        ('known-blocking = ["app legacy"]', "dotted names such as `package.module.function`, not `app legacy`", 1),
        ("select = [", "is not valid TOML", 1),
        ("a = 1\na = 2", "is not valid TOML", 2),
    ],
)
def test_what_is_wrong_is_named_with_its_file_key_and_row(
    make_tree: MakeTree, text: str, message: str, row: int
) -> None:
    with pytest.raises(ConfigError) as caught:
        config_of(make_tree, text)
    assert message in caught.value.message
    assert caught.value.row == row
    assert "fastapi-lint.toml" in str(caught.value)


def test_a_config_of_deep_nesting_is_an_error_and_no_crash(make_tree: MakeTree) -> None:
    with pytest.raises(ConfigError):
        config_of(make_tree, f"select = {'[' * 100_000}")


def test_a_config_that_is_not_utf8_is_an_error(make_tree: MakeTree) -> None:
    with pytest.raises(ConfigError, match="not valid UTF-8"):
        config_of(make_tree, b"select = ['\xff']")


def test_a_section_that_is_no_table_is_an_error(make_tree: MakeTree) -> None:
    with pytest.raises(ConfigError, match="must be a table"):
        config_of(make_tree, "[tool]\nfastapi-lint = 1\n", "pyproject.toml")


@pytest.mark.parametrize("path", ["/tmp/x", "../x", ".", "link/x"])
def test_a_project_cannot_have_the_cache_written_elsewhere(make_tree: MakeTree, path: str) -> None:
    root = make_tree({"fastapi-lint.toml": f'cache-dir = "{path}"'})
    (root / "link").symlink_to("/tmp")
    with pytest.raises(ConfigError, match="`cache-dir` must lie inside"):
        read_config(root / "fastapi-lint.toml")


def test_a_huge_config_is_an_error(make_tree: MakeTree) -> None:
    root = make_tree({"fastapi-lint.toml": ""})
    with (root / "fastapi-lint.toml").open("wb") as stream:
        stream.truncate(LARGEST + 1)
    with pytest.raises(ConfigError, match="larger than 4 MiB"):
        read_config(root / "fastapi-lint.toml")


# finding


def test_the_nearest_config_counts(make_tree: MakeTree) -> None:
    root = make_tree(
        {"fastapi-lint.toml": "", "backend/.fastapi-lint.toml": "", "backend/app/x.py": "", "web/y.py": ""}
    )
    assert find_config(root / "backend/app", root) == root / "backend/.fastapi-lint.toml"
    assert find_config(root / "web", root) == root / "fastapi-lint.toml"


def test_a_pyproject_without_our_section_is_passed_over(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "[tool.fastapi-lint]\n", "app/pyproject.toml": "[tool.ruff]\n"})
    assert find_config(root / "app", root) == root / "pyproject.toml"


def test_a_broken_pyproject_with_our_section_is_not_passed_over(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "[tool.fastapi-lint]\nselect = [\n"})
    assert find_config(root, root) == root / "pyproject.toml"


def test_nothing_above_the_last_directory_is_read(make_tree: MakeTree) -> None:
    root = make_tree({"fastapi-lint.toml": "", "inner/x.py": ""})
    assert find_config(root / "inner", root / "inner") is None


def test_the_command_line_lies_above_the_file() -> None:
    config = Config(preview=True, extend_exclude=("a",), min_confidence=Confidence.HEURISTIC)
    changed = Overrides(preview=False, extend_exclude=("b",), select=("FL4",)).apply(config)
    assert not changed.preview
    assert changed.extend_exclude == ("a", "b")
    assert changed.min_confidence is Confidence.HEURISTIC
    assert changed.selections == (Selection(("FL4",)),)
    assert Overrides().apply(config) == config


# selecting


def test_stable_rules_run_by_default() -> None:
    assert selected() == ["FL101", "FL401", "FL402"]


@pytest.mark.parametrize(
    ("selector", "codes"),
    [
        ("FL402", ["FL402"]),
        ("fl402", ["FL402"]),
        ("n-plus-one-relationship", ["FL402"]),
        ("FL4", ["FL401", "FL402"]),
        ("queries", ["FL401", "FL402"]),
        ("orm", []),
        ("ALL", ["FL101", "FL401", "FL402", "FL703"]),
    ],
)
def test_selectors_are_codes_names_prefixes_families_and_all(selector: str, codes: list[str]) -> None:
    assert selected(Selection((selector,))) == codes


def test_the_most_specific_selector_wins() -> None:
    assert selected(Selection(("FL402",), (), ("FL4",))) == ["FL402"]
    assert selected(Selection(("FL4",), (), ("FL402",))) == ["FL401"]
    assert selected(Selection(("ALL",), (), ("queries",))) == ["FL101", "FL703"]


def test_ignore_wins_over_select_of_the_same_kind() -> None:
    assert selected(Selection(("FL402",), (), ("FL402",))) == []


def test_a_layer_that_selects_starts_afresh_and_one_that_extends_does_not() -> None:
    below = Selection(("FL1",), (), ("FL402",))
    assert selected(below, Selection(("FL4",))) == ["FL401", "FL402"]
    assert selected(below, Selection(None, ("FL401",))) == ["FL101", "FL401"]
    assert selected(below, Selection(None, (), ("FL101",))) == []


def test_rules_in_preview_need_preview() -> None:
    assert "FL407" in selected(Selection(("FL4",)), preview=True)
    without = select_rules(Config(selections=(Selection(("FL407",)),)), _RULES)
    assert list(without) == []
    assert without.without_effect == ("FL407",)


@pytest.mark.parametrize(
    ("selector", "hint"),
    [("FL999", ""), ("quries", "did you mean `queries`"), ("n-plus-one", "n-plus-one-relationship"), ("", "")],
)
def test_a_selector_that_means_nothing_is_an_error(selector: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        selected(Selection((selector,), origin=Path("x.toml")))
    assert f"unknown rule selector `{selector}`" in str(caught.value)
    assert hint in str(caught.value)
    assert str(caught.value).startswith("x.toml: ")


def test_the_most_specific_severity_wins() -> None:
    given = {"FL402": Severity.INFO, "ALL": Severity.ERROR, "queries": Severity.WARNING}
    assert severities(Config(severity=given), _RULES) == {
        "FL101": Severity.ERROR,
        "FL401": Severity.WARNING,
        "FL402": Severity.INFO,
        "FL407": Severity.WARNING,
        "FL703": Severity.ERROR,
    }


def test_selectors_expand_to_codes() -> None:
    assert Selectors(_RULES).expand(["FL1", "FL402"]) == {"FL101", "FL402"}

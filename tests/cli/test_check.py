"""The command line: arguments, exit codes, and what goes to which stream."""

import json
import os
import pty
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

from fastapi_lint.cli import agent
from fastapi_lint.cli.check import command
from fastapi_lint.cli.group import COMMANDS
from fastapi_lint.cli.progress import progress_bar
from tests.conftest import MakeTree, Run, RunCli, UseRules
from tests.shell_rules import Fails

pytestmark = pytest.mark.usefixtures("shell_rules_only")
_FILES = {"pyproject.toml": "", "app/a.py": "import fastapi\n\nasync def f(): ...\n", "app/b.py": "x = 1\n"}
_CLEAN = {"pyproject.toml": "", "a.py": "import fastapi\n"}
_LINE = "app/a.py:3:11: FL290 [async-function] `f` is async\n"


# arguments and exit codes


@pytest.mark.parametrize("arguments", [["app"], ["check", "app"], ["--no-cache", "app"], ["app", "--no-cache"]])
def test_check_is_the_default_command(run_cli: RunCli, make_tree: MakeTree, arguments: list[str]) -> None:
    run = run_cli(*arguments, "--output-format", "concise", "-q", cwd=make_tree(_FILES))
    assert run == (1, _LINE, "")


def test_the_working_directory_is_the_default_path(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree(_FILES)
    assert run_cli(cwd=root).code == 1
    assert run_cli(cwd=root).out == run_cli("check", ".", cwd=root).out


def test_a_clean_project_exits_with_zero(run_cli: RunCli, make_tree: MakeTree) -> None:
    assert run_cli(cwd=make_tree(_CLEAN)) == (0, "No findings in 1 file.\n", "")
    assert run_cli("--quiet", cwd=make_tree(_CLEAN)) == (0, "", "")


def test_exit_zero_forgives_findings_but_no_errors(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree(_FILES)
    assert run_cli("--exit-zero", cwd=root).code == 0
    (root / "bad.py").write_text("(")
    assert run_cli("--exit-zero", cwd=root).code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "no such file or directory"),
        (["chekc"], "`chekc` is neither a command nor a path; did you mean `check`?"),
        (["lua/rule"], "no such file or directory"),
        (["--select", "FL999"], "unknown rule selector `FL999`"),
        (["--select", ","], "the list is empty"),
        (["--output-format", "xml"], "'xml' is not one of"),
        (["--jobs", "-1"], "'-1' is not a number of processes"),
        (["--jobs", "two"], "'two' is not a number of processes"),
        (["--config", "no.toml"], "no.toml"),
        (["--config", "pyproject.toml", "--isolated"], "exclude each other"),
        (["--write-baseline", "--add-suppressions"], "--write-baseline and --add-suppressions exclude each other"),
        (["--show-files", "--show-settings"], "--show-files and --show-settings exclude each other"),
        (["agent", "chek"], "there is no command `chek`; did you mean `check`?"),
        (["add", "zzz"], "there is no command `zzz`"),
        (["--baseline", "no.json"], "no.json: cannot be read: No such file or directory; --write-baseline writes one"),
        (["--write-baseline", "pyproject.toml"], "is no baseline"),
        (["--nonsense"], "No such option"),
        (["-"], "needs --stdin-filename"),
        (["rule", "FL000"], "there is no rule"),
    ],
)
def test_a_wrong_use_is_said_on_stderr_and_exits_with_two(
    run_cli: RunCli, make_tree: MakeTree, arguments: list[str], message: str
) -> None:
    run = run_cli(*arguments, cwd=make_tree(_FILES | {"pyproject.toml": "[project]\n"}))
    assert (run.code, run.out) == (2, "")
    assert message in run.err
    assert "Traceback" not in run.err


def test_a_wrong_config_is_a_finding_and_a_line_on_stderr(run_cli: RunCli, make_tree: MakeTree) -> None:
    run = run_cli("--output-format", "json", cwd=make_tree(_FILES | {"fastapi-lint.toml": "selct = []"}))
    assert run.code == 2
    assert [item["code"] for item in json.loads(run.out)] == ["FL004"]
    assert run.err == "error: fastapi-lint.toml: unknown key `selct`; did you mean `select`?\n"


def test_a_rule_that_fails_is_named_and_exits_with_two(
    run_cli: RunCli, make_tree: MakeTree, use_rules: UseRules
) -> None:
    use_rules(Fails())
    run = run_cli("--output-format", "concise", cwd=make_tree(_FILES))
    assert run.code == 2
    assert "before the failure" in run.out
    assert run.err.startswith("error: FL990 (fails) failed at shell_rules.py:")
    assert "Traceback" not in run.err


def test_selectors_are_given_in_commas_or_again(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree(_FILES)
    assert run_cli("--select", "orm,FL290", cwd=root).code == 1
    assert run_cli("--select", "orm", "--select", "async-function", cwd=root).code == 1
    assert run_cli("--select", "orm, pydantic", cwd=root).code == 0
    assert run_cli("--ignore", "async", cwd=root).code == 0


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KeyboardInterrupt(), Run(130, "", "\ninterrupted\n")),
        (
            RuntimeError("lost\x1b[2J"),
            Run(2, "", "error: internal error: RuntimeError: lost\\x1b[2J (--verbose shows where)\n"),
        ),
    ],
    ids=["interrupted", "failed"],
)
def test_nothing_ends_in_a_traceback(
    run_cli: RunCli, make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch, error: BaseException, expected: Run
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr("fastapi_lint.api.check_project", fail)
    assert run_cli(cwd=make_tree(_FILES)) == expected


# streams


@pytest.mark.parametrize("output_format", ["json", "json-lines", "sarif", "github", "gitlab", "junit", "markdown"])
def test_notices_never_mix_with_the_output_for_programs(
    run_cli: RunCli, make_tree: MakeTree, output_format: str
) -> None:
    root = make_tree(_FILES | {"app/a.py": "async def f(): ...\n"})
    run = run_cli("--output-format", output_format, cwd=root)
    assert run.err.startswith("note: this project imports neither")
    assert "this project imports" not in run.out or output_format == "sarif"
    assert run_cli("--output-format", output_format, "--quiet", cwd=root).err == ""


def test_the_format_can_come_from_the_environment(
    run_cli: RunCli, make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree(_FILES)
    run_cli(cwd=root)
    monkeypatch.setenv("FASTAPI_LINT_OUTPUT_FORMAT", "concise")
    assert run_cli("-q", cwd=root).out == _LINE


def test_the_output_can_go_to_a_file(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree(_FILES)
    run = run_cli("--output-format", "json", "-o", "reports/out.json", cwd=root)
    assert (run.code, run.out) == (1, "")
    assert json.loads((root / "reports/out.json").read_text())[0]["code"] == "FL290"
    assert "cannot be written" in run_cli("-o", "app/a.py/out", cwd=root).err


def test_an_output_file_is_written_as_a_whole_or_stays(
    run_cli: RunCli, make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree({**_FILES, "out.txt": "before"})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        run = run_cli("-o", "out.txt", cwd=root)
    assert (run.code, run.err) == (2, "Error: out.txt: cannot be written: No space left on device\n")
    assert (root / "out.txt").read_text() == "before"
    (root / "link").symlink_to("out.txt")
    run_cli("-q", "--output-format", "concise", "-o", "link", cwd=root)
    assert (root / "link").is_symlink()
    assert (root / "out.txt").read_text() == _LINE
    assert sorted(path.name for path in root.iterdir() if "out" in path.name) == ["out.txt"]


def test_a_device_or_a_pipe_gets_the_output(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "app.py": "("})
    options = ("-q", "--output-format", "concise")
    said = _main(root, *options).stdout
    assert "FL001" in said
    assert _main(root, *options, "-o", "/dev/stdout").stdout == said
    assert _main(root, *options, "-o", "/dev/stderr").stderr == said
    with (root / "log").open("w") as log:
        log.write("before\n")
        log.flush()
        command_line = [sys.executable, "-m", "fastapi_lint", "--no-cache", *options, "-o", "/dev/stdout"]
        subprocess.run(command_line, cwd=root, stdout=log, check=False)
    assert (root / "log").read_text() == f"before\n{said}"
    assert _main(root, *options, "-o", os.devnull).stdout == ""
    assert Path(os.devnull).is_char_device()


def test_colour_is_for_terminals_or_on_demand(
    run_cli: RunCli, make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree(_FILES)
    assert "\x1b" not in run_cli(cwd=root).out
    assert "\x1b" in run_cli("--color", "always", cwd=root).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in _main(root).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in _main(root).stdout
    assert "\x1b" not in run_cli("--color", "always", "-o", "out.txt", cwd=root).out
    assert "\x1b" not in (root / "out.txt").read_text()


def _main(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command_line = [sys.executable, "-m", "fastapi_lint", "--no-cache", *arguments]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "checkers")}
    return subprocess.run(command_line, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_text_survives_a_terminal_that_speaks_ascii(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_tree({"pyproject.toml": "", "é\n\x1b.py": "(\n"})
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    run = _main(root, "--output-format", "concise")
    assert run.returncode == 2
    assert run.stdout.startswith("\\xe9\\x0a\\x1b.py:1:1: FL001")
    assert json.loads(_main(root, "--output-format", "json").stdout)[0]["filename"] == "é\n\x1b.py"


def test_a_reader_that_goes_away_ends_the_run_quietly(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", **{f"{number}.py": "(\n" for number in range(2000)}})
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as stdout:
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "checkers")}
        run = subprocess.run(
            [sys.executable, "-m", "fastapi_lint", "--no-cache", "-q"],
            cwd=root,
            env=environment,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert "Traceback" not in run.stderr
    assert "Exception" not in run.stderr


def test_a_terminal_sees_progress_only_when_work_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as watched, os.fdopen(follower, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress_bar(shown=True) as progress:
            progress.step("reading files", 1, 2)
        os.set_blocking(watched.fileno(), False)
        assert watched.read() is None
        monkeypatch.setattr("fastapi_lint.cli.progress.PATIENCE", -1)
        with progress_bar(shown=True) as progress:
            progress.step("reading [b]files", 1, 2)
        assert b"reading [b]files" in (watched.read() or b"")
        with progress_bar(shown=False) as progress:
            progress.step("reading files", 1, 2)
        assert watched.read() is None


def test_no_terminal_sees_no_progress(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("fastapi_lint.cli.progress.PATIENCE", -1)
    with progress_bar(shown=True) as progress:
        progress.step("reading files", 1, 2)
    assert capfd.readouterr() == ("", "")


# showing


def test_show_files_lists_what_would_be_reported(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree(_FILES | {"other/c.py": "", "new\nline.py": ""})
    assert run_cli("--show-files", "app", cwd=root) == (0, "app/a.py\napp/b.py\n", "")
    assert "new\\x0aline.py\n" in run_cli("--show-files", cwd=root).out
    assert run_cli("--show-files", "--exclude", "app,other", cwd=root).out == "new\\x0aline.py\n"


def test_show_settings_says_where_they_come_from(run_cli: RunCli, make_tree: MakeTree) -> None:
    config = 'select = ["FL2"]\nknown-blocking = ["a.b"]\n[severity]\nasync = "error"\n'
    run = run_cli("--show-settings", "--preview", cwd=make_tree(_FILES | {"fastapi-lint.toml": config}))
    assert run.code == 0
    assert "/fastapi-lint.toml\n" in run.out
    assert "# rules: FL290, FL291\n" in run.out
    assert 'known-blocking = ["a.b"]\n' in run.out
    assert '[severity]\n"async" = "error"\n' in run.out
    assert "preview = true\n" in run.out


def test_statistics_replace_the_findings(run_cli: RunCli, make_tree: MakeTree) -> None:
    assert run_cli("--statistics", cwd=make_tree(_FILES)) == (1, "1  FL290  async-function\n", "")


def test_verbose_tells_more_on_stderr(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree(_FILES)
    (root / "link.py").symlink_to("/etc/hostname")
    assert "symbolic link" not in run_cli(cwd=root).err
    assert "link.py: not read: it is a symbolic link that leads out of the project" in _main(root, "--verbose").stderr


# old projects


def test_a_baseline_is_written_and_then_hides_what_is_old(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree(_FILES)
    run = run_cli("--write-baseline", cwd=root)
    assert run.code == 0
    assert run.err == f"note: accepted 1 finding in {root}/fastapi-lint-baseline.json\n"
    baselined = run_cli("--baseline", "fastapi-lint-baseline.json", cwd=root)
    assert baselined == (0, "No findings in 2 files (1 in the baseline).\n", "")
    (root / "app/b.py").write_text("async def g(): ...\n")
    assert "app/b.py" in run_cli("--baseline", "fastapi-lint-baseline.json", cwd=root).out


def test_a_path_after_write_baseline_is_not_overwritten(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree(_FILES)
    assert run_cli("--write-baseline", "app", cwd=root).code == 0
    assert run_cli("--write-baseline", "app/a.py", cwd=root).code == 0
    assert (root / "app/a.py").read_text() == _FILES["app/a.py"]
    assert run_cli("--write-baseline", "mine.json", "app", cwd=root).code == 0
    assert (root / "mine.json").read_bytes() == (root / "fastapi-lint-baseline.json").read_bytes()


def test_suppressions_are_added_on_demand(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree(_FILES)
    run = run_cli("--add-suppressions", cwd=root)
    assert (run.code, run.err) == (0, "note: added suppressions for 1 finding\n")
    assert (root / "app/a.py").read_text().endswith("async def f(): ...  # fastapi-lint: ignore[FL290]\n")
    assert run_cli(cwd=root).out == "No findings in 2 files (1 suppressed).\n"


def test_standard_input_is_checked_under_its_name(make_tree: MakeTree) -> None:
    root = make_tree(_FILES)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "checkers")}
    for arguments in (["--stdin-filename", "app/b.py"], ["-", "--stdin-filename", "app/b.py"]):
        run = subprocess.run(
            [sys.executable, "-m", "fastapi_lint", "--no-cache", "-q", "--output-format", "concise", *arguments],
            cwd=root,
            env=environment,
            input="(\n",
            capture_output=True,
            text=True,
            check=False,
        )
        assert (run.returncode, run.stdout[:22]) == (2, "app/b.py:1:1: FL001 [u")


# help


@pytest.mark.parametrize(
    "arguments", [["--help"], ["check", "--help"], ["rule", "--help"], ["agent", "check", "-h"], ["-h"]]
)
def test_help_fits_into_80_columns(
    run_cli: RunCli, make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run = run_cli(*arguments, cwd=make_tree({}))
    assert run.code == 0
    assert run.out.startswith("Usage: fastapi-lint")
    assert max(len(line) for line in run.out.splitlines()) <= 80


def test_every_option_of_check_has_a_help_and_a_section() -> None:
    for parameter in command.params:
        if parameter.param_type_name == "option":
            assert getattr(parameter, "help", None), parameter.name
            assert getattr(parameter, "section", None), parameter.name


def test_the_commands_are_those_of_their_modules() -> None:
    assert all(find_spec(f"fastapi_lint.cli.{name}") for name in COMMANDS)
    assert all(find_spec(f"fastapi_lint.cli.agent.{name}") for name in agent.COMMANDS)


def test_the_version_is_that_of_the_distribution(run_cli: RunCli, make_tree: MakeTree) -> None:
    assert run_cli("--version", cwd=make_tree({})).out == f"fastapi-lint {version('fastapi-lint')}\n"

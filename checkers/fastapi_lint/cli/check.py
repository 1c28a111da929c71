"""``fastapi-lint check``: check a project and report what is wrong at the given paths."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from fastapi_lint.cli.options import (
    COMMA_LIST,
    EXISTING_FILE,
    FILE,
    NUMBER_OF_JOBS,
    PATH,
    SectionCommand,
    joined,
    option,
)
from fastapi_lint.cli.streams import say, wants_color, write_output
from fastapi_lint.findings import Confidence
from fastapi_lint.reporters import OutputFormat
from fastapi_lint.terminal import counted

if TYPE_CHECKING:
    from fastapi_lint.findings import Report
    from fastapi_lint.resolution import CheckOptions

CLEAN: Final = 0
FINDINGS: Final = 1
ERROR: Final = 2

_RULES = "Rules"
_FILES = "Files"
_OUTPUT = "Output"
_ADOPT = "Adopting the tool on an old project"
_CONFIG = "Configuration"


class _Output(NamedTuple):
    """How to say what was found."""

    output_format: OutputFormat
    file: Path | None
    color: str
    quiet: bool
    verbose: bool
    statistics: bool
    exit_zero: bool


@click.command(cls=SectionCommand, options_metavar="[OPTIONS]")
@click.argument("paths", nargs=-1, type=PATH, metavar="[PATH]...")
@option(
    _RULES,
    "--select",
    multiple=True,
    type=COMMA_LIST,
    metavar="RULES",
    help="Rules to run: codes, prefixes, families, names or ALL, in commas.",
)
@option(_RULES, "--ignore", multiple=True, type=COMMA_LIST, metavar="RULES", help="Rules not to run.")
@option(
    _RULES,
    "--extend-select",
    multiple=True,
    type=COMMA_LIST,
    metavar="RULES",
    help="Rules to run on top of the others.",
)
@option(_RULES, "--preview/--no-preview", default=None, help="Allow rules that are not stable yet.")
@option(
    _RULES,
    "--min-confidence",
    type=click.Choice([item.value for item in Confidence]),
    metavar="LEVEL",
    help="Report findings that are at least: exact, inferred (default) or heuristic.",
)
@option(
    _FILES,
    "--exclude",
    multiple=True,
    type=COMMA_LIST,
    metavar="PATTERNS",
    help="Leave these paths out, in place of the default list.",
)
@option(
    _FILES,
    "--extend-exclude",
    multiple=True,
    type=COMMA_LIST,
    metavar="PATTERNS",
    help="Leave these paths out as well.",
)
@option(_FILES, "--force-exclude", is_flag=True, help="Leave excluded paths out even when they are named.")
@option(_FILES, "--stdin-filename", type=PATH, metavar="FILE", help="Read the content of FILE from standard input.")
@option(_FILES, "--show-files", is_flag=True, help="List the files that would be checked, and stop.")
@option(
    _OUTPUT,
    "--output-format",
    type=click.Choice([item.value for item in OutputFormat]),
    default=OutputFormat.FULL.value,
    envvar="FASTAPI_LINT_OUTPUT_FORMAT",
    metavar="FORMAT",
    help="full (default), concise, grouped, json, json-lines, sarif, github, gitlab, junit or markdown.",
)
@option(_OUTPUT, "-o", "--output-file", type=FILE, metavar="FILE", help="Write the findings to FILE.")
@option(_OUTPUT, "--statistics", is_flag=True, help="Show how often each rule was reported.")
@option(_OUTPUT, "-e", "--exit-zero", is_flag=True, help="Exit with 0 even when there are findings.")
@option(
    _OUTPUT,
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    metavar="WHEN",
    help="auto (default), always or never.",
)
@option(_OUTPUT, "-q", "--quiet", is_flag=True, help="Print findings only.")
@option(_OUTPUT, "-v", "--verbose", is_flag=True, help="Tell what is done on standard error.")
@option(_ADOPT, "--baseline", type=FILE, metavar="FILE", help="Report only findings that FILE does not accept.")
@option(
    _ADOPT,
    "--write-baseline",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[FILE]",
    help="Accept all findings: write them to the baseline.",
)
@option(_ADOPT, "--add-suppressions", is_flag=True, help="Add a suppression comment for each finding.")
@option(_CONFIG, "--config", type=EXISTING_FILE, metavar="FILE", help="Use this config file.")
@option(_CONFIG, "--isolated", is_flag=True, help="Ignore all config files.")
@option(_CONFIG, "--show-settings", is_flag=True, help="Show the settings of this run, and stop.")
@option(_CONFIG, "-n", "--no-cache", is_flag=True, help="Neither read nor write the cache.")
@option(
    _CONFIG, "--cache-dir", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Keep the cache here."
)
@option(
    _CONFIG,
    "-j",
    "--jobs",
    type=NUMBER_OF_JOBS,
    default=0,
    metavar="N",
    help="Processes to use; 0 (default) is one for each core.",
)
@click.pass_context
def command(context: click.Context, /, paths: tuple[Path, ...], **given: Any) -> int:
    """Check a project and report what is wrong at the given paths.

    The whole project around the paths is read, so that a finding can follow a
    request through all of its files. PATH defaults to the working directory.
    """
    context.color = True
    _refuse_two_of(given)
    output = _Output(
        OutputFormat(given["output_format"]),
        given["output_file"],
        given["color"],
        given["quiet"],
        given["verbose"],
        given["statistics"],
        given["exit_zero"],
    )
    if output.verbose:
        _log_to_stderr()
    paths, baseline = _paths_and_baseline(paths, given["write_baseline"])
    options = _options(paths, given)
    return _guarded(lambda: _run(paths, options, output, baseline, given), output.color)


def _refuse_two_of(given: dict[str, Any]) -> None:
    """Refuse options of which a run could only do one."""
    for first, second in (
        ("--write-baseline", "--add-suppressions"),
        ("--show-files", "--show-settings"),
        ("--config", "--isolated"),
    ):
        if all(given[name[2:].replace("-", "_")] not in {None, False} for name in (first, second)):
            raise click.UsageError(f"{first} and {second} exclude each other")


def _run(
    paths: tuple[Path, ...], options: "CheckOptions", output: _Output, baseline: Path | None, given: dict[str, Any]
) -> int:
    if given["show_files"] or given["show_settings"]:
        from fastapi_lint.cli.show import show_files, show_settings  # noqa: PLC0415

        text = (show_settings if given["show_settings"] else show_files)(paths, options)
        write_output(text, output.file, as_utf8=False)
        return CLEAN
    from fastapi_lint import api  # noqa: PLC0415
    from fastapi_lint.cli.progress import progress_bar  # noqa: PLC0415

    with progress_bar(shown=not output.quiet) as progress:
        if given["write_baseline"] is not None:
            accepted = api.accept_findings(paths, options, baseline or given["baseline"])
            report = accepted.report
            say("note", f"accepted {counted(accepted.count, 'finding')} in {accepted.file}", color=output.color)
        elif given["add_suppressions"]:
            report, added = api.add_suppressions(paths, options)
            say("note", f"added suppressions for {counted(added, 'finding')}", color=output.color)
        else:
            report = api.check_project(paths, options, progress=progress.step)
    return _tell(report, output)


def _tell(report: "Report", output: _Output) -> int:
    from fastapi_lint.reporters import render, render_statistics  # noqa: PLC0415

    color = output.file is None and wants_color(output.color)
    if output.statistics:
        text = render_statistics(report, output.output_format, color=color)
    else:
        text = render(report, output.output_format, color=color, with_summary=not output.quiet)
    write_output(text, output.file, as_utf8=not output.output_format.is_text)
    if not output.quiet:
        for notice in report.notices:
            say("note", notice, color=output.color)
    for error in report.errors:
        say("error", error, color=output.color)
    if not report.complete:
        return ERROR
    return FINDINGS if report.findings and not output.exit_zero else CLEAN


def _options(paths: tuple[Path, ...], given: dict[str, Any]) -> "CheckOptions":
    from fastapi_lint.config import Overrides  # noqa: PLC0415
    from fastapi_lint.resolution import CheckOptions  # noqa: PLC0415

    stdin_filename: Path | None = given["stdin_filename"]
    if stdin_filename is None and Path("-") in paths:
        raise click.UsageError("`-` needs --stdin-filename: the project is found from the name of the file")
    select = joined(given["select"])
    exclude = joined(given["exclude"])
    confidence = given["min_confidence"]
    return CheckOptions(
        overrides=Overrides(
            select=select or None,
            extend_select=joined(given["extend_select"]),
            ignore=joined(given["ignore"]),
            exclude=exclude or None,
            extend_exclude=joined(given["extend_exclude"]),
            preview=given["preview"],
            min_confidence=Confidence(confidence) if confidence else None,
            baseline=given["baseline"].absolute() if given["baseline"] else None,
            cache_dir=given["cache_dir"].absolute() if given["cache_dir"] else None,
        ),
        config_path=given["config"],
        isolated=given["isolated"],
        use_cache=not given["no_cache"],
        force_exclude=given["force_exclude"],
        jobs=given["jobs"],
        stdin=sys.stdin.buffer.read() if stdin_filename else None,
        stdin_filename=stdin_filename,
    )


def _paths_and_baseline(paths: tuple[Path, ...], value: str | None) -> tuple[tuple[Path, ...], Path | None]:
    """Return the paths and the baseline file that was named; a path of the project after the option is just a path."""
    if not value:
        return paths, None
    named = Path(value)
    if named.is_dir() or named.suffix == ".py":
        return (named, *paths), None
    return paths, named


def _guarded(action: Callable[[], int], color: str) -> int:
    """Return what the action returns; an expected error is one line, an unexpected one names itself."""
    from fastapi_lint.baseline import BaselineError  # noqa: PLC0415
    from fastapi_lint.config import ConfigError  # noqa: PLC0415
    from fastapi_lint.roots import PathError  # noqa: PLC0415

    try:
        return action()
    except (PathError, BaselineError, ConfigError) as error:
        say("error", str(error), color=color)
    except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:
        import logging  # noqa: PLC0415

        logging.getLogger("fastapi_lint").debug("internal error", exc_info=True)
        say("error", f"internal error: {type(error).__name__}: {error} (--verbose shows where)", color=color)
    return ERROR


def _log_to_stderr() -> None:
    import logging  # noqa: PLC0415

    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")

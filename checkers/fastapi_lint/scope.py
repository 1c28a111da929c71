"""Says where rules report: in the asked paths, in application code only for some, and not where a file is exempt."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from fastapi_lint.config import Config, ConfigError
from fastapi_lint.file_kinds import FileKind
from fastapi_lint.findings import RuleInfo
from fastapi_lint.gitignore import IgnoreRules
from fastapi_lint.resolution import Resolved
from fastapi_lint.selection import Selectors


class Scope:
    """Where the rules of one run report; ``asked_keys`` are the modules at the asked paths."""

    def __init__(self, resolved: Resolved, rules: Sequence[RuleInfo]) -> None:
        files = resolved.tree.files
        self._kinds = {file.key: file.kind for file in files}
        self.asked_keys = resolved.asked_keys()
        self.is_whole = len(self.asked_keys) == len(files)
        config = resolved.config
        selectors = Selectors(rules)
        with _naming(config, "app-only"):
            self._app_only = selectors.expand(config.app_only)
        with _naming(config, "per-file-ignores"):
            self._exempt = [
                (_file_pattern(pattern, resolved), selectors.expand(ignored))
                for pattern, ignored in config.per_file_ignores.items()
            ]

    def reports(self, rule: RuleInfo, key: str) -> bool:
        """Return whether a rule may report in a file."""
        if rule.code in self._app_only and self._kinds.get(key) not in {FileKind.APP, None}:
            return False
        return not any(rule.code in codes and matches(key) for matches, codes in self._exempt)


@contextmanager
def _naming(config: Config, key: str) -> Iterator[None]:
    """Add the config file and the key to errors about selectors."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"`{key}`: {error.message}", config.path) from None


def _file_pattern(pattern: str, resolved: Resolved) -> Callable[[str], bool]:
    """Return a test of keys for a pattern relative to the config; one that starts with ``!`` means all other files."""
    base = resolved.config.base or resolved.project.root
    root = resolved.project.root
    negated = pattern.startswith("!")
    above = f"{root.relative_to(base).as_posix()}/" if root != base and root.is_relative_to(base) else ""
    below = f"{base.relative_to(root).as_posix()}/" if root != base and base.is_relative_to(root) else ""
    rules = IgnoreRules([pattern.removeprefix("!").removeprefix("./")], below=below, above=above)

    def matches(key: str) -> bool:
        inside = key.startswith(below)
        return (inside and rules.covers(key)) is not negated

    return matches

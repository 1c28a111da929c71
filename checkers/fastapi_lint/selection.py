"""Decides which rules run: selectors are codes, prefixes of codes, family names, rule names and ``ALL``.

As in Ruff, the most specific selector wins within a layer, and a layer that selects starts afresh.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from fastapi_lint.config import FAMILIES, Config, ConfigError, Selection
from fastapi_lint.config_values import nearest
from fastapi_lint.findings import RuleInfo, Severity

ALL: Final = "ALL"
_FAMILY_SPECIFICITY: Final = 3
_EXACT: Final = 100


class Selectors:
    """The selectors that a set of rules understands."""

    def __init__(self, rules: Iterable[RuleInfo]) -> None:
        self.rules = tuple(rules)
        self._families = {*FAMILIES, *(rule.family for rule in self.rules)}
        self._exact = {name: rule for rule in self.rules for name in (rule.code, rule.name)}

    def match(self, selector: str) -> tuple[RuleInfo, ...]:
        """Return the rules that a selector means, in the order of their codes.

        Raises:
            ConfigError: it means none.

        """
        exact = self._exact.get(selector) or self._exact.get(selector.upper()) or self._exact.get(selector.lower())
        if exact is not None:
            return (exact,)
        if selector.upper() == ALL:
            return self.rules
        if selector.lower() in self._families:
            return tuple(rule for rule in self.rules if rule.family == selector.lower())
        matched = tuple(rule for rule in self.rules if selector and rule.code.startswith(selector.upper()))
        if not matched:
            words = [*self._exact, *self._families, ALL]
            known = nearest(selector, words) if selector else ""
            if "expected one of" in known:
                known = "; expected a code, a prefix such as `FL4`, a family, a rule name or `ALL`"
            raise ConfigError(f"unknown rule selector `{selector}`{known}")
        return matched

    def specificity(self, selector: str) -> int:
        """Return how exactly a selector names rules: a larger number wins over a smaller one."""
        if selector.upper() == ALL:
            return 0
        if selector.lower() in self._families:
            return _FAMILY_SPECIFICITY
        if any(name in self._exact for name in (selector, selector.upper(), selector.lower())):
            return _EXACT
        return len(selector)

    def expand(self, selectors: Iterable[str]) -> frozenset[str]:
        """Return the codes of all rules that the selectors mean."""
        return frozenset(rule.code for selector in selectors for rule in self.match(selector))


class Selected(Sequence[RuleInfo]):
    """The rules that run, in the order of their codes, and the exact selections that had no effect."""

    def __init__(self, rules: Sequence[RuleInfo], without_effect: Sequence[str]) -> None:
        self._rules = tuple(rules)
        self.without_effect = tuple(without_effect)
        self.codes = frozenset(rule.code for rule in rules)

    def __getitem__(self, index: int) -> RuleInfo:  # type: ignore[override]  # slices are not needed
        return self._rules[index]

    def __len__(self) -> int:
        return len(self._rules)


def select_rules(config: Config, rules: Sequence[RuleInfo]) -> Selected:
    """Return the rules that a config selects.

    Raises:
        ConfigError: a selector means no rule.

    """
    selectors = Selectors(rules)
    codes = {rule.code for rule in rules if rule.status == "stable"}
    without_effect: list[str] = []
    for layer in config.selections:
        codes = _apply(layer, codes, selectors)
        if not config.preview:
            exact = [
                item for item in (*(layer.select or ()), *layer.extend_select) if selectors.specificity(item) == _EXACT
            ]
            without_effect += [item for item in exact if selectors.match(item)[0].status == "preview"]
    if not config.preview:
        codes -= {rule.code for rule in rules if rule.status == "preview"}
    return Selected([rule for rule in rules if rule.code in codes], without_effect)


def _apply(layer: Selection, codes: set[str], selectors: Selectors) -> set[str]:
    updates: dict[str, bool] = {}
    chosen = [(item, True) for item in (*(layer.select or ()), *layer.extend_select)]
    chosen += [(item, False) for item in layer.ignore]
    try:
        for selector, wanted in sorted(chosen, key=lambda item: (selectors.specificity(item[0]), not item[1])):
            updates |= dict.fromkeys(selectors.expand([selector]), wanted)
    except ConfigError as error:
        raise ConfigError(error.message, layer.origin) from None
    kept = set() if layer.select is not None else {code for code in codes if updates.get(code, True)}
    return kept | {code for code, wanted in updates.items() if wanted}


def severities(config: Config, rules: Sequence[RuleInfo]) -> Mapping[str, Severity]:
    """Return the severity that the config gives to codes; the most specific selector wins.

    Raises:
        ConfigError: a selector means no rule.

    """
    selectors = Selectors(rules)
    result: dict[str, Severity] = {}
    try:
        for selector in sorted(config.severity, key=selectors.specificity):
            result |= dict.fromkeys(selectors.expand([selector]), config.severity[selector])
    except ConfigError as error:
        raise ConfigError(f"`severity`: {error.message}", config.path) from None
    return result

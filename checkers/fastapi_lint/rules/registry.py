"""Finds the rules: every module below this package, and what other distributions announce.

Nothing registers itself when it is imported; ``load_rules`` returns a value.
"""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from fastapi_lint.rules.announced import announced_rules
from fastapi_lint.rules.base import Rule


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return one instance of each rule, ordered by code.

    Raises:
        ValueError: two rules claim one code or one name.

    """
    rules = sorted((rule_class() for rule_class in _rule_classes()), key=lambda rule: rule.code)
    for identity in ("code", "name"):
        seen: dict[str, Rule] = {}
        for rule in rules:
            other = seen.setdefault(getattr(rule, identity), rule)
            if other is not rule:
                message = f"{type(other).__module__} and {type(rule).__module__} claim one {identity}"
                raise ValueError(message)
    return tuple(rules)


def _rule_classes() -> Iterator[type[Rule]]:
    package = import_module("fastapi_lint.rules")
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = import_module(info.name)
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, Rule)
                and value.__module__ == module.__name__ != Rule.__module__
            ):
                yield value
    for entry_point in announced_rules():
        yield entry_point.load()

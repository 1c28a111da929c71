"""What analyses ask about, as the keys of questions: functions, attributes, variables, and what answers rest on.

A key is a symbol, what is asked of it, and what tells questions about one symbol apart.
"""

from collections.abc import Container
from typing import Final

from fastapi_lint.model.modules import Module
from fastapi_lint.model.questions import Key
from fastapi_lint.model.symbols import Class, Function, Variable

_TOP_LEVEL: Final = -1
_ATTRIBUTE: Final = -2
_VARIABLE: Final = -3
_BODY: Final = -4
_CLASS: Final = -5
"""What is asked; of a function it is the place where it begins, since several may have the same name."""
SCHEMAS: Final[Key] = ("", _CLASS, "")
"""What a schema reads: that depends on other schemas and on mapped classes."""


def of_function(function: Function, own: Class | None) -> Key:
    """Return the key of what a function does on a receiver of the class ``own``."""
    return (function.key, function.facts.start, own.key if own is not None else "")


def of_top_level(module: Module) -> Key:
    """Return the key of what the top level of a module does."""
    return (module.key, _TOP_LEVEL, "")


def of_attribute(of: Class, name: str) -> Key:
    """Return the key of what an attribute of a class or of its objects holds."""
    return (of.key, _ATTRIBUTE, name)


def of_variable(variable: Variable) -> Key:
    """Return the key of what a module-level variable holds."""
    return (f"{variable.module.key}:{variable.name}", _VARIABLE, "")


def of_body(symbol: Function | Class) -> Key:
    """Return the key of what is written inside a function, or inside the methods of a class."""
    return (symbol.key, _BODY, "")


def of_members(of: Class) -> Key:
    """Return the key of what the members of a class are, the inherited ones included."""
    return (of.key, _CLASS, "")


def class_of(key: Key) -> str | None:
    """Return the key of the class whose members are meant, empty for those of all, None for any other subject."""
    return key[0] if key[1] == _CLASS else None


def lies_in(key: Key, modules: Container[str]) -> bool:
    """Return whether a subject lies in one of some modules, or the class of its receiver does."""
    subject, kind, own = key
    return _module_of(subject) in modules or (kind >= 0 and _module_of(own) in modules)


def _module_of(symbol: str) -> str:
    """Return the key of the module in which a symbol is; a module's is its own."""
    return symbol.rpartition(":")[0] or symbol

"""What a constant expression comes to: literals, module constants, class attributes and the defaults of settings."""

from collections import Counter
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import (
    Attribute,
    BinaryOperation,
    Call,
    Constant,
    Expr,
    FormattedString,
    Lambda,
    Name,
    Starred,
    Subscript,
)
from fastapi_lint.model.lexical import Lexical, Local, argument, bindings
from fastapi_lint.model.modules import Module, Symbol
from fastapi_lint.model.symbols import Class, External, Function, Variable

_DEPTH: Final = 12
_FIELDS: Final = frozenset({"pydantic.Field", "pydantic.fields.Field", "dataclasses.field"})
_ENVIRONMENT: Final = frozenset({"os.getenv", "os.environ.get"})
_SETTINGS: Final = frozenset(
    {
        "pydantic_settings.BaseSettings",
        "pydantic.BaseSettings",
        "pydantic.v1.BaseSettings",
        "pydantic_settings.main.BaseSettings",
    }
)


class Constants:
    """Follows names to the expressions that give them their values."""

    def __init__(self, lexical: Lexical) -> None:
        self.lexical = lexical
        self._counts: dict[str, Counter[str]] = {}

    def follow(self, module: Module, expression: Expr, scope: str = "") -> "Source":
        """Return the expression that an expression stands for: itself, or what a name of a constant was given."""
        return self._follow(Source(module, expression, scope), 0)

    def string(self, module: Module, expression: Expr | None, scope: str = "") -> str | None:
        """Return the text that an expression comes to, or None where it is not known."""
        if expression is None:
            return None
        return self._string(Source(module, expression, scope), 0)

    def strings(self, module: Module, expression: Expr, scope: str = "") -> tuple[str, ...] | None:
        """Return the texts of a list, a tuple or a set, or None where one of them is not known."""
        source = self.follow(module, expression, scope)
        items = getattr(source.expression, "items", None)
        if items is None or any(isinstance(item, Starred) for item in items):
            return None
        found = [self.string(source.module, item, source.scope) for item in items]
        return None if None in found else tuple(item for item in found if item is not None)

    def _string(self, source: "Source", depth: int) -> str | None:
        if depth > _DEPTH:
            return None
        source = self._follow(source, depth)
        match source.expression:
            case Constant(value=str(text)):
                return text
            case Constant(value=int(number)) if depth:
                return str(number)
            case FormattedString(parts=parts):
                texts = [self._string(source.at(part), depth + 1) for part in parts]
                return None if None in texts else "".join(text for text in texts if text is not None)
            case BinaryOperation(operator="+", left=left, right=right):
                first, second = self._string(source.at(left), depth + 1), self._string(source.at(right), depth + 1)
                return None if first is None or second is None else first + second
            case _:
                return None

    def _follow(self, source: "Source", depth: int) -> "Source":
        while depth <= _DEPTH:
            following = self._step(source)
            if following is None:
                return source
            source = following
            depth += 1
        return source

    def _step(self, source: "Source") -> "Source | None":
        match source.expression:
            case Name():
                return self._assigned(self.lexical.resolve(source.module, source.expression, source.scope), source)
            case Attribute():
                return self._attribute(source, source.expression)
            case Call(func=func, args=args) as call:
                made_by = self.lexical.resolve(source.module, func, source.scope)
                if isinstance(made_by, External) and made_by.name in _ENVIRONMENT and len(args) == 2:
                    return source.at(args[1], configurable=True)
                if isinstance(made_by, External) and made_by.name in _FIELDS:
                    return self._field_default(source, call)
                return None
            case _:
                return None

    def _field_default(self, source: "Source", call: Call) -> "Source | None":
        factory = call.keyword("default_factory")
        if isinstance(factory, Lambda):
            return source.at(factory.body)
        default = argument(call, 0, "default")
        return None if default is None else source.at(default)

    def _assigned(self, symbol: Symbol | Local | None, source: "Source") -> "Source | None":
        match symbol:
            case Local(value=value) if value is not None:
                return Source(symbol.function.module, value, symbol.function.qualname, source.configurable)
            case Variable(value=value) if value is not None and self._is_bound_once(symbol):
                return Source(symbol.module, value, "", source.configurable)
            case _:
                return None

    def _is_bound_once(self, variable: Variable) -> bool:
        """Return whether a module-level name has one value only, whatever branch runs."""
        counted = self._counts.get(variable.module.key)
        if counted is None:
            counted = Counter(name for name, _ in bindings(variable.module.body))
            self._counts[variable.module.key] = counted
        return counted[variable.name] == 1

    def _attribute(self, source: "Source", expression: Attribute) -> "Source | None":
        whole = self.lexical.resolve(source.module, expression, source.scope)
        if isinstance(whole, Variable):
            return self._assigned(whole, source)
        symbol = self.lexical.resolve(source.module, expression.value, source.scope)
        owner = symbol if isinstance(symbol, Class) else self.class_of(source.module, expression.value, source.scope)
        found = owner.assignment(expression.attr) if owner is not None else None
        if owner is None or found is None:
            return None
        assigning, statement = found
        if statement.value is None:
            return None
        configurable = source.configurable or bool(_SETTINGS & set(owner.external_bases))
        return Source(assigning.module, statement.value, assigning.facts.qualname, configurable)

    def class_of(self, module: Module, expression: Expr, scope: str = "") -> Class | None:
        """Return the project class of which an expression is an instance: ``Class()``, or what a function returns."""
        source = self.follow(module, expression, scope)
        if not isinstance(source.expression, Call):
            return None
        made_by = self.lexical.resolve(source.module, source.expression.func, source.scope)
        match made_by:
            case Class():
                return made_by
            case Function():
                returned = made_by.facts.returns
                if isinstance(returned, Subscript) or returned is None:
                    return None
                symbol = self.lexical.resolve(made_by.module, returned, made_by.facts.parent)
                return symbol if isinstance(symbol, Class) else None
            case _:
                return None


class Source(Struct, frozen=True, eq=False):
    """An expression where it is written; ``configurable`` when it is only the default of a setting."""

    module: Module
    expression: Expr
    scope: str
    configurable: bool = False

    def at(self, expression: Expr, *, configurable: bool = False) -> "Source":
        """Return another expression at the same place."""
        return Source(self.module, expression, self.scope, self.configurable or configurable)

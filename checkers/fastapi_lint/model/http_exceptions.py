"""HTTP exceptions: which classes they are, and the status that a call gives them."""

import re
from http import HTTPStatus
from typing import Final

from fastapi_lint.facts.expressions import Attribute, Call, Constant, Expr, Name
from fastapi_lint.facts.statements import Evaluate, walk_statements
from fastapi_lint.model.lexical import Lexical, Local, argument
from fastapi_lint.model.modules import Module
from fastapi_lint.model.symbols import Class, External, Function, Variable

HTTP_EXCEPTIONS: Final = frozenset({"fastapi.HTTPException", "starlette.exceptions.HTTPException"})
_STATUS: Final = re.compile(r"(?:^|\.)HTTP_(\d{3})_\w+$")


def is_http_exception(symbol: object) -> bool:
    """Return whether a class is FastAPI's HTTPException, Starlette's, or derived from one of them."""
    if isinstance(symbol, External):
        return symbol.name in HTTP_EXCEPTIONS
    return isinstance(symbol, Class) and not HTTP_EXCEPTIONS.isdisjoint(symbol.external_bases)


class HttpExceptions:
    """Recognises where HTTP exceptions are made."""

    def __init__(self, lexical: Lexical) -> None:
        self.lexical = lexical

    def constructed(self, module: Module, expression: Expr | None, scope: str) -> "Call | None":
        """Return the call that makes the HTTP exception that an expression is, also by the name of a variable."""
        for _ in range(4):
            match expression:
                case Call(func=func) as call:
                    return call if is_http_exception(self.lexical.resolve(module, func, scope)) else None
                case Name():
                    symbol = self.lexical.resolve(module, expression, scope)
                    if isinstance(symbol, Local) and symbol.value is not None:
                        module, expression, scope = symbol.function.module, symbol.value, symbol.function.qualname
                    elif isinstance(symbol, Variable) and symbol.value is not None:
                        module, expression, scope = symbol.module, symbol.value, ""
                    else:
                        return None
                case _:
                    return None
        return None

    def status(self, module: Module, call: Call, scope: str) -> int | None:
        """Return the status code of an HTTP exception, or None where it is not known."""
        symbol = self.lexical.resolve(module, call.func, scope)
        if isinstance(symbol, Class):
            return self._class_status(symbol, module, call, scope)
        return self.code(module, argument(call, 0, "status_code"), scope)

    def code(self, module: Module, expression: Expr | None, scope: str) -> int | None:
        """Return the number that ``404``, ``status.HTTP_404_NOT_FOUND`` or ``HTTPStatus.NOT_FOUND`` is."""
        match expression:
            case Constant(value=int(number)):
                return number
            case Name() | Attribute():
                symbol = self.lexical.resolve(module, expression, scope)
                if isinstance(symbol, External):
                    return _named_status(symbol.name)
                if isinstance(symbol, Variable) and isinstance(symbol.value, Constant):
                    return self.code(symbol.module, symbol.value, "")
                return None
            case _:
                return None

    def _class_status(self, exception: Class, module: Module, call: Call, scope: str) -> int | None:
        """Return the status of an exception of the project: from its ``__init__``, its attribute, or the argument."""
        init = exception.method("__init__")
        if init is None:
            assigned = exception.assignment("status_code")
            if assigned is not None:
                return self.code(assigned[0].module, assigned[1].value, assigned[0].facts.qualname)
            return self.code(module, argument(call, 0, "status_code"), scope)
        for statement in walk_statements(init.body):
            if isinstance(statement, Evaluate) and isinstance(statement.value, Call):
                passed = argument(statement.value, 0, "status_code")
                if isinstance(passed, Name) and (given := _parameter(init, passed.id, call)) is not None:
                    return self.code(module, given, scope)
                found = self.code(init.module, passed, init.qualname)
                if found is not None:
                    return found
        return None


def _parameter(init: Function, name: str, call: Call) -> Expr | None:
    """Return what a call passes for a parameter of ``__init__``, or the parameter's default."""
    for position, parameter in enumerate(init.facts.parameters[1:]):
        if parameter.name == name:
            given = argument(call, position, name) if parameter.kind == "positional" else call.keyword(name)
            return parameter.default if given is None else given
    return None


def _named_status(name: str) -> int | None:
    numbered = _STATUS.search(name)
    if numbered is not None:
        return int(numbered.group(1))
    phrase = name.removeprefix("http.HTTPStatus.").partition(".")[0]
    return int(HTTPStatus[phrase]) if name.startswith("http.HTTPStatus.") and phrase in HTTPStatus.__members__ else None

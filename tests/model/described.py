"""Values of the model as short text, ``list[User] | None``, so that a test can say in one line what something is."""

from typing import assert_never

from fastapi_lint.model.symbols import Class
from fastapi_lint.model.values import (
    NOTHING,
    Callable,
    Choice,
    ClassObject,
    Collection,
    Coroutine,
    ExternalObject,
    Instance,
    LambdaObject,
    Literal,
    LoaderOptions,
    Loads,
    MappedAttribute,
    ModuleObject,
    Result,
    Statement,
    Super,
    Symbolic,
    TypeVariable,
    Unknown,
    Value,
)


def described(value: Value) -> str:
    """Return what a value is, as an annotation would say it; ``?`` for what is not known."""
    match value:
        case Unknown():
            return "?"
        case Literal(value=constant):
            return repr(constant)
        case Instance(of=of, arguments=arguments):
            return f"{name_of(of)}{_bracketed(arguments)}"
        case ClassObject(of=of, arguments=arguments):
            return f"type[{name_of(of)}{_bracketed(arguments)}]"
        case TypeVariable(name=name):
            return f"~{name}"
        case Callable(function=function, receiver=receiver):
            return f"def {function.qualname}" if receiver is None else f"{described(receiver)}.{function.name}"
        case ExternalObject(name=name):
            return f"<{name}>"
        case ModuleObject(module=module):
            return f"module {module.key}"
        case LambdaObject():
            return "lambda"
        case Coroutine(result=result):
            return f"Coroutine[{described(result)}]"
        case Symbolic(name=name):
            return f"${name}"
        case MappedAttribute(of=of, name=name):
            return f"{of.name}.{name}"
        case Super(behind=behind):
            return f"super of {behind.name}"
        case Collection():
            return _collection(value)
        case Statement():
            return f"{value.kind}{_bracketed(value.entities)}"
        case Result(statement=statement, scalars=scalars):
            kind = f"{'async ' if value.is_async else ''}{'scalars' if scalars else 'rows'}"
            return f"{kind}{_bracketed(statement.entities)}"
        case LoaderOptions(loads=loads):
            return f"options {loaded(loads)}"
        case Choice(values=values):
            return " | ".join(dict.fromkeys(map(described, values))) or "Never"
        case _:
            assert_never(value)


def name_of(of: Class | str) -> str:
    """Return the last part of a class's name."""
    return of.name if isinstance(of, Class) else of.rpartition(".")[2]


def loaded(loads: Loads) -> str:
    """Return what is loaded, as dotted paths in order; ``...`` where more may be, ``$name`` for what a caller adds."""
    paths = sorted(".".join(path) for path in loads.paths)
    return " ".join([*paths, *(f"${name}" for name in sorted(loads.parameters)), *(() if loads.complete else ("...",))])


def _bracketed(arguments: tuple[Value, ...]) -> str:
    return f"[{', '.join(map(described, arguments))}]" if arguments else ""


def _collection(value: Collection) -> str:
    if value.items is not None and value.kind == "tuple":
        return f"tuple[{', '.join(map(described, value.items))}]"
    if value.kind == "tuple":
        return f"tuple[{described(value.element)}, ...]"
    if value.key is not None:
        return f"{value.kind}[{described(value.key)}, {described(value.element)}]"
    return f"{value.kind}[{'' if value.element == NOTHING else described(value.element)}]"

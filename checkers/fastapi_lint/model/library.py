"""What a call of something from outside the project gives; what it is called on decides which module answers.

Types of other libraries come from ``knowledge.canonical``; here is only what carries a database object through a call.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fastapi_lint.config import SessionKind
from fastapi_lint.facts.expressions import Call, Expr, Starred
from fastapi_lint.knowledge.canonical import canonical, is_subclass, return_type
from fastapi_lint.knowledge.coroutines import is_coroutine_call
from fastapi_lint.model.builtin_calls import builtin_call
from fastapi_lint.model.containers import container_method
from fastapi_lint.model.loader_options import LOADER_OPTIONS, chained_option, loader_option
from fastapi_lint.model.offloading import offloaded
from fastapi_lint.model.results import result_method
from fastapi_lint.model.session_methods import session_method
from fastapi_lint.model.sessions import ASYNC_SESSION, SYNC_SESSION
from fastapi_lint.model.statements import STATEMENTS, selection, statement_method
from fastapi_lint.model.symbols import Class
from fastapi_lint.model.values import (
    UNKNOWN,
    Choice,
    ClassObject,
    Collection,
    Coroutine,
    ExternalObject,
    Instance,
    LoaderOptions,
    Loads,
    MappedAttribute,
    Result,
    SessionOrigin,
    Statement,
    Symbolic,
    Unknown,
    Value,
    alternatives,
    choice,
)

if TYPE_CHECKING:
    from fastapi_lint.model.evaluation import Evaluator

_SCOPED: Final = ("sqlalchemy.orm.scoped_session", "sqlalchemy.ext.asyncio.async_scoped_session")


class Library:
    """Answers what a call of something external gives, and what it does to the session and its objects."""

    def __init__(self, providers: Mapping[str, SessionKind]) -> None:
        """Take what the user's configuration says of callables that give a session, by qualified name."""
        self._providers = {
            canonical(name): ASYNC_SESSION if kind is SessionKind.ASYNC else SYNC_SESSION
            for name, kind in providers.items()
        }

    def provided(self, name: str) -> Instance | None:
        """Return the session that a callable gives according to the configuration, None for any other callable."""
        of = self._providers.get(name)
        return None if of is None else Instance(of)

    def session_kind(self, value: Value) -> str | None:
        """Return ``async`` or ``sync`` for a session, None for anything else."""
        if not isinstance(value, Instance):
            return None
        names = (value.of,) if isinstance(value.of, str) else value.of.external_bases
        for name in names:
            if is_subclass(name, ASYNC_SESSION) or name == _SCOPED[1]:
                return "async"
            if is_subclass(name, SYNC_SESSION) or name == _SCOPED[0]:
                return "sync"
        return None

    def type_name(self, value: Value) -> str:
        """Return the qualified class name under which the methods of a value are known."""
        match value:
            case Result(scalars=True):
                return "sqlalchemy.ScalarResult"
            case Result():
                return "sqlalchemy.Result"
            case Statement(kind="query"):
                return "sqlalchemy.orm.Query"
            case Statement():
                return "sqlalchemy.Select"
            case Collection(kind=kind):
                return f"builtins.{kind}"
            case _:
                return "sqlalchemy.orm.InstrumentedAttribute"

    # Calls

    def call(
        self,
        evaluator: "Evaluator",
        node: Call,
        target: ExternalObject,
        arguments: tuple[Value, ...],
        keywords: dict[str, Value],
    ) -> Value:
        """Return what calling something external gives; changes the frame as the call would."""
        name, receiver = target.name, target.receiver
        owner, _, method = name.rpartition(".")
        match receiver:
            case Instance() if self.session_kind(receiver) is not None:
                done = session_method(evaluator, node, receiver, method, arguments, keywords)
                return Coroutine(done, name, evaluator.frame.place(node)) if is_coroutine_call(name) else done
            case Result():
                return result_method(evaluator, node, receiver, method, arguments)
            case Statement():
                return statement_method(evaluator, node, receiver, method, arguments)
            case LoaderOptions():
                return chained_option(receiver, method, arguments)
            case MappedAttribute():
                return receiver if method in {"of_type", "and_"} else Instance("sqlalchemy.ColumnElement")
            case Collection():
                return container_method(evaluator, node, receiver, method, arguments)
            case _:
                pass
        if name in self._providers:
            return self.made(evaluator, node, self._providers[name])
        if owner == "builtins":
            found = builtin_call(evaluator, node, method, arguments)
            return self.returned(evaluator, node, name, None) if found is None else found
        if name in STATEMENTS:
            place = evaluator.frame.place(node)
            return Statement(STATEMENTS[name], tuple(selection(item) for item in arguments), Loads(), None, place)
        if owner in {"sqlalchemy.orm", "sqlalchemy.orm.strategy_options"} and method in LOADER_OPTIONS:
            return loader_option(method, arguments)
        return self._other(evaluator, node, name, receiver, arguments, keywords)

    def _other(
        self,
        evaluator: "Evaluator",
        node: Call,
        name: str,
        receiver: Value | None,
        arguments: tuple[Value, ...],
        keywords: dict[str, Value],
    ) -> Value:
        place = evaluator.frame.place(node)
        first = arguments[0] if arguments else UNKNOWN
        match name:
            case "sqlalchemy.orm.aliased" | "typing.cast" if arguments:
                return first if name.endswith("aliased") else _cast(arguments)
            case "asyncio.gather":
                items = tuple(_result_of(item) for item in arguments)
                if not any(isinstance(item, Starred) for item in node.args):
                    return Coroutine(Collection("tuple", choice(*items), items), name, place)
                many = choice(*[_result_of(_elements(item)) for item in arguments])
                return Coroutine(Collection("list", many), name, place)
            case "asyncio.create_task" | "asyncio.ensure_future" | "asyncio.TaskGroup.create_task":
                return Instance("asyncio.Task", (_result_of(first), first))
            case "asyncio.wait_for" | "asyncio.shield":
                return Coroutine(_result_of(first), name, place)
            case "functools.partial":
                return first
            case "sqlalchemy.orm.sessionmaker" | "sqlalchemy.ext.asyncio.async_sessionmaker":
                made = keywords.get("class_", arguments[1] if len(arguments) > 1 else UNKNOWN)
                return Instance(name, _instance_of(made))
            case _:
                pass
        if name.endswith(("async_scoped_session", "orm.scoped_session")):
            return Instance(name)
        handed_over = offloaded(evaluator.analyser, evaluator.frame, node, name, arguments)
        if handed_over is not None:
            return handed_over
        found = self.returned(evaluator, node, name, receiver)
        return Coroutine(found, name, place) if is_coroutine_call(name) else found

    def returned(self, evaluator: "Evaluator", node: Call, name: str, receiver: Value | None) -> Value:
        """Return an object of the type that a library says a call returns; a class gives its own instances."""
        known = return_type(name)
        if known == "typing.Self" and receiver is not None:
            return Instance(receiver.of) if isinstance(receiver, ClassObject) else receiver
        if known is not None and known not in {"typing.Any", "typing.Self"}:
            return self.made(evaluator, node, known)
        last = name.rpartition(".")[2]
        if last[:1].isupper() and receiver is None:
            return self.made(evaluator, node, name)
        return UNKNOWN

    def made(self, evaluator: "Evaluator", node: Expr, of: str | Class) -> Value:
        """Return a new object of a class; a session is told apart from the others of the function."""
        made = Instance(of)
        if self.session_kind(made) is None:
            return made
        place = evaluator.frame.place(node)
        return Instance(of, (), SessionOrigin("opened", f"@{node.start}", place))


def _instance_of(made: Value) -> tuple[Value, ...]:
    """Return an object of a class, as what a factory is made for; nothing where the class is not known."""
    match made:
        case ClassObject(of=of) | ExternalObject(name=of):
            return (Instance(of),)
        case _:
            return ()


def _result_of(value: Value) -> Value:
    return choice(*[item.result if isinstance(item, Coroutine) else UNKNOWN for item in alternatives(value)])


def _elements(value: Value) -> Value:
    return value.element if isinstance(value, Collection) else value


def _cast(arguments: tuple[Value, ...]) -> Value:
    match arguments:
        case (ClassObject(of=of, arguments=parameters), Unknown() | Symbolic() | Choice()):
            return Instance(of, parameters)
        case (_, value, *_):
            return value
        case _:
            return UNKNOWN

"""What the frameworks' own objects do: sessions, statements, results, loader options, and the builtins around them.

Types of other libraries come from ``knowledge.canonical``; here is only what carries a database object through a call.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from msgspec import structs

from fastapi_lint.config import SessionKind
from fastapi_lint.facts.expressions import Attribute, Call, Expr, Starred
from fastapi_lint.knowledge.canonical import canonical, is_subclass, return_type
from fastapi_lint.knowledge.coroutines import is_coroutine_call
from fastapi_lint.model.containers import grow
from fastapi_lint.model.offloading import offloaded
from fastapi_lint.model.substitution import passed_loads
from fastapi_lint.model.symbols import Class
from fastapi_lint.model.values import (
    ANYTHING,
    NONE,
    NOTHING,
    UNKNOWN,
    Choice,
    ClassObject,
    Collection,
    Coroutine,
    EntityOrigin,
    ExternalObject,
    Instance,
    Literal,
    LoaderOptions,
    Loads,
    MappedAttribute,
    Place,
    Result,
    SessionOrigin,
    Statement,
    Super,
    Symbolic,
    Unknown,
    Value,
    alternatives,
    choice,
    without_none,
)

if TYPE_CHECKING:
    from fastapi_lint.model.evaluation import Evaluator

ASYNC_SESSION: Final = "sqlalchemy.ext.asyncio.AsyncSession"
SYNC_SESSION: Final = "sqlalchemy.orm.Session"
_SCOPED: Final = ("sqlalchemy.orm.scoped_session", "sqlalchemy.ext.asyncio.async_scoped_session")
_STATEMENTS: Final = {
    "sqlalchemy.select": "select",
    "sqlmodel.select": "select",
    "sqlalchemy.insert": "insert",
    "sqlalchemy.update": "update",
    "sqlalchemy.delete": "delete",
    "sqlalchemy.dialects.postgresql.insert": "insert",
    "sqlalchemy.dialects.sqlite.insert": "insert",
    "sqlalchemy.dialects.mysql.insert": "insert",
    "sqlalchemy.text": "text",
}
_LOADING: Final = frozenset(
    {"selectinload", "joinedload", "subqueryload", "immediateload", "contains_eager", "undefer"}
)
_NOT_LOADING: Final = frozenset(
    {"defaultload", "load_only", "defer", "raiseload", "noload", "lazyload", "Load"}
    | {"with_loader_criteria", "with_expression", "selectin_polymorphic"}
)
_ENDS_STATEMENT: Final = frozenset(
    {"subquery", "cte", "alias", "scalar_subquery", "exists", "compile", "lateral", "label", "as_scalar", "count", "c"}
    | {"selected_columns", "column_descriptions"}
)
_MANY: Final = frozenset({"all", "fetchall", "fetchmany", "partitions"})
_ONE: Final = frozenset({"first", "one", "one_or_none", "fetchone"})
_SCALAR: Final = frozenset({"scalar", "scalar_one", "scalar_one_or_none"})
_SAME_RESULT: Final = frozenset({"unique", "yield_per", "execution_options", "freeze", "tuples"})
_COPIES: Final = frozenset({"list", "sorted", "reversed", "set", "frozenset", "iter"})


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

    def operator(self, left: Value, operator: str, right: Value) -> Value | None:
        """Return what a binary operator gives where that matters: paths joined by ``/``, lists joined by ``+``."""
        match left, operator, right:
            case Instance(of="pathlib.Path"), "/", _:
                return left
            case _, "/", Instance(of="pathlib.Path"):
                return right
            case Collection(), "+", Collection():
                return Collection(left.kind, choice(left.element, right.element))
            case Instance(of="builtins.str"), _, _:
                return left
            case _:
                return None

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
                done = self._session(evaluator, node, receiver, method, arguments, keywords)
                return Coroutine(done, name, evaluator.frame.place(node)) if is_coroutine_call(name) else done
            case Result():
                return self._result(evaluator, node, receiver, method, arguments)
            case Statement():
                return self._statement(evaluator, node, receiver, method, arguments)
            case LoaderOptions():
                return self._chained_option(receiver, method, arguments)
            case MappedAttribute():
                return receiver if method in {"of_type", "and_"} else Instance("sqlalchemy.ColumnElement")
            case Collection():
                return self._collection(evaluator, node, receiver, method, arguments)
            case _:
                pass
        if name in self._providers:
            return self.made(evaluator, node, self._providers[name])
        if owner == "builtins":
            return self._builtin(evaluator, node, method, arguments)
        if name in _STATEMENTS:
            place = evaluator.frame.place(node)
            return Statement(_STATEMENTS[name], tuple(_entity(item) for item in arguments), Loads(), None, place)
        if owner in {"sqlalchemy.orm", "sqlalchemy.orm.strategy_options"} and method in _LOADING | _NOT_LOADING:
            return self._option(method, arguments)
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

    # Builtins

    def _builtin(self, evaluator: "Evaluator", node: Call, name: str, arguments: tuple[Value, ...]) -> Value:
        first = without_none(arguments[0]) if arguments else UNKNOWN
        element = evaluator.element(first, node.args[0]) if arguments and name in _ITERATING else UNKNOWN
        match name:
            case "super":
                own = evaluator.frame.own
                receiver = evaluator.frame.environment.get("self") or evaluator.frame.environment.get("cls")
                return UNKNOWN if own is None or receiver is None else Super(receiver, own)
            case "filter" if len(node.args) == 2:
                return Collection("iterator", evaluator.element(arguments[1], node.args[1]))
            case _ if name in _COPIES and arguments:
                items = first.items if isinstance(first, Collection) and name == "list" else None
                kind = "set" if name in {"set", "frozenset"} else "list"
                return Collection(kind, element, items)
            case "tuple" if arguments:
                return Collection("tuple", element)
            case "list" | "set" | "dict" if not arguments:
                return Collection(name, NOTHING, None, NOTHING if name == "dict" else None)
            case "enumerate":
                pair = (Instance("builtins.int"), element)
                return Collection("iterator", Collection("tuple", choice(*pair), pair))
            case "zip" if not any(isinstance(item, Starred) for item in node.args):
                parts = tuple(evaluator.element(value, item) for value, item in zip(arguments, node.args, strict=True))
                return Collection("iterator", Collection("tuple", choice(*parts), parts))
            case "min" | "max" if len(arguments) > 1:
                return choice(*arguments)
            case "next" | "min" | "max" | "anext" if arguments:
                default = [evaluator.frame.values[item.value] for item in node.keywords if item.name == "default"]
                return choice(element, *arguments[1:], *default)
            case "getattr" if len(arguments) >= 2 and isinstance(arguments[1], Literal):
                return evaluator.calls.get_attribute(node, first, arguments[1].value)
            case "type" if len(arguments) == 1:
                return choice(*[_class_of(item) for item in alternatives(arguments[0])])
            case "str" | "repr" | "int" | "float" | "bool" | "bytes" | "len" | "any" | "all" | "isinstance":
                return Instance(f"builtins.{_BUILTIN_RESULTS.get(name, name)}")
            case _:
                return self.returned(evaluator, node, f"builtins.{name}", None)

    def _collection(
        self, evaluator: "Evaluator", node: Call, receiver: Collection, method: str, arguments: tuple[Value, ...]
    ) -> Value:
        element = receiver.element
        match method:
            case "append" | "add" | "appendleft" | "extend" | "update" if arguments:
                self._grow(evaluator, node, receiver, method, arguments[0])
                return NONE
            case "values":
                return Collection("iterator", element)
            case "keys":
                return Collection("iterator", receiver.key or UNKNOWN)
            case "items":
                pair = (receiver.key or UNKNOWN, element)
                return Collection("iterator", Collection("tuple", choice(*pair), pair))
            case "popitem":
                pair = (receiver.key or UNKNOWN, element)
                return Collection("tuple", choice(*pair), pair)
            case "get" | "pop" | "setdefault" if receiver.kind == "dict":
                missing = (NONE,) if method == "get" else ()
                return choice(element, *(arguments[1:] or missing))
            case "pop" | "popleft":
                return element
            case "copy" | "union" | "intersection" | "difference":
                return receiver
            case "all" if receiver.kind == "rows":
                return Collection("list", element)
            case "first" | "one_or_none" if receiver.kind == "rows":
                return choice(element, NONE)
            case "one" if receiver.kind == "rows":
                return element
            case _:
                return UNKNOWN

    def _grow(self, evaluator: "Evaluator", node: Call, receiver: Collection, method: str, given: Value) -> None:
        if not isinstance(node.func, Attribute):
            return
        holder = node.func.value
        if method not in {"extend", "update"}:
            grow(evaluator.frame, holder, receiver, given)
        elif receiver.kind != "dict":
            grow(evaluator.frame, holder, receiver, evaluator.element(given, node.args[0]))
        elif isinstance(given, Collection) and given.kind == "dict":
            grow(evaluator.frame, holder, receiver, given.element, given.key or UNKNOWN)
        else:
            grow(evaluator.frame, holder, receiver, UNKNOWN)

    # Sessions

    def _session(
        self,
        evaluator: "Evaluator",
        node: Call,
        session: Instance,
        method: str,
        arguments: tuple[Value, ...],
        keywords: dict[str, Value],
    ) -> Value:
        work = evaluator.unit_of_work
        first = arguments[0] if arguments else keywords.get("instance", keywords.get("statement", UNKNOWN))
        match method:
            case "execute" | "exec" | "scalars" | "scalar" | "stream" | "stream_scalars":
                statement = _as_statement(first)
                work.session_effect(node, "execute", session)
                if statement.kind in {"insert", "update", "delete"}:
                    work.session_effect(node, "write", session)
                elif statement.kind == "text" or isinstance(first, Unknown):
                    work.session_effect(node, "unknown", session)
                scalars = method in {"scalars", "stream_scalars"} or (method == "exec" and len(statement.entities) == 1)
                result = Result(statement, session, scalars=scalars, is_async=method.startswith("stream"))
                if method == "scalar":
                    return choice(self._first_column(evaluator, result, node), NONE)
                return result
            case "get" | "get_one" | "merge":
                work.session_effect(node, "write" if method == "merge" else "execute", session)
                loads = passed_loads(keywords.get("options", NOTHING))
                found = self._entity(evaluator, _entity(first), session, loads, node, many=False)
                return choice(found, NONE) if method == "get" else found
            case "query":
                entities = tuple(_entity(item) for item in arguments)
                return Statement("query", entities, Loads(), session, evaluator.frame.place(node))
            case "refresh":
                work.session_effect(node, "execute", session)
                work.refresh(first, _strings(arguments[1] if len(arguments) > 1 else keywords.get("attribute_names")))
            case "add" | "add_all" | "delete":
                work.session_effect(node, "stage", session)
                work.attach(first, session)
            case "bulk_save_objects" | "bulk_insert_mappings" | "bulk_update_mappings":
                work.session_effect(node, "write", session)
            case "flush" | "commit" | "rollback":
                work.session_effect(node, method, session)
            case "expire" | "expire_all" | "expunge" | "expunge_all" | "close":
                work.session_effect(node, method, session)
            case "begin" | "begin_nested":
                kind = "SessionTransaction" if method == "begin" else "NestedTransaction"
                return Instance(f"sqlalchemy.orm.{kind}", (session,))
            case "run_sync":
                done = offloaded(evaluator.analyser, evaluator.frame, node, f"{ASYNC_SESSION}.run_sync", arguments)
                return done.result if isinstance(done, Coroutine) else UNKNOWN
            case "connection":
                return self.returned(evaluator, node, f"{ASYNC_SESSION}.connection", None)
            case _:
                return UNKNOWN
        return NONE

    def _entity(
        self,
        evaluator: "Evaluator",
        value: Value,
        session: Value,
        loads: Loads,
        node: Expr,
        *,
        many: bool,
        begun: Place | None = None,
    ) -> Value:
        """Return a database object, or the value of a column, as a query through ``session`` gives it."""
        if isinstance(value, MappedAttribute):
            entity = evaluator.analyser.entity(value.of)
            is_column = entity is not None and entity.column(value.name) is not None
            return evaluator.analyser.column_value(value.of, value.name) if is_column else UNKNOWN
        if not isinstance(value, Instance) or evaluator.analyser.entity_of(value) is None:
            return value
        place = begun or evaluator.frame.place(node)
        key = f"{evaluator.frame.module.key}@{node.start}"
        return Instance(value.of, value.arguments, EntityOrigin("query", key, place, loads, session, (), many))

    def row(self, evaluator: "Evaluator", value: Result | Statement, node: Expr, *, many: bool) -> Value:
        """Return one row of a result: an entity, or a tuple of what was selected."""
        result = value if isinstance(value, Result) else self._of_query(value)
        statement = result.statement
        items = tuple(
            self._entity(evaluator, item, result.session, statement.loads, node, many=many, begun=statement.place)
            for item in statement.entities
        )
        if result.scalars:
            return items[0] if items else UNKNOWN
        return Collection("tuple", choice(*items), items) if items else UNKNOWN

    def _of_query(self, statement: Statement) -> Result:
        match statement.entities:
            case (MappedAttribute(),):
                scalars = False  # one column comes in a row, one entity by itself
            case entities:
                scalars = len(entities) == 1
        return Result(statement, statement.session or UNKNOWN, scalars=scalars)

    def _first_column(self, evaluator: "Evaluator", result: Result, node: Expr) -> Value:
        statement = result.statement
        if not statement.entities:
            return UNKNOWN
        first, begun = statement.entities[0], statement.place
        return self._entity(evaluator, first, result.session, statement.loads, node, many=False, begun=begun)

    def _result(
        self, evaluator: "Evaluator", node: Call, result: Result, method: str, arguments: tuple[Value, ...]
    ) -> Value:
        found: Value
        if method in _MANY:
            found = Collection("list", self.row(evaluator, result, node, many=True))
        elif method in _ONE:
            row = self.row(evaluator, result, node, many=False)
            found = row if method == "one" else choice(row, NONE)
        elif method in _SCALAR:
            column = self._first_column(evaluator, result, node)
            found = column if method == "scalar_one" else choice(column, NONE)
        elif method == "scalars":
            keeps = not arguments or arguments[0] == Literal(0)
            statement = result.statement if keeps else Statement("select", (UNKNOWN,), Loads(complete=False))
            return Result(statement, result.session, scalars=True, is_async=result.is_async)
        elif method in _SAME_RESULT:
            return result
        else:
            return UNKNOWN
        return Coroutine(found, method, evaluator.frame.place(node)) if result.is_async else found

    # Statements

    def _statement(
        self, evaluator: "Evaluator", node: Call, statement: Statement, method: str, arguments: tuple[Value, ...]
    ) -> Value:
        if method == "options":
            loads = statement.loads
            for value in arguments:
                loads = loads.joined(passed_loads(value))
            return structs.replace(statement, loads=loads, place=evaluator.frame.place(node))
        if method in {"returning", "with_only_columns", "with_entities", "add_columns"}:
            kept = statement.entities if method == "add_columns" else ()
            return structs.replace(statement, entities=(*kept, *map(_entity, arguments)))
        if statement.kind == "query":
            executed = self._executed_query(evaluator, node, statement, method)
            if executed is not None:
                return executed
        if method in _ENDS_STATEMENT:
            return UNKNOWN
        return statement

    def _executed_query(self, evaluator: "Evaluator", node: Call, query: Statement, method: str) -> Value | None:
        """Return what a method of the legacy Query gives that runs it; None for one that only builds it."""
        session = query.session or UNKNOWN
        if method in {"update", "delete"}:
            evaluator.unit_of_work.session_effect(node, "write", session)
            return Instance("builtins.int")
        if method not in _MANY | _ONE | _SCALAR | {"get", "count"}:
            return None
        evaluator.unit_of_work.session_effect(node, "execute", session)
        if method == "count":
            return Instance("builtins.int")
        return self._result(evaluator, node, self._of_query(query), "one_or_none" if method == "get" else method, ())

    # Loader options

    def _option(self, method: str, arguments: tuple[Value, ...]) -> Value:
        return self._extended(LoaderOptions(Loads()), method, arguments)

    def _chained_option(self, option: LoaderOptions, method: str, arguments: tuple[Value, ...]) -> Value:
        if method == "options":
            loads = option.loads
            for value in arguments:
                loads = loads.joined(_prefixed(passed_loads(value), option.tip))
            return LoaderOptions(loads, option.tip)
        return self._extended(option, method, arguments)

    def _extended(self, option: LoaderOptions, method: str, arguments: tuple[Value, ...]) -> LoaderOptions:
        """Return an option with one more step: ``selectinload(A.b).joinedload(B.c)``."""
        if method in _NOT_LOADING - {"defaultload"}:
            return option
        loads, tip = option.loads, option.tip
        if not arguments:
            return LoaderOptions(Loads(loads.paths, loads.parameters, complete=False), tip)
        for value in arguments:
            name = _attribute_name(value)
            if name is None:
                return LoaderOptions(Loads(loads.paths, loads.parameters, complete=False), tip)
            tip = (*tip, name)
            if method in _LOADING:
                loads = loads.joined(Loads(frozenset({tip})))
        return LoaderOptions(loads, tip)


_ITERATING: Final = _COPIES | {"tuple", "enumerate", "next", "min", "max", "anext"}
_BUILTIN_RESULTS: Final = {
    "repr": "str",
    "len": "int",
    "any": "bool",
    "all": "bool",
    "isinstance": "bool",
}


def _as_statement(value: Value) -> Statement:
    found = [item for item in alternatives(value) if isinstance(item, Statement)]
    if len(found) == len(alternatives(value)) and found:
        first = found[0]
        loads = first.loads
        for other in found[1:]:
            loads = loads.joined(other.loads)
        return structs.replace(first, loads=loads)
    return Statement("unknown", (), Loads(complete=False))


def _instance_of(made: Value) -> tuple[Value, ...]:
    """Return an object of a class, as what a factory is made for; nothing where the class is not known."""
    match made:
        case ClassObject(of=of) | ExternalObject(name=of):
            return (Instance(of),)
        case _:
            return ()


def _entity(value: Value) -> Value:
    """Return what selecting a value yields: an instance of a class, the value of a column."""
    match value:
        case ClassObject(of="builtins.type", arguments=(variable,)):
            return variable
        case ClassObject(of=of, arguments=arguments):
            return Instance(of, arguments)
        case Instance(origin=EntityOrigin()):
            return Instance(value.of, value.arguments)
        case MappedAttribute():
            return value
        case _:
            return UNKNOWN


def _attribute_name(value: Value) -> str | None:
    match value:
        case MappedAttribute(name=name):
            return name
        case _:
            return None


def _prefixed(loads: Loads, tip: tuple[str, ...]) -> Loads:
    """Return options as they load from the end of a path; what a parameter holds may load anything there."""
    below = (*loads.paths, (ANYTHING,)) if loads.parameters else loads.paths
    return Loads(frozenset((*tip, *path) for path in below), frozenset(), loads.complete)


def _strings(value: Value | None) -> frozenset[str] | None:
    """Return the names in a literal list of strings; None where nothing was passed."""
    if value is None or value == NONE:
        return None
    if isinstance(value, Collection):
        items = value.items or alternatives(value.element)
        return frozenset(item.value for item in items if isinstance(item, Literal) and isinstance(item.value, str))
    return frozenset()


def _result_of(value: Value) -> Value:
    return choice(*[item.result if isinstance(item, Coroutine) else UNKNOWN for item in alternatives(value)])


def _class_of(value: Value) -> Value:
    return ClassObject(value.of) if isinstance(value, Instance) else UNKNOWN


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

"""Analyses each function once for each class it is called on, on demand, and keeps the summaries.

A function that is reached again while it is being analysed (recursion) contributes what it declares.
"""

from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from fastapi_lint.config import SessionKind
from fastapi_lint.facts.expressions import Attribute, Call, Expr, Name, Sequence, Subscript
from fastapi_lint.facts.schema import Parameter
from fastapi_lint.facts.statements import Annotate, Assign
from fastapi_lint.knowledge.canonical import ancestors, canonical
from fastapi_lint.model import subjects
from fastapi_lint.model.annotations import Annotations
from fastapi_lint.model.evaluation import Evaluator
from fastapi_lint.model.events import CallSite, CoroutineUse, EntityRead, Returned, Yielded
from fastapi_lint.model.execution import Executor
from fastapi_lint.model.frame import Environment, Frame, SessionEffect, map_entities
from fastapi_lint.model.inference import (
    completed,
    default_value,
    detached,
    first_effects,
    first_reads,
    is_generic,
    selected,
    self_assignments,
    top_level,
    unify,
)
from fastapi_lint.model.library import Library
from fastapi_lint.model.questions import Questions
from fastapi_lint.model.schemas import reads_from
from fastapi_lint.model.substitution import Bindings, substitute
from fastapi_lint.model.symbols import Class, External, Function, Module, Variable
from fastapi_lint.model.values import (
    NONE,
    UNKNOWN,
    Built,
    ClassObject,
    Collection,
    EntityOrigin,
    Instance,
    Loads,
    Place,
    SessionOrigin,
    Statement,
    Symbolic,
    TypeVariable,
    Unknown,
    Value,
    alternatives,
    choice,
)

if TYPE_CHECKING:
    from fastapi_lint.model.orm import MappedClass, OrmModel
    from fastapi_lint.model.schemas import Schemas
    from fastapi_lint.model.sessions import Sessions

_CONTEXT_MANAGERS: Final = {
    "contextlib.asynccontextmanager": "contextlib.AbstractAsyncContextManager",
    "contextlib.contextmanager": "contextlib.AbstractContextManager",
}
_KEEPS_TYPE: Final = (
    "functools.",
    "tenacity.",
    "backoff.",
    "typing.",
    "typing_extensions.",
    "abc.",
    "pytest.",
    "fastapi.",
    "starlette.",
    "sqlalchemy.",
    "pydantic.",
    "builtins.",
    "contextlib.",
    "opentelemetry.",
    "slowapi.",
    "sentry_sdk.",
    "logfire.",
    "async_lru.",
    "strawberry.",
    "mcp.",
    "langsmith.",
    "deprecated.",
    "warnings.",
)
_ROUTE_METHODS: Final = frozenset(
    {
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "options",
        "trace",
        "api_route",
        "websocket",
        "route",
        "middleware",
    }
    | {"exception_handler", "on_event", "start_as_current_span", "limit", "setter", "tool"}
)
DEEPEST_CHAIN: Final = 64
"""How many functions are followed that each call the next; what lies deeper counts for what it declares."""
_INSPECTIONS: Final = frozenset({"sqlalchemy.inspect", "sqlalchemy.orm.attributes.set_committed_value"})
_RUNS_COROUTINES: Final = frozenset(
    {"run", "run_until_complete", "async_to_sync", "run_coroutine_threadsafe", "create_task", "ensure_future", "delay"}
    | {"from_thread", "run_sync", "syncify", "Task", "Actor", "actor"}
)
_ASKS_WHETHER_ASYNC: Final = "iscoroutinefunction"


class Analysis(Struct, frozen=True, eq=False):
    """What one function does, in the order of its lines.

    ``result`` is what it returns or yields, in terms of its parameters. ``parameter_reads`` are the reads of database
    objects that were handed in, ``parameter_loads`` what is loaded of them by the time it ends, and ``refreshed`` the
    parameters whose objects it refreshes. ``session_effects`` hold the first of each kind on each session.
    ``manages_context`` is the class of the context manager that a decorator makes of it; ``keeps_type`` is false
    where a decorator that nobody knows may have changed what a call gives; ``never_returns`` is true where every way
    ends in an exception.
    """

    function: Function
    own: Class | None
    result: Value
    calls: tuple[CallSite, ...]
    reads: tuple[EntityRead, ...]
    parameter_reads: tuple[EntityRead, ...]
    parameter_loads: frozenset[tuple[str, tuple[str, ...]]]
    refreshed: frozenset[str]
    coroutine_uses: tuple[CoroutineUse, ...]
    returned: tuple[Returned, ...]
    yielded: tuple[Yielded, ...]
    session_effects: tuple[SessionEffect, ...]
    all_session_effects: tuple[SessionEffect, ...]
    values: Mapping[Expr, Value]
    self_attributes: Mapping[str, Value]
    closures: Mapping[str, Environment]
    manages_context: str
    keeps_type: bool
    never_returns: bool

    @property
    def is_deferred(self) -> bool:
        """Return whether calling the function runs nothing yet (a generator)."""
        return self.function.facts.is_generator and not self.manages_context

    def value(self, expression: Expr) -> Value:
        """Return what an expression of the function is."""
        return self.values.get(expression, UNKNOWN)


class _Signature(Struct, frozen=True, eq=False):
    """What every call of a function needs to know of its parameters.

    ``defaults`` are what they hold where nothing is passed, ``generic`` the declared types that a type variable is
    part of.
    """

    defaults: dict[str, Value]
    generic: tuple[tuple[str, Value], ...]


class Analyser:
    """Computes and keeps the analyses of one project."""

    def __init__(
        self,
        orm: "OrmModel",
        schemas: "Schemas",
        sessions: "Sessions",
        providers: Mapping[str, SessionKind],
        questions: Questions,
    ) -> None:
        self._orm = orm
        self._schemas = schemas
        self._sessions = sessions
        self.library = Library(providers)
        self._questions = questions
        self._frames: dict[tuple[Function, Class | None], Frame] = {}
        self._signatures: dict[tuple[Function, Class | None], _Signature] = {}
        self._readers: dict[tuple[Module, Function | None, Class | None], Annotations] = {}
        self._type_parameters: dict[Class, tuple[str, ...]] = {}
        self._column_values: dict[tuple[Class, str], Value] = {}
        self._class_bindings: dict[str, dict[str, Value]] = {}
        self._assigning: dict[str, dict[str, list[Function]]] = {}

    def canonical(self, name: str) -> str:
        """Return the one name of something external."""
        return canonical(name)

    # Functions

    def with_those_below(self, analyses: Iterable[Analysis]) -> tuple[Analysis, ...]:
        """Return analyses and those that were needed for them, in the order of files and lines."""
        below = self._questions.below(subjects.of_function(item.function, item.own) for item in analyses)
        return tuple(item for item in below.values() if isinstance(item, Analysis))

    def those_above(self, modules: Container[str]) -> Container[Analysis]:
        """Return the analyses that rest in the end on something in one of these modules."""
        above = self._questions.above(lambda key: subjects.lies_in(key, modules))
        return {item for item in above.values() if isinstance(item, Analysis)}

    def analysis(self, function: Function, own: Class | None = None) -> Analysis:
        """Return what a function does when its receiver is of the class ``own`` (its owner, unless given)."""
        own = own or function.owner or (function.parent.owner if function.parent is not None else None)
        if function.parent is not None and (function.parent, own) not in self._frames:
            # Where the function around it calls it, it is analysed on the way, and neither misses what the other does.
            self.analysis(function.parent, own)
        return self._questions.ask(
            subjects.of_function(function, own),
            lambda: self._analyse(function, own),
            lambda: self._unfinished(function, own),
        )

    def _unfinished(self, function: Function, own: Class | None) -> Analysis:
        keeps, manages = self._decorated(function)
        return replace(
            _empty(function, own),
            result=self.annotations_of(function.module, function, own).value(function.facts.returns),
            self_attributes=self._kept_parameters(function, own),
            manages_context=manages,
            keeps_type=keeps,
        )

    def _kept_parameters(self, function: Function, own: Class | None) -> dict[str, Value]:
        """Return what a method that is still being analysed keeps of its parameters: ``self.name = name``."""
        annotations = self.annotations_of(function.module, function, own)
        declared = {item.name: item.annotation for item in function.facts.parameters if item.annotation is not None}
        found: dict[str, Value] = {}
        for statement in function.body:
            match statement:
                case Assign(targets=(Attribute(value=Name(id="self"), attr=kept),), value=Name(id=given)):
                    if given in declared:
                        found[kept] = annotations.value(declared[given])
                case _:
                    pass
        return found

    def _analyse(self, function: Function, own: Class | None) -> Analysis:
        frame = Frame(function.module, function, own, self._closure(function, own))
        self._frames[function, own] = frame
        try:
            return self._interpreted(function, own, frame)
        finally:
            del self._frames[function, own]

    def _closure(self, function: Function, own: Class | None) -> Environment:
        """Return what the names of the function around a nested one hold."""
        if function.parent is None:
            return {}
        running = self._frames.get((function.parent, own))
        if running is None:
            closures: Mapping[str, Environment] = self.analysis(function.parent, own).closures
        else:
            closures = running.closures
            self._questions.depend(subjects.of_function(function.parent, own))
        # Nobody knows when it is called: what has expired by the end of the outer function need not have by then.
        return {name: map_entities(value, _not_expired) for name, value in closures.get(function.key, {}).items()}

    def _interpreted(self, function: Function, own: Class | None, frame: Frame) -> Analysis:
        evaluator = Evaluator(frame, self)
        bindings = self.class_bindings(own) if own is not None else {}
        for parameter in function.facts.parameters:
            frame.environment[parameter.name] = self._parameter(function, own, parameter, evaluator, bindings)
        finished = Executor(frame, evaluator).run(function.body)
        keeps, manages = self._decorated(function)
        # A function that inspects the state of its objects knows what is loaded.
        guarded = any(site.external in _INSPECTIONS for site in frame.calls.values())
        reads = () if guarded else tuple(frame.reads[key] for key in sorted(frame.reads))
        analysis = Analysis(
            function=function,
            own=own,
            result=self._result(function, frame, evaluator, bindings),
            calls=tuple(frame.calls[key] for key in sorted(frame.calls)),
            reads=tuple(read for read in reads if read.origin.kind != "parameter" or read.origin.expired is not None),
            parameter_reads=first_reads(
                read for read in reads if read.origin.kind == "parameter" and not read.context.on_request
            ),
            parameter_loads=frozenset(frame.parameter_loads),
            refreshed=evaluator.unit_of_work.refreshed(),
            coroutine_uses=tuple(frame.coroutine_uses[key] for key in sorted(frame.coroutine_uses)),
            returned=tuple(frame.returned[key] for key in sorted(frame.returned)),
            yielded=tuple(frame.yielded[key] for key in sorted(frame.yielded)),
            session_effects=first_effects(frame.session_effects.values()),
            all_session_effects=tuple(frame.session_effects.values()),
            values=frame.values,
            self_attributes=frame.self_attributes,
            closures=frame.closures,
            manages_context=manages,
            keeps_type=keeps,
            never_returns=not finished
            and not frame.returned
            and not function.facts.is_generator
            and bool(function.body),
        )
        evaluator.finish()
        return analysis

    def _parameter(
        self,
        function: Function,
        own: Class | None,
        parameter: Parameter,
        evaluator: Evaluator,
        bindings: dict[str, Value],
    ) -> Value:
        """Return what a parameter holds before any call is known."""
        if function.owner is not None and own is not None and parameter is function.facts.parameters[0]:
            if function.is_class_method:
                return ClassObject(own)
            if not function.is_static:
                return self._receiver(own)
        declared = evaluator.annotations.value(parameter.annotation)
        if isinstance(declared, Unknown) and parameter.default is not None:
            declared = self._from_dependency(function, parameter.default)
        declared = substitute(declared, Bindings({}, None, bindings))
        if parameter.kind == "**":
            return Collection("dict", declared)
        marked = choice(*[self._marked(item, function, parameter) for item in alternatives(declared)])
        return Collection("tuple", marked) if parameter.kind == "*" and not isinstance(marked, Symbolic) else marked

    def _receiver(self, own: Class) -> Value:
        """Return ``self``: on a mapped class a database object that was handed in."""
        if self.entity(own) is None:
            return Instance(own)
        return Instance(own, (), EntityOrigin("parameter", "self", Place(own.module.key, own.facts.name_span), Loads()))

    def _marked(self, value: Value, function: Function, parameter: Parameter) -> Value:
        """Return a parameter's value that remembers which parameter it is."""
        place = Place(function.module.key, parameter.span)
        match value:
            case Instance(of="sqlalchemy.Select" | "sqlalchemy.sql.Select", arguments=arguments):
                return Statement("select", selected(arguments), Loads(parameters=frozenset({parameter.name})))
            case Instance() if self.library.session_kind(value) is not None:
                return Instance(value.of, (), SessionOrigin("parameter", parameter.name, place))
            case Instance() if self.entity_of(value) is not None:
                origin = EntityOrigin("parameter", parameter.name, place, Loads())
                return Instance(value.of, value.arguments, origin)
            case TypeVariable(bound=Instance() as bound) if self.entity_of(bound) is not None:
                return value
            case Collection(element=element):
                marked = choice(*[self._marked(item, function, parameter) for item in alternatives(element)])
                if isinstance(marked, Symbolic):
                    return value if value.kind == "dict" else marked
                return Collection(value.kind, marked, value.items, value.key)
            case Unknown():
                return Symbolic(parameter.name)
            case Instance(of=str() as of) if of.startswith("sqlalchemy.") and of.endswith(("Option", "Load")):
                return Symbolic(parameter.name)
            case _:
                return value

    def _from_dependency(self, function: Function, default: Expr) -> Value:
        """Return what ``Depends(dependency)`` as a default gives."""
        match default:
            case Call(func=func, args=(target, *_)):
                made_by = function.module.resolve(func, function.facts.parent)
                if not isinstance(made_by, External) or made_by.name not in {"fastapi.Depends", "fastapi.Security"}:
                    return UNKNOWN
            case _:
                return UNKNOWN
        match function.module.resolve(target, function.facts.parent):
            case Class() as provided:
                return Instance(provided)
            case External(name=name):
                return self.library.provided(name) or UNKNOWN
            case Function() as provider:
                given = self.bindings(provider, None, {})
                return substitute(self.analysis(provider).result, given)
            case _:
                return UNKNOWN

    def _result(self, function: Function, frame: Frame, evaluator: Evaluator, bindings: dict[str, Value]) -> Value:
        """Return what the function gives: what its body shows, completed by its annotation."""
        if function.facts.is_generator:
            found = choice(*[item.value for item in frame.yielded.values()])
        elif frame.returned:
            # What a caller only gets who asks for it by a parameter is not what every caller gets.
            usual = [item.value for item in frame.returned.values() if not item.context.on_request]
            found = choice(*(usual or [item.value for item in frame.returned.values()]))
        else:
            found = NONE
        annotated = evaluator.annotations.value(function.facts.returns)
        if function.facts.is_generator and isinstance(annotated, Collection):
            annotated = annotated.element
        annotated = substitute(annotated, Bindings({}, None, bindings))
        abstract = any(name.endswith("abstractmethod") for name in function.decorator_names)
        return annotated if abstract or (found == NONE and annotated != UNKNOWN) else completed(found, annotated)

    def _decorated(self, function: Function) -> tuple[bool, str]:
        """Return whether calling the decorated function gives what it returns, and the context manager it became."""
        keeps, manages = True, ""
        for name, decorator in zip(function.decorator_names, function.facts.decorators, strict=True):
            if name in _CONTEXT_MANAGERS:
                manages = _CONTEXT_MANAGERS[name]
            elif ":" in name:
                keeps = keeps and self._project_decorator_keeps(function, decorator)
            elif not name.startswith(_KEEPS_TYPE) and name.rpartition(".")[2] not in _ROUTE_METHODS:
                keeps = False
        return keeps, manages

    def _project_decorator_keeps(self, function: Function, decorator: Expr) -> bool:
        target = decorator.func if isinstance(decorator, Call) else decorator
        symbol = function.module.resolve(target, function.facts.parent)
        if not isinstance(symbol, Function):
            return False
        self._questions.depend(subjects.of_body(symbol))
        within = f"{symbol.qualname}."
        bodies = [
            item for name, item in symbol.module.functions.items() if name == symbol.qualname or name.startswith(within)
        ]
        running = {item.qualname for item in bodies if _RUNS_COROUTINES.intersection(item.facts.called)}
        chooses = any(_ASKS_WHETHER_ASYNC in item.facts.called for item in bodies)
        if function.is_async and chooses and any(item.is_async and item.facts.parent not in running for item in bodies):
            # One wrapper for plain functions, which may run a loop, and an asynchronous one for coroutine functions.
            return True
        return not running

    # Calls

    def bindings(
        self, function: Function, receiver: Value | None, bound: dict[str, Value], *, call: Place | None = None
    ) -> Bindings:
        """Return what a call binds: parameters, defaults, and the type variables that arguments decide."""
        own = receiver.of if isinstance(receiver, Instance | ClassObject) and isinstance(receiver.of, Class) else None
        of = own or function.owner
        variables = dict(self.class_bindings(of)) if of is not None else {}
        if own is not None and isinstance(receiver, Instance | ClassObject) and receiver.arguments:
            variables.update(zip(self.type_parameters(own), receiver.arguments, strict=False))
        signature = self._signature(function, of)
        for name, declared in signature.generic:
            if name in bound:
                unify(declared, bound[name], variables)
        names = function.parameter_names if function.parent is not None else None
        return Bindings(signature.defaults | bound, receiver, variables, call, names)

    def _signature(self, function: Function, own: Class | None) -> "_Signature":
        found = self._signatures.get((function, own))
        if found is None:
            parameters = function.facts.parameters
            annotations = self.annotations_of(function.module, function, own)
            declared = [(item.name, annotations.value(item.annotation)) for item in parameters]
            found = self._signatures[function, own] = _Signature(
                {item.name: default_value(item.default) for item in parameters if item.default is not None},
                tuple(item for item in declared if function.facts.returns is not None and is_generic(item[1])),
            )
        return found

    def annotations_of(self, module: Module, function: Function | None, own: Class | None) -> Annotations:
        """Return the reader for annotations in a function."""
        key = (module, function, own)
        found = self._readers.get(key)
        if found is None:
            parameters: set[str] = set(function.facts.type_parameters) if function is not None else set()
            if function is not None and function.owner is not None:
                parameters.update(function.owner.facts.type_parameters)
            scope = function.facts.qualname if function is not None else ""
            found = self._readers[key] = Annotations(module, scope, frozenset(parameters), own)
        return found

    # Classes

    def entity(self, of: Class) -> "MappedClass | None":
        """Return the mapping of a class, None for a class that is not mapped."""
        self._questions.depend(subjects.of_members(of))
        return self._orm.entity(of)

    def entity_of(self, value: Instance) -> "MappedClass | None":
        """Return the mapping of an object's class."""
        return self.entity(value.of) if isinstance(value.of, Class) else None

    def method(self, of: Class, name: str) -> Function | None:
        """Return the method of a class, own or inherited from a class of the project."""
        self._questions.depend(subjects.of_members(of))
        return of.method(name)

    def schema_reads(self, schema: Class, of: Class, *, forced: bool) -> tuple[tuple[str, ...], ...]:
        """Return the paths of relationships, and one column, that validating an object through a schema reads.

        ``forced`` is how FastAPI validates a response: objects are accepted at every level.
        """
        self._questions.depend(subjects.SCHEMAS)
        found, entity = self._schemas.schema(schema), self._orm.entity(of)
        if found is None or entity is None:
            return ()
        paths: list[tuple[str, ...]] = []
        column: tuple[str, ...] | None = None
        for read in reads_from(found, entity, self._orm, forced=forced):
            if read.column is not None:
                column = column or (read.attribute,)
            paths.extend(tuple(item.attribute for item in chain) for chain in read.paths() if chain[-1].certain)
        return (*paths, *(() if column is None else (column,)))

    def type_parameters(self, of: Class) -> tuple[str, ...]:
        """Return the names of a class's own type parameters."""
        known = self._type_parameters.get(of)
        if known is None:
            known = self._type_parameters[of] = of.facts.type_parameters or self._generic_parameters(of)
        return known

    def _generic_parameters(self, of: Class) -> tuple[str, ...]:
        annotations = Annotations(of.module, of.facts.parent, frozenset(), None)
        found: dict[str, None] = {}
        for base in of.facts.bases:
            if not isinstance(base, Subscript):
                continue
            items = base.index.items if isinstance(base.index, Sequence) else (base.index,)
            for item in items:
                value = annotations.value(item)
                if isinstance(value, TypeVariable):
                    found.setdefault(value.name)
        return tuple(found)

    def class_bindings(self, of: Class, depth: int = 0) -> dict[str, Value]:
        """Return what the type variables of a class's bases stand for in the class."""
        found = self._class_bindings.get(of.key)
        if found is not None:
            return found
        found = self._class_bindings[of.key] = {}
        annotations = Annotations(of.module, of.facts.parent, frozenset(of.facts.type_parameters), None)
        for base in of.facts.bases:
            symbol = of.module.resolve(base.value if isinstance(base, Subscript) else base, of.facts.parent)
            if not isinstance(symbol, Class) or symbol is of:
                continue
            inherited = dict(self.class_bindings(symbol, depth + 1)) if depth < DEEPEST_CHAIN else {}
            if isinstance(base, Subscript):
                items = base.index.items if isinstance(base.index, Sequence) else (base.index,)
                given = {
                    name: annotations.value(item)
                    for name, item in zip(self.type_parameters(symbol), items, strict=False)
                }
                inherited = {name: substitute(value, Bindings({}, None, given)) for name, value in inherited.items()}
                inherited.update(given)
            for name, value in inherited.items():
                found.setdefault(name, value)
        return found

    def external_member(self, of: Class, name: str) -> str | None:
        """Return the qualified name of an attribute that a class inherits from outside the project."""
        bases = [base for base in of.external_bases if base not in {"builtins.object", "typing.Generic", "abc.ABC"}]
        if not bases:
            return None
        for base in bases:
            if {base, *ancestors(base)} & _KNOWN_PARENTS:
                return canonical(f"{base}.{name}")
        return canonical(f"{bases[0]}.{name}")

    def column_value(self, of: Class, name: str) -> Value:
        """Return what a column attribute of a database object holds."""
        self._questions.depend(subjects.of_members(of))
        known = self._column_values.get((of, name))
        if known is None:
            known = self._column_values[of, name] = self._find_column_value(of, name)
        return known

    def _find_column_value(self, of: Class, name: str) -> Value:
        found = of.assignment(name)
        if found is None:
            return UNKNOWN
        owner, statement = found
        if not isinstance(statement, Annotate):
            return UNKNOWN
        value = Annotations(owner.module, owner.facts.qualname, frozenset(), None).value(statement.annotation)
        return choice(*[item for item in alternatives(value) if not isinstance(item, Instance) or item.of != of])

    def attribute(self, base: Instance, of: Class, name: str) -> Value:
        """Return an attribute of an object of the project: declared, assigned by a method, or given to it."""
        raw = self._raw_attribute(of, name)
        variables = dict(self.class_bindings(of))
        variables.update(zip(self.type_parameters(of), base.arguments, strict=False))
        if isinstance(raw, Instance) and raw.origin is None and self.library.session_kind(raw) is not None:
            raw = Instance(raw.of, (), SessionOrigin("attribute", f"self.{name}"))
        if isinstance(base.origin, Built):
            return substitute(raw, Bindings(dict(base.origin.bound), base, variables))
        return substitute(detached(raw, name), Bindings({}, base, variables))

    def class_attribute(self, of: Class, name: str) -> Value:
        """Return an attribute of a class itself."""
        raw = self._raw_attribute(of, name)
        return substitute(detached(raw, name), Bindings({}, ClassObject(of), dict(self.class_bindings(of))))

    def _raw_attribute(self, of: Class, name: str) -> Value:
        key = subjects.of_attribute(of, name)
        return self._questions.ask(key, lambda: self._find_attribute(of, name), lambda: UNKNOWN)

    def _find_attribute(self, of: Class, name: str) -> Value:
        declared: Value = UNKNOWN
        self._questions.depend(subjects.of_members(of))
        assigned = of.assignment(name)
        if assigned is not None:
            owner, statement = assigned
            if isinstance(statement, Annotate):
                parameters = frozenset(owner.facts.type_parameters)
                declared = Annotations(owner.module, owner.facts.qualname, parameters, of).value(statement.annotation)
            if statement.value is not None and isinstance(declared, Unknown):
                declared = self._module_value(owner.module, statement.value, owner.facts.qualname)
        if not isinstance(declared, Unknown) and declared != NONE:
            return declared
        found: list[Value] = []
        for ancestor in of.ancestors:
            self._questions.depend(subjects.of_body(ancestor))
            for function in self._assigning_methods(ancestor).get(name, ()):
                analysis = self.analysis(function, of)
                if name in analysis.self_attributes:
                    found.append(analysis.self_attributes[name])
            if found:
                break
        known = [value for value in found if value != NONE]
        return choice(*(known or found)) if found else declared

    def _assigning_methods(self, of: Class) -> dict[str, list[Function]]:
        found = self._assigning.get(of.key)
        if found is None:
            found = self._assigning[of.key] = {}
            methods = sorted(of.module.functions_of(of.facts.qualname), key=lambda item: item.name != "__init__")
            for function in methods:
                for name in sorted(self_assignments(function.body)):
                    found.setdefault(name, []).append(function)
        return found

    # Modules

    def variable(self, variable: Variable) -> Value:
        """Return what a module-level variable holds."""
        key = subjects.of_variable(variable)
        return self._questions.ask(key, lambda: self._evaluate_variable(variable), lambda: UNKNOWN)

    def _evaluate_variable(self, variable: Variable) -> Value:
        declared = Annotations(variable.module, "", frozenset(), None).value(variable.annotation)
        if variable.value is None or not isinstance(declared, Unknown):
            return declared
        value = self._module_value(variable.module, variable.value, "")
        if isinstance(value, Instance) and isinstance(value.origin, SessionOrigin):
            return Instance(value.of, (), SessionOrigin("global", f"{variable.module.key}:{variable.name}"))
        return value

    def _module_value(self, module: Module, expression: Expr, scope: str) -> Value:
        frame = Frame(module, None, None, {})
        frame.scope = scope
        evaluator = Evaluator(frame, self)
        found = evaluator.value(expression)
        evaluator.finish()
        return found

    def module_analysis(self, module: Module) -> Analysis:
        """Return what the top level of a module does."""
        function = Function(module, top_level(module))
        return self._questions.ask(
            subjects.of_top_level(module), lambda: self._analyse_top_level(function), lambda: _empty(function, None)
        )

    def _analyse_top_level(self, function: Function) -> Analysis:
        frame = Frame(function.module, None, None, {})
        evaluator = Evaluator(frame, self)
        Executor(frame, evaluator).run(function.module.body)
        evaluator.finish()
        return replace(
            _empty(function, None),
            calls=tuple(frame.calls[key] for key in sorted(frame.calls)),
            reads=tuple(frame.reads[key] for key in sorted(frame.reads)),
            coroutine_uses=tuple(frame.coroutine_uses[key] for key in sorted(frame.coroutine_uses)),
            values=frame.values,
        )

    @property
    def expires_on_commit(self) -> bool:
        """Return whether a commit on the project's asynchronous sessions certainly expires their objects."""
        return self._sessions.expire_on_commit(async_=True) is True


_KNOWN_PARENTS: Final = frozenset(
    {"sqlalchemy.ext.asyncio.AsyncSession", "sqlalchemy.orm.Session", "pydantic.BaseModel", "fastapi.APIRouter"}
    | {"fastapi.FastAPI", "starlette.applications.Starlette", "httpx.AsyncClient", "httpx.Client"}
)


def _empty(function: Function, own: Class | None) -> Analysis:
    """Return the analysis of a function that does nothing."""
    return Analysis(
        function=function,
        own=own,
        result=UNKNOWN,
        calls=(),
        reads=(),
        parameter_reads=(),
        parameter_loads=frozenset(),
        refreshed=frozenset(),
        coroutine_uses=(),
        returned=(),
        yielded=(),
        session_effects=(),
        all_session_effects=(),
        values={},
        self_attributes={},
        closures={},
        manages_context="",
        keeps_type=True,
        never_returns=False,
    )


def _not_expired(instance: Instance, origin: EntityOrigin) -> Instance:
    return instance if origin.expired is None else replace(instance, origin=replace(origin, expired=None))

"""Analyses each function once for each class it is called on, on demand, and keeps the summaries.

A function that is reached again while it is being analysed (recursion) contributes what it declares.
"""

from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from fastapi_lint.config import SessionKind
from fastapi_lint.facts.expressions import Attribute, Expr, Name
from fastapi_lint.facts.statements import Annotate, Assign
from fastapi_lint.knowledge.canonical import ancestors, canonical
from fastapi_lint.model import subjects
from fastapi_lint.model.analysis import Analysis, empty_analysis
from fastapi_lint.model.annotations import Annotations
from fastapi_lint.model.decorators import decorated
from fastapi_lint.model.evaluation import Evaluator
from fastapi_lint.model.execution import Executor
from fastapi_lint.model.frame import Environment, Frame, map_entities
from fastapi_lint.model.generics import Generics
from fastapi_lint.model.inference import (
    completed,
    default_value,
    detached,
    first_effects,
    first_reads,
    is_generic,
    self_assignments,
    top_level,
    unify,
)
from fastapi_lint.model.library import Library
from fastapi_lint.model.modules import Module
from fastapi_lint.model.parameters import parameter_value
from fastapi_lint.model.questions import Questions
from fastapi_lint.model.schemas import reads_from
from fastapi_lint.model.substitution import Bindings, substitute
from fastapi_lint.model.symbols import Class, Function, Variable
from fastapi_lint.model.values import (
    NONE,
    UNKNOWN,
    Built,
    ClassObject,
    Collection,
    EntityOrigin,
    Instance,
    Place,
    SessionOrigin,
    Unknown,
    Value,
    alternatives,
    choice,
)

if TYPE_CHECKING:
    from fastapi_lint.model.orm import MappedClass, OrmModel
    from fastapi_lint.model.schemas import Schemas
    from fastapi_lint.model.sessions import Sessions

_INSPECTIONS: Final = frozenset({"sqlalchemy.inspect", "sqlalchemy.orm.attributes.set_committed_value"})


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
        self._generics = Generics()
        self._column_values: dict[tuple[Class, str], Value] = {}
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
        keeps, manages = decorated(function, self._questions)
        return replace(
            empty_analysis(function, own),
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
        bindings = self._generics.bindings(own) if own is not None else {}
        for parameter in function.facts.parameters:
            frame.environment[parameter.name] = parameter_value(
                self, function, own, parameter, evaluator.annotations, bindings
            )
        finished = Executor(frame, evaluator).run(function.body)
        keeps, manages = decorated(function, self._questions)
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

    # Calls

    def bindings(
        self, function: Function, receiver: Value | None, bound: dict[str, Value], *, call: Place | None = None
    ) -> Bindings:
        """Return what a call binds: parameters, defaults, and the type variables that arguments decide."""
        own = receiver.of if isinstance(receiver, Instance | ClassObject) and isinstance(receiver.of, Class) else None
        of = own or function.owner
        variables = dict(self._generics.bindings(of)) if of is not None else {}
        if own is not None and isinstance(receiver, Instance | ClassObject) and receiver.arguments:
            variables.update(zip(self._generics.type_parameters(own), receiver.arguments, strict=False))
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
        variables = dict(self._generics.bindings(of))
        variables.update(zip(self._generics.type_parameters(of), base.arguments, strict=False))
        if isinstance(raw, Instance) and raw.origin is None and self.library.session_kind(raw) is not None:
            raw = Instance(raw.of, (), SessionOrigin("attribute", f"self.{name}"))
        if isinstance(base.origin, Built):
            return substitute(raw, Bindings(dict(base.origin.bound), base, variables))
        return substitute(detached(raw, name), Bindings({}, base, variables))

    def class_attribute(self, of: Class, name: str) -> Value:
        """Return an attribute of a class itself."""
        raw = self._raw_attribute(of, name)
        return substitute(detached(raw, name), Bindings({}, ClassObject(of), dict(self._generics.bindings(of))))

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
            subjects.of_top_level(module),
            lambda: self._analyse_top_level(function),
            lambda: empty_analysis(function, None),
        )

    def _analyse_top_level(self, function: Function) -> Analysis:
        frame = Frame(function.module, None, None, {})
        evaluator = Evaluator(frame, self)
        Executor(frame, evaluator).run(function.module.body)
        evaluator.finish()
        return replace(
            empty_analysis(function, None),
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


def _not_expired(instance: Instance, origin: EntityOrigin) -> Instance:
    return instance if origin.expired is None else replace(instance, origin=replace(origin, expired=None))

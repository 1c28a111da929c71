"""What an attribute of a value is: of an object, a class, a module, something from outside."""

from typing import TYPE_CHECKING, Final

from fastapi_lint.facts.expressions import Expr
from fastapi_lint.model.entity_reads import EntityReads
from fastapi_lint.model.modules import Module
from fastapi_lint.model.summaries import Summaries
from fastapi_lint.model.symbols import Class, External, Function, Variable
from fastapi_lint.model.values import (
    UNKNOWN,
    Callable,
    ClassObject,
    Collection,
    Coroutine,
    ExternalObject,
    Instance,
    LambdaObject,
    Literal,
    LoaderOptions,
    MappedAttribute,
    ModuleObject,
    Result,
    Statement,
    Super,
    Symbolic,
    TypeVariable,
    Unknown,
    Value,
    symbol_value,
)

if TYPE_CHECKING:
    from fastapi_lint.model.analyser import Analyser

_WITHOUT_MEMBERS: Final = frozenset({Unknown, Literal, Callable, LambdaObject, Coroutine, Symbolic})


class Members:
    """Finds the attributes that one frame asks for."""

    def __init__(self, analyser: "Analyser", reads: EntityReads, summaries: Summaries) -> None:
        self._analyser = analyser
        self._reads = reads
        self._summaries = summaries

    def member(self, base: Value, name: str, node: Expr) -> Value:
        """Return what ``base.name`` is, and record the read of a database object."""
        if type(base) in _WITHOUT_MEMBERS:
            return UNKNOWN
        match base:
            case Instance(of=Class() as of):
                return self._instance_member(base, of, name, node)
            case Instance(of=str() as of):
                return ExternalObject(self._analyser.canonical(f"{of}.{name}"), base)
            case ClassObject(of=Class() as of):
                return self._class_member(base, of, name)
            case ClassObject(of=str() as of):
                return ExternalObject(f"{of}.{name}", base)
            case ModuleObject(module=module):
                return self._module_member(module, name)
            case ExternalObject(name=outer, receiver=Instance() as entity) if outer.endswith(".awaitable_attrs"):
                return self._reads.awaitable(entity, name, node)
            case ExternalObject():
                return ExternalObject(self._analyser.canonical(f"{base.name}.{name}"), base.receiver)
            case Super():
                return self._super_member(base, name)
            case TypeVariable(bound=bound) if bound is not base:
                return self.member(bound, name, node)
            case Result() | Statement() | Collection() | MappedAttribute() | LoaderOptions():
                return ExternalObject(f"{self._analyser.library.type_name(base)}.{name}", base)
            case _:
                return UNKNOWN

    def _module_member(self, module: Module, name: str) -> Value:
        symbol = module.lookup(name)
        match symbol:
            case Variable():
                return self._analyser.variable(symbol)
            case Module() | Class() | Function() | External():
                return symbol_value(symbol)
            case None:
                return UNKNOWN

    def _instance_member(self, base: Instance, of: Class, name: str, node: Expr) -> Value:
        entity = self._analyser.entity(of)
        if entity is not None and (entity.relationship(name) is not None or entity.column(name) is not None):
            return self._reads.attribute(base, name, node)
        if entity is not None and name == "awaitable_attrs":
            return ExternalObject("sqlalchemy.ext.asyncio.AsyncAttrs.awaitable_attrs", base)
        method = self._analyser.method(of, name)
        if method is not None:
            if method.is_property:
                return self._summaries.property(base, method, node)
            return Callable(method, None if method.is_static else base)
        found = self._analyser.attribute(base, of, name)
        if isinstance(found, Unknown):
            inherited = self._analyser.external_member(of, name)
            if inherited is not None:
                return ExternalObject(inherited, base)
        return found

    def _class_member(self, base: ClassObject, of: Class, name: str) -> Value:
        entity = self._analyser.entity(of)
        if entity is not None and (entity.relationship(name) is not None or entity.column(name) is not None):
            return MappedAttribute(of, name)
        method = self._analyser.method(of, name)
        if method is not None:
            if entity is not None and method.is_property:
                return MappedAttribute(of, name)
            return Callable(method, base if method.is_class_method else None)
        nested = of.module.classes.get(f"{of.facts.qualname}.{name}")
        if nested is not None:
            return ClassObject(nested)
        found = self._analyser.class_attribute(of, name)
        if isinstance(found, Unknown):
            inherited = self._analyser.external_member(of, name)
            if inherited is not None:
                return ExternalObject(inherited, base)
        return found

    def _super_member(self, base: Super, name: str) -> Value:
        receiver = base.receiver
        of = receiver.of if isinstance(receiver, Instance | ClassObject) else None
        if not isinstance(of, Class):
            return UNKNOWN
        ancestors = of.ancestors
        behind = ancestors[ancestors.index(base.behind) + 1 :] if base.behind in ancestors else ()
        for ancestor in behind:
            method = self._analyser.method(ancestor, name)
            if method is not None and name in ancestor.own_methods:
                return Callable(method, None if method.is_static else receiver)
        inherited = self._analyser.external_member(of, name)
        return UNKNOWN if inherited is None else ExternalObject(inherited, receiver)

"""Which classes are mapped, and by which declarative base: the registry in which their names are looked up."""

from typing import Final

from fastapi_lint.facts.expressions import Attribute, Call, Constant, Expr, Name, Subscript
from fastapi_lint.facts.statements import Annotate, Assign
from fastapi_lint.knowledge.canonical import is_subclass
from fastapi_lint.model.constructs import construct, library_name
from fastapi_lint.model.modules import Module
from fastapi_lint.model.symbols import Class, External, Function, Variable

_BASES: Final = frozenset({"sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta"})
_BASE_MAKERS: Final = frozenset(
    {
        "sqlalchemy.orm.declarative_base",
        "sqlalchemy.ext.automap.automap_base",
        "sqlalchemy.orm.registry.generate_base",
    }
)
_ROOT_DECORATORS: Final = frozenset({"sqlalchemy.orm.as_declarative", "sqlalchemy.orm.registry.as_declarative_base"})
_MAPPING_DECORATORS: Final = frozenset(
    {
        "sqlalchemy.orm.registry.mapped",
        "sqlalchemy.orm.registry.mapped_as_dataclass",
        "sqlalchemy.orm.mapped_as_dataclass",
    }
)
_METACLASSES: Final = frozenset({"sqlalchemy.orm.DeclarativeMeta", "sqlalchemy.orm.decl_api.DeclarativeMeta"})
SQLMODEL: Final = "sqlmodel.SQLModel"
_NEVER_MAPPED: Final = ("builtins.", "typing.", "typing_extensions.", "abc.", "enum.", "pydantic.", "collections.")


class Declarative:
    """Follows bases to the declarative base; a base is known by its key, an external one by its name."""

    def __init__(self) -> None:
        self._roots: dict[str, str | None] = {}
        self._given_bases: dict[str, Class] = {}

    def root(self, cls: Class) -> str | None:
        """Return the declarative base that a class derives from (or is), None for a class that has none."""
        if cls.key not in self._roots:
            self._roots[cls.key] = None
            self._roots[cls.key] = self._find_root(cls)
        return self._roots[cls.key]

    def given_base(self, root: str) -> Class | None:
        """Return the class that ``declarative_base(cls=...)`` builds a base from."""
        return self._given_bases.get(root)

    def is_mapped(self, cls: Class) -> bool:
        """Return whether a class is mapped to a table: neither a base, nor abstract, nor a mixin."""
        root = self.root(cls)
        if root is None or root == cls.key:
            return False
        if root == SQLMODEL:
            return any(
                keyword.name == "table" and isinstance(keyword.value, Constant) and keyword.value.value is True
                for keyword in cls.facts.keywords
            )
        return not _declares_true(cls, "__abstract__")

    def _find_root(self, cls: Class) -> str | None:
        module, scope = cls.module, cls.facts.parent
        for decorator in cls.facts.decorators:
            target = decorator.func if isinstance(decorator, Call) else decorator
            name = library_name(module, target, scope)
            if name in _ROOT_DECORATORS:
                return cls.key
            if name in _MAPPING_DECORATORS:
                registry = target.value if isinstance(target, Attribute) else target
                symbol = module.resolve(registry, scope)
                return f"{symbol.module.key}:{symbol.name}" if isinstance(symbol, Variable) else name
        if any(
            keyword.name == "metaclass" and library_name(module, keyword.value, scope) in _METACLASSES
            for keyword in cls.facts.keywords
        ):
            return cls.key
        for base in cls.facts.bases:
            found = self._base_root(cls, module, base, scope)
            if found is not None:
                return found
        return _conclude_from_body(cls)

    def _base_root(self, cls: Class, module: Module, base: Expr, scope: str) -> str | None:
        if isinstance(base, Subscript):
            base = base.value
        if isinstance(base, Call):
            return cls.key if self._makes_base(module, base, scope, cls.key) else None
        symbol = module.resolve(base, scope)
        match symbol:
            case Class():
                return self.root(symbol) if symbol is not cls else None
            case Variable():
                return self._variable_root(cls, symbol)
            case _:
                name = library_name(module, base, scope)
        if name in _BASES:
            return cls.key
        if name == SQLMODEL or (name is not None and is_subclass(name, "sqlalchemy.orm.DeclarativeBase")):
            return name
        return None

    def _variable_root(self, cls: Class, variable: Variable) -> str | None:
        match variable.value:
            case Call():
                key = f"{variable.module.key}:{variable.name}"
                return key if self._makes_base(variable.module, variable.value, "", key) else None
            case (Name() | Attribute() | Subscript()) as other:
                symbol = variable.module.resolve(other)
                return None if symbol is variable else self._base_root(cls, variable.module, other, "")
            case _:
                return None

    def _makes_base(self, module: Module, call: Call, scope: str, key: str) -> bool:
        made = construct(module, call, scope)
        if made is None or made.name not in _BASE_MAKERS:
            return False
        given = made.keywords.get("cls")
        if given is not None:
            symbol = made.module.resolve(given, made.scope)
            if isinstance(symbol, Class):
                self._given_bases[key] = symbol
        return True


def _conclude_from_body(cls: Class) -> str | None:
    """Return a base from outside the project that can only be a declarative one: the class names its table."""
    foreign = [base.name for base in cls.bases if isinstance(base, External) and _may_be_declarative(base.name)]
    if not foreign or "__tablename__" not in cls.own_assignments or not _has_columns(cls):
        return None
    return foreign[0]


def _may_be_declarative(name: str) -> bool:
    return not name.startswith(_NEVER_MAPPED) and not is_subclass(name, "pydantic.BaseModel")


def _has_columns(cls: Class) -> bool:
    for statement in cls.own_assignments.values():
        made = construct(cls.module, statement.value, cls.facts.qualname)
        if made is not None and made.name in {"sqlalchemy.Column", "sqlalchemy.orm.mapped_column"}:
            return True
    return False


def _declares_true(cls: Class, name: str) -> bool:
    statement = cls.own_assignments.get(name)
    match statement:
        case Assign(value=Constant(value=True)) | Annotate(value=Constant(value=True)):
            return True
        case _:
            return False


def is_declared_attr(function: Function) -> bool:
    """Return whether a method is a ``@declared_attr``, also ``@declared_attr.directive`` and ``.cascading``."""
    return any(name.startswith("sqlalchemy.orm.declared_attr") for name in function.decorator_names)

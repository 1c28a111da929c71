"""What the type parameters of classes are, and what they stand for in the classes that inherit from them."""

from fastapi_lint.facts.expressions import Sequence, Subscript
from fastapi_lint.model.analysis import DEEPEST_CHAIN
from fastapi_lint.model.annotations import Annotations
from fastapi_lint.model.substitution import Bindings, substitute
from fastapi_lint.model.symbols import Class
from fastapi_lint.model.values import TypeVariable, Value


class Generics:
    """Answers for the classes of one project, and keeps the answers."""

    def __init__(self) -> None:
        self._type_parameters: dict[Class, tuple[str, ...]] = {}
        self._bindings: dict[str, dict[str, Value]] = {}

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

    def bindings(self, of: Class, depth: int = 0) -> dict[str, Value]:
        """Return what the type variables of a class's bases stand for in the class."""
        found = self._bindings.get(of.key)
        if found is not None:
            return found
        found = self._bindings[of.key] = {}
        annotations = Annotations(of.module, of.facts.parent, frozenset(of.facts.type_parameters), None)
        for base in of.facts.bases:
            symbol = of.module.resolve(base.value if isinstance(base, Subscript) else base, of.facts.parent)
            if not isinstance(symbol, Class) or symbol is of:
                continue
            inherited = dict(self.bindings(symbol, depth + 1)) if depth < DEEPEST_CHAIN else {}
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

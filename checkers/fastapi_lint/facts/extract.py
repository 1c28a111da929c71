"""Turns the bytes of one file into its facts (invariant I1).

One walk over ``ast`` builds the values of ``expressions`` and ``statements``. What decides the speed is the number of
Python-level calls for each node: the walk dispatches on the node's type through a table, an offset takes two look-ups,
and the most frequent nodes (names, attributes, calls, constants) do both in place.
"""

# ruff: noqa: SLF001 - the tables of methods stand behind the class that they belong to

import ast
import re
import warnings
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Any, Final

import msgspec

from fastapi_lint.collector import collector_off
from fastapi_lint.facts.expressions import (
    Assignment,
    Attribute,
    Await,
    BinaryOperation,
    BooleanOperation,
    Call,
    Comparison,
    Comprehension,
    Conditional,
    Constant,
    Expr,
    FormattedString,
    Generator,
    Keyword,
    Lambda,
    Mapping,
    Name,
    Opaque,
    Sequence,
    Slice,
    Starred,
    Subscript,
    UnaryOperation,
    Yield,
)
from fastapi_lint.facts.failures import ParseFailure
from fastapi_lint.facts.lowering import lower
from fastapi_lint.facts.schema import ClassFacts, FunctionFacts, Import, ModuleFacts, Parameter
from fastapi_lint.facts.statements import (
    Annotate,
    Assert,
    Assign,
    Augment,
    Case,
    Declare,
    Define,
    Delete,
    Evaluate,
    For,
    Handler,
    If,
    ImportHere,
    Jump,
    Match,
    Raise,
    Return,
    Stmt,
    Try,
    While,
    With,
    WithItem,
)
from fastapi_lint.recursion import frames

_OPERATORS: Final[dict[type, str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.And: "and",
    ast.Or: "or",
    ast.Not: "not",
    ast.Invert: "~",
    ast.UAdd: "+",
    ast.USub: "-",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.MatMult: "@",
    ast.Div: "/",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.FloorDiv: "//",
}
_LONGEST_STRING: Final = 400
_FRAMES: Final = 400
"""How many frames the walk over one file may take: of 17,000 real files none takes more than 200. What is nested more
deeply is said to be so by every process and under every command (I5), and the model can follow what is not."""
_INTEGER_LIMIT: Final = 1 << 63
_KEYWORDS: Final = re.compile(rb"(?:async[ \t\f\\\r\n]+)?(?:def|class)[ \t\f\\\r\n]+")
"""What stands in front of the name; a backslash may break the line."""
_encoder = msgspec.msgpack.Encoder()
_NOTHING: Final = msgspec.Raw(_encoder.encode(()))

_FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def extract(source: bytes, key: str) -> ModuleFacts | ParseFailure:
    """Return the facts of a file, or where and why it cannot be parsed.

    Args:
        source: the text in UTF-8 without byte order mark.
        key: the module's key; it only names the file in a failure.

    """
    with frames(_FRAMES), collector_off(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the parser's own warnings: as errors they would change the facts
        return _extract(source, key)


def _extract(source: bytes, key: str) -> ModuleFacts | ParseFailure:
    parameters: dict[int, tuple[str, ...]] = {}
    try:
        try:
            tree = ast.parse(source)
        except SyntaxError:
            lowered = lower(source)
            tree = lowered.tree()
            parameters = {item.line: item.names for item in lowered.type_params}
        return _Extractor(source, parameters).module(tree)
    except SyntaxError as error:
        return _failure(key, error)
    except (RecursionError, MemoryError):
        return ParseFailure(key, 1, 1, "the code is nested too deeply to be analysed")
    except ValueError as error:
        return ParseFailure(key, 1, 1, str(error))


def _failure(key: str, error: SyntaxError) -> ParseFailure:
    return ParseFailure(key, error.lineno or 1, max(error.offset or 1, 1), error.msg or "invalid syntax")


class _Extractor:
    """Walks one tree; a stack of scopes says whose imports and calls are being seen."""

    def __init__(self, source: bytes, lowered_type_parameters: dict[int, tuple[str, ...]]) -> None:
        self._source = source
        self._lowered_type_parameters = lowered_type_parameters
        # Index 1 is the first line, so that a node's line number needs no correction.
        rows = source.splitlines(keepends=True)
        self._starts = [0, 0, *accumulate(map(len, rows))]
        self._line_ends = len(rows) if source.endswith((b"\n", b"\r")) else max(len(rows) - 1, 0)
        self._imports: list[Import] = []
        self._classes: list[ClassFacts] = []
        self._functions: list[FunctionFacts] = []
        self._scopes: list[tuple[str, bool]] = [("", False)]
        self._calls: list[set[str]] = [set()]
        self._methods: list[list[str]] = []
        self._yields: list[bool] = [False]
        self._type_checking = 0
        self._guarded = 0

    # The module

    def module(self, tree: ast.Module) -> ModuleFacts:
        body = self._statements(tree.body)
        assigned: set[str] = set()
        _bound_names(body, assigned)
        return ModuleFacts(
            imports=tuple(self._imports),
            classes=tuple(self._classes),
            functions=tuple(self._functions),
            assigned=tuple(sorted(assigned)),
            exported=_exported_names(body),
            future_annotations=any(
                item.module == "__future__" and item.name == "annotations" for item in self._imports
            ),
            size=len(self._source),
            lines=self._line_ends,
            body=msgspec.Raw(_encoder.encode(body)),
        )

    def _where(self, node: Any) -> tuple[int, int]:
        starts = self._starts
        return starts[node.lineno] + node.col_offset, starts[node.end_lineno] + node.end_col_offset

    # Statements

    def _statements(self, nodes: Iterable[ast.stmt]) -> tuple[Stmt, ...]:
        table = _STATEMENTS
        return tuple(
            [
                table[type(node)](self, node)
                for node in nodes
                if type(node) is not ast.Expr or type(node.value) is not ast.Constant  # a docstring, or nothing
            ]
        )

    def _evaluate(self, node: ast.Expr) -> Stmt:
        value = node.value
        return Evaluate(*self._where(node), _EXPRESSIONS[type(value)](self, value))

    def _assign(self, node: ast.Assign) -> Stmt:
        table, value = _EXPRESSIONS, node.value
        targets = tuple([table[type(item)](self, item) for item in node.targets])
        return Assign(*self._where(node), targets, table[type(value)](self, value))

    def _annotate(self, node: ast.AnnAssign) -> Stmt:
        target = self._expression(node.target)
        return Annotate(*self._where(node), target, self._annotation(node.annotation), self._optional(node.value))

    def _augment(self, node: ast.AugAssign) -> Stmt:
        target = self._expression(node.target)
        return Augment(*self._where(node), target, _OPERATORS[type(node.op)], self._expression(node.value))

    def _type_alias(self, node: Any) -> Stmt:
        return Assign(*self._where(node), (self._expression(node.name),), self._annotation(node.value))

    def _return(self, node: ast.Return) -> Stmt:
        return Return(*self._where(node), self._optional(node.value))

    def _raise(self, node: ast.Raise) -> Stmt:
        return Raise(*self._where(node), self._optional(node.exc), self._optional(node.cause))

    def _delete(self, node: ast.Delete) -> Stmt:
        return Delete(*self._where(node), tuple([self._expression(item) for item in node.targets]))

    def _if(self, node: ast.If) -> Stmt:
        where = self._where(node)
        test = self._expression(node.test)
        checking = _is_type_checking(node.test)
        self._type_checking += checking
        body = self._statements(node.body)
        self._type_checking -= checking
        return If(*where, test, body, self._statements(node.orelse))

    def _while(self, node: ast.While) -> Stmt:
        test = self._expression(node.test)
        return While(*self._where(node), test, self._statements(node.body), self._statements(node.orelse))

    def _for(self, node: ast.For | ast.AsyncFor) -> Stmt:
        target, source = self._expression(node.target), self._expression(node.iter)
        body, orelse = self._statements(node.body), self._statements(node.orelse)
        return For(*self._where(node), target, source, body, orelse, isinstance(node, ast.AsyncFor))

    def _with(self, node: ast.With | ast.AsyncWith) -> Stmt:
        items = tuple(
            [WithItem(self._expression(item.context_expr), self._optional(item.optional_vars)) for item in node.items]
        )
        return With(*self._where(node), items, self._statements(node.body), isinstance(node, ast.AsyncWith))

    def _try(self, node: Any) -> Stmt:
        self._guarded += 1
        body = self._statements(node.body)
        handlers = tuple([self._handler(item) for item in node.handlers])
        self._guarded -= 1
        return Try(*self._where(node), body, handlers, self._statements(node.orelse), self._statements(node.finalbody))

    def _handler(self, node: ast.ExceptHandler) -> Handler:
        return Handler(*self._where(node), self._optional(node.type), node.name, self._statements(node.body))

    def _match(self, node: ast.Match) -> Stmt:
        subject = self._expression(node.subject)
        return Match(*self._where(node), subject, tuple([self._case(item) for item in node.cases]))

    def _case(self, node: ast.match_case) -> Case:
        names: list[str] = []
        classes: list[Expr] = []
        for pattern in ast.walk(node.pattern):
            match pattern:
                case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                    names.append(name)
                case ast.MatchClass(cls=tested):
                    classes.append(self._expression(tested))
                case _:
                    pass
        wildcard = isinstance(node.pattern, ast.MatchAs) and node.pattern.pattern is None
        guard = self._optional(node.guard)
        return Case(tuple(names), tuple(classes), guard, self._statements(node.body), wildcard and guard is None)

    def _assert(self, node: ast.Assert) -> Stmt:
        return Assert(*self._where(node), self._expression(node.test), self._optional(node.msg))

    def _jump(self, node: ast.stmt) -> Stmt:
        return Jump(*self._where(node), type(node).__name__.lower())

    def _declare(self, node: ast.Global | ast.Nonlocal) -> Stmt:
        return Declare(*self._where(node), tuple(node.names), isinstance(node, ast.Global))

    def _import(self, node: ast.Import) -> Stmt:
        bound = []
        for item in node.names:
            name = item.asname or item.name.partition(".")[0]
            bound.append(name)
            self._add_import(item, name, item.name, None, 0)
        return ImportHere(*self._where(node), tuple(bound))

    def _import_from(self, node: ast.ImportFrom) -> Stmt:
        bound = []
        for item in node.names:
            name = item.asname or item.name
            bound.append(name)
            self._add_import(item, name, node.module or "", item.name, node.level)
        return ImportHere(*self._where(node), tuple(bound))

    def _add_import(self, node: ast.alias, bound: str, module: str, name: str | None, level: int) -> None:
        scope = self._scopes[-1][0]
        checking, guarded = self._type_checking > 0, self._guarded > 0
        self._imports.append(Import(bound, module, name, level, scope, checking, guarded, *self._where(node)))

    # Definitions

    def _function(self, node: _FunctionNode) -> Stmt:
        parent, in_class = self._scopes[-1]
        qualname = _qualified(parent, in_class, node.name)
        if in_class:
            self._methods[-1].append(qualname)
        decorators = tuple([self._expression(item) for item in node.decorator_list])
        parameters = self._parameters(node.args)
        returns = None if node.returns is None else self._annotation(node.returns)
        self._scopes.append((qualname, False))
        self._calls.append(set())
        self._yields.append(False)
        body = self._statements(node.body)
        self._scopes.pop()
        called = self._calls.pop()
        start, end = self._where(node)
        self._functions.append(
            FunctionFacts(
                qualname=qualname,
                parent=parent,
                owner=parent if in_class else "",
                parameters=parameters,
                decorators=decorators,
                returns=returns,
                is_async=isinstance(node, ast.AsyncFunctionDef),
                is_generator=self._yields.pop(),
                called=tuple(sorted(called)),
                type_parameters=self._type_parameters(node),
                start=start,
                end=end,
                name_start=self._name_start(node),
                body=msgspec.Raw(_encoder.encode(body)) if body else _NOTHING,
            )
        )
        return Define(start, end, qualname, is_class=False)

    def _class(self, node: ast.ClassDef) -> Stmt:
        parent, in_class = self._scopes[-1]
        qualname = _qualified(parent, in_class, node.name)
        decorators = tuple([self._expression(item) for item in node.decorator_list])
        bases = tuple([self._expression(item) for item in node.bases])
        keywords = tuple([Keyword(item.arg, self._expression(item.value)) for item in node.keywords])
        self._scopes.append((qualname, True))
        self._methods.append([])
        body = self._statements(node.body)
        self._scopes.pop()
        start, end = self._where(node)
        self._classes.append(
            ClassFacts(
                qualname=qualname,
                parent=parent,
                bases=bases,
                keywords=keywords,
                decorators=decorators,
                methods=tuple(self._methods.pop()),
                type_parameters=self._type_parameters(node),
                start=start,
                end=end,
                name_start=self._name_start(node),
                body=msgspec.Raw(_encoder.encode(body)) if body else _NOTHING,
            )
        )
        return Define(start, end, qualname, is_class=True)

    def _name_start(self, node: _FunctionNode | ast.ClassDef) -> int:
        start, _ = self._where(node)
        keywords = _KEYWORDS.match(self._source, start)
        return start if keywords is None else keywords.end()

    def _type_parameters(self, node: Any) -> tuple[str, ...]:
        native = getattr(node, "type_params", None)
        if native:
            return tuple(item.name for item in native)
        return self._lowered_type_parameters.get(node.lineno, ())

    def _parameters(self, arguments: ast.arguments) -> tuple[Parameter, ...]:
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
        defaults.extend(arguments.defaults)
        only = len(arguments.posonlyargs)
        found = [
            self._parameter(item, "positional-only" if index < only else "positional", default)
            for index, (item, default) in enumerate(zip(positional, defaults, strict=True))
        ]
        if arguments.vararg is not None:
            found.append(self._parameter(arguments.vararg, "*", None))
        found.extend(
            self._parameter(item, "keyword", default)
            for item, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        )
        if arguments.kwarg is not None:
            found.append(self._parameter(arguments.kwarg, "**", None))
        return tuple(found)

    def _parameter(self, node: Any, kind: str, default: ast.expr | None) -> Parameter:
        starts, given = self._starts, node.annotation
        return Parameter(
            node.arg,
            kind,
            None if given is None else self._annotation(given),
            None if default is None else _EXPRESSIONS[type(default)](self, default),
            starts[node.lineno] + node.col_offset,
            starts[node.end_lineno] + node.end_col_offset,
        )

    # Expressions

    def _expression(self, node: ast.expr) -> Expr:
        return _EXPRESSIONS[type(node)](self, node)

    def _optional(self, node: ast.expr | None) -> Expr | None:
        return None if node is None else _EXPRESSIONS[type(node)](self, node)

    def _annotation(self, node: ast.expr) -> Expr:
        """Build an annotation: a string in it is code, except as a literal or as metadata."""
        match node:
            case ast.Constant(value=str(text)):
                return self._string_annotation(node, text)
            case ast.Subscript():
                value = self._expression(node.value)
                return Subscript(*self._where(node), value, self._annotation_arguments(value, node.slice))
            case ast.BinOp(op=ast.BitOr()):
                left, right = self._annotation(node.left), self._annotation(node.right)
                return BinaryOperation(*self._where(node), left, "|", right)
            case _:
                return self._expression(node)

    def _annotation_arguments(self, container: Expr, node: ast.expr) -> Expr:
        tail = container.attr if isinstance(container, Attribute) else getattr(container, "id", "")
        if tail == "Literal":
            return self._expression(node)
        if not isinstance(node, ast.Tuple):
            return self._annotation(node)
        if tail == "Annotated":
            items = [self._annotation(node.elts[0]), *(self._expression(item) for item in node.elts[1:])]
        else:
            items = [self._annotation(item) for item in node.elts]
        return Sequence(*self._where(node), "tuple", tuple(items))

    def _string_annotation(self, node: ast.Constant, text: str) -> Expr:
        try:
            parsed = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return self._constant(node)
        for inner in ast.walk(parsed):
            ast.copy_location(inner, node)
        return self._annotation(parsed)

    def _name(self, node: Any) -> Expr:
        starts = self._starts
        start = starts[node.lineno] + node.col_offset
        return Name(start, starts[node.end_lineno] + node.end_col_offset, node.id)

    def _attribute(self, node: Any) -> Expr:
        value = node.value
        starts = self._starts
        start = starts[node.lineno] + node.col_offset
        end = starts[node.end_lineno] + node.end_col_offset
        return Attribute(start, end, _EXPRESSIONS[type(value)](self, value), node.attr)

    def _call(self, node: Any) -> Expr:
        func = node.func
        if type(func) is ast.Attribute:
            self._calls[-1].add(func.attr)
        elif type(func) is ast.Name:
            self._calls[-1].add(func.id)
        table = _EXPRESSIONS
        starts = self._starts
        return Call(
            starts[node.lineno] + node.col_offset,
            starts[node.end_lineno] + node.end_col_offset,
            table[type(func)](self, func),
            tuple([table[type(item)](self, item) for item in node.args]) if node.args else (),
            tuple([Keyword(item.arg, table[type(item.value)](self, item.value)) for item in node.keywords])
            if node.keywords
            else (),
        )

    def _constant(self, node: Any) -> Expr:
        starts = self._starts
        start = starts[node.lineno] + node.col_offset
        end = starts[node.end_lineno] + node.end_col_offset
        value = node.value
        kind = type(value)
        if kind is str:
            text = value if len(value) <= _LONGEST_STRING else value[:_LONGEST_STRING]
            return Constant(start, end, text) if text.isascii() or _is_unicode(text) else Opaque(start, end, "str")
        if value is None or kind is bool or kind is float:
            return Constant(start, end, value)
        if kind is int and -_INTEGER_LIMIT <= value < _INTEGER_LIMIT:
            return Constant(start, end, value)
        return Opaque(start, end, kind.__name__)

    def _await(self, node: ast.Await) -> Expr:
        value = node.value
        return Await(*self._where(node), _EXPRESSIONS[type(value)](self, value))

    def _subscript(self, node: ast.Subscript) -> Expr:
        value, index = node.value, node.slice
        table = _EXPRESSIONS
        return Subscript(*self._where(node), table[type(value)](self, value), table[type(index)](self, index))

    def _sequence(self, node: ast.Tuple | ast.List | ast.Set) -> Expr:
        kind = type(node).__name__.lower()
        return Sequence(*self._where(node), kind, tuple([self._expression(item) for item in node.elts]))

    def _mapping(self, node: ast.Dict) -> Expr:
        keys = tuple([self._optional(item) for item in node.keys])
        return Mapping(*self._where(node), keys, tuple([self._expression(item) for item in node.values]))

    def _boolean(self, node: ast.BoolOp) -> Expr:
        values = tuple([self._expression(item) for item in node.values])
        return BooleanOperation(*self._where(node), _OPERATORS[type(node.op)], values)

    def _comparison(self, node: ast.Compare) -> Expr:
        table, left = _EXPRESSIONS, node.left
        operators = tuple([_OPERATORS[type(item)] for item in node.ops])
        comparators = tuple([table[type(item)](self, item) for item in node.comparators])
        return Comparison(*self._where(node), table[type(left)](self, left), operators, comparators)

    def _unary(self, node: ast.UnaryOp) -> Expr:
        return UnaryOperation(*self._where(node), _OPERATORS[type(node.op)], self._expression(node.operand))

    def _binary(self, node: ast.BinOp) -> Expr:
        left, right = self._expression(node.left), self._expression(node.right)
        return BinaryOperation(*self._where(node), left, _OPERATORS[type(node.op)], right)

    def _conditional(self, node: ast.IfExp) -> Expr:
        parts = (self._expression(node.test), self._expression(node.body), self._expression(node.orelse))
        return Conditional(*self._where(node), *parts)

    def _lambda(self, node: ast.Lambda) -> Expr:
        arguments = node.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        rest = [item for item in (arguments.vararg, arguments.kwarg) if item is not None]
        names = tuple(item.arg for item in (*named, *rest))
        self._yields.append(False)
        body = self._expression(node.body)
        self._yields.pop()
        return Lambda(*self._where(node), names, body)

    def _comprehension(self, node: Any) -> Expr:
        kind = _COMPREHENSIONS[type(node)]
        generators = tuple(
            [
                Generator(
                    self._expression(item.target),
                    self._expression(item.iter),
                    tuple([self._expression(test) for test in item.ifs]),
                    bool(item.is_async),
                )
                for item in node.generators
            ]
        )
        key = self._expression(node.key) if kind == "dict" else None
        element = self._expression(node.value if kind == "dict" else node.elt)
        return Comprehension(*self._where(node), kind, key, element, generators)

    def _formatted_string(self, node: Any) -> Expr:
        parts: list[Expr] = []
        for item in node.values:
            if isinstance(item, ast.Constant):
                parts.append(self._constant(item))
                continue
            parts.append(self._expression(item.value))
            if item.format_spec is not None:
                parts.append(self._expression(item.format_spec))
        return FormattedString(*self._where(node), tuple(parts))

    def _formatted_value(self, node: ast.FormattedValue) -> Expr:
        return FormattedString(*self._where(node), (self._expression(node.value),))

    def _starred(self, node: ast.Starred) -> Expr:
        value = node.value
        return Starred(*self._where(node), _EXPRESSIONS[type(value)](self, value))

    def _yield(self, node: ast.Yield) -> Expr:
        self._yields[-1] = True
        return Yield(*self._where(node), self._optional(node.value), is_from=False)

    def _yield_from(self, node: ast.YieldFrom) -> Expr:
        self._yields[-1] = True
        return Yield(*self._where(node), self._expression(node.value), is_from=True)

    def _assignment(self, node: ast.NamedExpr) -> Expr:
        target = Name(*self._where(node.target), node.target.id)
        return Assignment(*self._where(node), target, self._expression(node.value))

    def _slice(self, node: ast.Slice) -> Expr:
        parts = (self._optional(node.lower), self._optional(node.upper), self._optional(node.step))
        return Slice(*self._where(node), *parts)


_COMPREHENSIONS: Final[dict[type, str]] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.DictComp: "dict",
    ast.GeneratorExp: "generator",
}

_EXPRESSIONS: Final[dict[type, Callable[[_Extractor, Any], Expr]]] = {
    ast.Name: _Extractor._name,
    ast.Attribute: _Extractor._attribute,
    ast.Call: _Extractor._call,
    ast.Constant: _Extractor._constant,
    ast.Await: _Extractor._await,
    ast.Subscript: _Extractor._subscript,
    ast.Tuple: _Extractor._sequence,
    ast.List: _Extractor._sequence,
    ast.Set: _Extractor._sequence,
    ast.Dict: _Extractor._mapping,
    ast.BoolOp: _Extractor._boolean,
    ast.Compare: _Extractor._comparison,
    ast.UnaryOp: _Extractor._unary,
    ast.BinOp: _Extractor._binary,
    ast.IfExp: _Extractor._conditional,
    ast.Lambda: _Extractor._lambda,
    ast.ListComp: _Extractor._comprehension,
    ast.SetComp: _Extractor._comprehension,
    ast.DictComp: _Extractor._comprehension,
    ast.GeneratorExp: _Extractor._comprehension,
    ast.JoinedStr: _Extractor._formatted_string,
    ast.FormattedValue: _Extractor._formatted_value,
    ast.Starred: _Extractor._starred,
    ast.Yield: _Extractor._yield,
    ast.YieldFrom: _Extractor._yield_from,
    ast.NamedExpr: _Extractor._assignment,
    ast.Slice: _Extractor._slice,
}
_STATEMENTS: Final[dict[type, Callable[[_Extractor, Any], Stmt]]] = {
    ast.Expr: _Extractor._evaluate,
    ast.Assign: _Extractor._assign,
    ast.AnnAssign: _Extractor._annotate,
    ast.AugAssign: _Extractor._augment,
    ast.Return: _Extractor._return,
    ast.Raise: _Extractor._raise,
    ast.Delete: _Extractor._delete,
    ast.If: _Extractor._if,
    ast.While: _Extractor._while,
    ast.For: _Extractor._for,
    ast.AsyncFor: _Extractor._for,
    ast.With: _Extractor._with,
    ast.AsyncWith: _Extractor._with,
    ast.Try: _Extractor._try,
    ast.TryStar: _Extractor._try,
    ast.Match: _Extractor._match,
    ast.Assert: _Extractor._assert,
    ast.Pass: _Extractor._jump,
    ast.Break: _Extractor._jump,
    ast.Continue: _Extractor._jump,
    ast.Global: _Extractor._declare,
    ast.Nonlocal: _Extractor._declare,
    ast.Import: _Extractor._import,
    ast.ImportFrom: _Extractor._import_from,
    ast.FunctionDef: _Extractor._function,
    ast.AsyncFunctionDef: _Extractor._function,
    ast.ClassDef: _Extractor._class,
}
# Node types that only newer interpreters have, by name.
for _name, _build in (("TypeAlias", _Extractor._type_alias),):
    if hasattr(ast, _name):
        _STATEMENTS[getattr(ast, _name)] = _build
for _name, _build_expression in (
    ("TemplateStr", _Extractor._formatted_string),
    ("Interpolation", _Extractor._formatted_value),
):
    if hasattr(ast, _name):
        _EXPRESSIONS[getattr(ast, _name)] = _build_expression


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_type_checking(test: ast.expr) -> bool:
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
        case _:
            return False


def _qualified(parent: str, in_class: bool, name: str) -> str:  # noqa: FBT001 - half of a scope
    if not parent:
        return name
    return f"{parent}.{name}" if in_class else f"{parent}.<locals>.{name}"


def _bound_names(body: Iterable[Stmt], names: set[str]) -> None:
    """Add the names that module-level statements bind by assignment, also inside blocks."""
    for statement in body:
        match statement:
            case Assign():
                for target in statement.targets:
                    _target_names(target, names)
            case Annotate() | Augment():
                _target_names(statement.target, names)
            case For():
                _target_names(statement.target, names)
                _bound_names((*statement.body, *statement.orelse), names)
            case If() | While():
                _bound_names((*statement.body, *statement.orelse), names)
            case With():
                for item in statement.items:
                    if item.target is not None:
                        _target_names(item.target, names)
                _bound_names(statement.body, names)
            case Try():
                handled = [inner for handler in statement.handlers for inner in handler.body]
                _bound_names((*statement.body, *handled, *statement.orelse, *statement.final), names)
            case _:
                pass


def _target_names(target: Expr, names: set[str]) -> None:
    match target:
        case Name():
            names.add(target.id)
        case Sequence():
            for item in target.items:
                _target_names(item, names)
        case Starred():
            _target_names(target.value, names)
        case _:
            pass


def _exported_names(body: Iterable[Stmt]) -> tuple[str, ...] | None:
    """Return ``__all__`` where it is one literal list or tuple of strings."""
    found: tuple[str, ...] | None = None
    for statement in body:
        match statement:
            case Assign(targets=(Name(id="__all__"),), value=value) | Annotate(target=Name(id="__all__"), value=value):
                if isinstance(value, Sequence):
                    items = [item.value for item in value.items if isinstance(item, Constant)]
                    found = tuple(item for item in items if isinstance(item, str))
            case _:
                pass
    return found

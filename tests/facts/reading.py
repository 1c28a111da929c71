"""What the tests of facts share: facts of a text, and everything in them."""

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from textwrap import dedent

from fastapi_lint.facts.expressions import Assignment, Attribute, Call, Comprehension, Expr, Name, walk
from fastapi_lint.facts.extract import extract
from fastapi_lint.facts.failures import ParseFailure
from fastapi_lint.facts.schema import Body, ModuleFacts, decode_body
from fastapi_lint.facts.statements import Annotate, Evaluate, Match, Stmt, expressions_of, walk_statements

Spans = Counter[tuple[str, int, int]]


def facts_of(text: str) -> ModuleFacts:
    """Return the facts of a module."""
    facts = extract(dedent(text).encode(), "module.py")
    assert isinstance(facts, ModuleFacts), facts
    return facts


def failure_of(source: bytes) -> ParseFailure:
    """Return why a module has no facts."""
    failure = extract(source, "module.py")
    assert isinstance(failure, ParseFailure)
    return failure


def body_of(text: str) -> Body:
    """Return the statements of a module."""
    return decode_body(facts_of(text).body)


def statement_of(text: str) -> Stmt:
    """Return the only statement of a module."""
    (statement,) = body_of(text)
    return statement


def expression_of(text: str) -> Expr:
    """Return an expression that stands alone."""
    statement = statement_of(text)
    assert isinstance(statement, Evaluate)
    return statement.value


def bodies(facts: ModuleFacts) -> Iterator[Body]:
    """Yield the body of the module and of everything in it."""
    yield decode_body(facts.body)
    for function in facts.functions:
        yield decode_body(function.body)
    for cls in facts.classes:
        yield decode_body(cls.body)


def all_expressions(facts: ModuleFacts) -> Iterator[Expr]:
    """Yield each expression of a module once, annotations and headers included."""
    for expression in _outermost(facts):
        for inner in walk(expression):
            yield inner
            if isinstance(inner, Assignment):
                yield inner.target


def _outermost(facts: ModuleFacts) -> Iterator[Expr]:
    for function in facts.functions:
        parts = [part for item in function.parameters for part in (item.annotation, item.default)]
        yield from (part for part in (*function.decorators, *parts, function.returns) if part is not None)
    for cls in facts.classes:
        yield from (*cls.decorators, *cls.bases, *(keyword.value for keyword in cls.keywords))
    for body in bodies(facts):
        for statement in walk_statements(body):
            yield from expressions_of(statement)
            match statement:
                case Annotate(annotation=annotation):
                    yield annotation
                case Match(cases=cases):
                    yield from (tested for case in cases for tested in case.classes)
                case _:
                    pass


def fact_spans(facts: ModuleFacts) -> Spans:
    """Count the names, attributes, calls and comprehensions of a module by kind and place."""
    kinds = {Name: "Name", Attribute: "Attribute", Call: "Call", Comprehension: "Comprehension"}
    return Counter((kinds[type(item)], item.start, item.end) for item in all_expressions(facts) if type(item) in kinds)


def syntax_spans(source: bytes) -> tuple[Spans, set[tuple[int, int]]]:
    """Return the same from the syntax tree, and the places of string literals (annotations may stand in them)."""
    starts = [0, 0, *accumulate(map(len, source.splitlines(keepends=True)))]
    kinds: dict[type, str] = {ast.Name: "Name", ast.Attribute: "Attribute", ast.Call: "Call"}
    kinds |= dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), "Comprehension")
    found: Spans = Counter()
    strings: set[tuple[int, int]] = set()
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.expr):
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            span = (starts[node.lineno] + node.col_offset, starts[node.end_lineno] + node.end_col_offset)
            if type(node) in kinds:
                found[kinds[type(node)], *span] += 1
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.add(span)
        if isinstance(node, ast.match_case):  # of a pattern the facts keep the tested classes only
            waiting += [part for part in ast.walk(node.pattern) if isinstance(part, ast.MatchClass)]
            waiting += [*node.body, *([node.guard] if node.guard else [])]
        elif isinstance(node, ast.MatchClass):
            waiting.append(node.cls)
        elif isinstance(node, ast.Lambda):  # the facts keep the names of its parameters only
            waiting.append(node.body)
        else:
            waiting += ast.iter_child_nodes(node)
    return found, strings

"""FL405: a query that is executed once for each item of a loop."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from msgspec import Struct

from fastapi_lint.facts.expressions import (
    Assignment,
    Attribute,
    Await,
    Call,
    Comprehension,
    Constant,
    Expr,
    Mapping,
    Name,
    Sequence,
    bound_names,
    children,
    dotted_name,
    walk,
)
from fastapi_lint.facts.statements import (
    Annotate,
    Assign,
    Augment,
    Evaluate,
    For,
    Stmt,
    While,
    With,
    expressions_of,
    walk_statements,
)
from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.events import CallSite, Loop
from fastapi_lint.model.frame import SessionEffect
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Class
from fastapi_lint.model.values import ClassObject, Collection, Literal, Place, alternatives
from fastapi_lint.rules.base import Example, Family, Rule, Violation
from fastapi_lint.rules.evidence import request_steps, step, steps
from fastapi_lint.rules.queries.loops import follows_the_last, is_composed, is_rare, lists_few
from fastapi_lint.rules.queries.query_in_loop_examples import EXAMPLES

_FEW: Final = 5
_DEEPEST: Final = 4
_ENUMS: Final = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag"})
_QUERIES: Final = frozenset({"execute", "write", "unknown"})
_UNIT_OF_WORK: Final = frozenset({"commit", "rollback"})
_SAME_ITEMS: Final = frozenset({"dict.fromkeys", "enumerate", "list", "reversed", "set", "sorted", "tuple"})
_BATCHES: Final = frozenset(
    {"itertools.batched", "more_itertools.chunked", "more_itertools.batched", "toolz.partition_all"}
)


class _Query(Struct, frozen=True, eq=False):
    """A call in a loop, and the query that it runs."""

    site: CallSite
    effect: SessionEffect


class QueryInLoop(Rule):
    """Query executed once for each item of a loop.

    ## What it does
    Finds queries in a `for` loop or comprehension whose arguments depend on the item, directly or in a repository or
    service method that is called for each item.

    ## Why is this bad
    A thousand items cost a thousand round trips. One query with `in_(ids)`, a join, or one `add_all` costs one.

    ## Known limits
    Not reported: `while` loops, batches, a handful of items that the code lists, items that are classes, a query that
    does not depend on the item, one that a function puts together anew for each item, one that asks for what the
    query of the item before has found (walking down a tree), one that runs only after an exception, for one certain
    item or for the last (the loop ends there), a function that does something for each item and queries by the way,
    and loops in which each item is a unit of work of its own (a commit or rollback for each).

    ## Fix safety
    No automatic fix.

    ## References
    - SQLAlchemy, ORM Querying Guide: <https://docs.sqlalchemy.org/en/20/orm/queryguide/index.html>
    """

    code: ClassVar[str] = "FL405"
    name: ClassVar[str] = "query-in-loop"
    family: ClassVar[Family] = Family.QUERIES
    severity: ClassVar[Severity] = Severity.WARNING
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each loop that queries once for each item."""
        for analysis in project.analyses:
            if analysis.all_session_effects:
                yield from self._of(project, analysis)

    def _of(self, project: Project, analysis: Analysis) -> Iterator[Violation]:
        repeated = [site for site in analysis.calls if site.context.loops]
        if not repeated:
            return
        effects = _by_place(analysis)
        loops: dict[Loop, list[_Query]] = {}
        discarded = _discarded_calls(analysis)
        for site in repeated:
            found = effects.get((site.node.start, site.node.end), ())
            query = next((effect for effect in found if effect.kind in _QUERIES), None)
            if query is None or query.witness.depth > _DEEPEST:
                continue
            if query.witness.depth > 1 and (site.node in discarded or not _only_reads(found)):
                continue
            loop = _loop_of(analysis, site)
            if loop is None or _is_unit_of_work(loop, effects):
                continue
            same = next((known for known in loops if known.node is loop.node), loop)
            loops.setdefault(same, []).append(_Query(site, query))
        for loop, queries in loops.items():
            yield self._violation(project, analysis, loop, queries)

    def _violation(self, project: Project, analysis: Analysis, loop: Loop, queries: list[_Query]) -> Violation:
        site, query = queries[0].site, queries[0].effect
        what = "a query runs" if query.witness.depth == 1 else f"`{_called(site)}` queries"
        if len(queries) > 1:
            what = f"{len(queries)} queries run"
        where = loop.iterable_node or site.node
        return Violation(
            module=analysis.function.module.key,
            span=site.span,
            message=f"{what} once for each item of the loop in `{analysis.function.qualname}`",
            evidence=(
                *request_steps(project, analysis.function),
                step(Place(analysis.function.module.key, where.span), "for each of these"),
                *steps(query.witness),
                *(step(other.effect.witness.place, "and this queries, too") for other in queries[1:]),
            ),
            help="collect the keys first and query once with in_(), or join",
            confidence=Confidence.INFERRED,
        )


def _only_reads(effects: tuple[SessionEffect, ...]) -> bool:
    return all(effect.kind in {"execute", "expunge"} for effect in effects)


def _discarded_calls(analysis: Analysis) -> frozenset[Expr]:
    """Return the calls whose result nobody uses: they do something for the item, the query is by the way."""
    found: set[Expr] = set()
    for statement in walk_statements(analysis.function.body):
        if isinstance(statement, Evaluate):
            found.add(statement.value.value if isinstance(statement.value, Await) else statement.value)
    return frozenset(found)


def _called(site: CallSite) -> str:
    return site.callees[0].qualname if site.callees else "the call"


def _by_place(analysis: Analysis) -> dict[tuple[int, int], tuple[SessionEffect, ...]]:
    found: dict[tuple[int, int], tuple[SessionEffect, ...]] = {}
    for effect in analysis.all_session_effects:
        span = effect.witness.place.span
        key = (span.start, span.end)
        found[key] = (*found.get(key, ()), effect)
    return found


def _loop_of(analysis: Analysis, site: CallSite) -> Loop | None:
    """Return the innermost loop whose items a call depends on, unless its items are known to be few or batches."""
    if site.context.deferred or any(isinstance(loop.node, While) for loop in site.context.loops[-1:]):
        return None
    for loop in reversed(site.context.loops):
        if loop.iterable_node is None or _is_inside(site.node, loop.iterable_node):
            continue
        if not _depends(site.node, loop):
            continue
        if is_rare(site.node, loop) or follows_the_last(site.node, loop) or is_composed(site, loop, analysis.calls):
            return None
        if _is_short(loop) or lists_few(loop, analysis.function.body, _FEW) or _yields_classes(loop):
            continue
        return None if _is_batched(analysis, loop) else loop
    return None


def _is_inside(node: Expr, outer: Expr) -> bool:
    return outer.start <= node.start and node.end <= outer.end


def _depends(call: Call, loop: Loop) -> bool:
    """Return whether the arguments or the receiver of a call depend on the loop's item."""
    names = set(loop.targets)
    if isinstance(loop.node, For):
        names = _tainted(loop.node.body, names)
    return _mentions(call, names)


def _tainted(body: tuple[Stmt, ...], names: set[str]) -> set[str]:
    """Return the names that hold something computed from the loop's item."""
    known = set(names)
    while True:
        before = len(known)
        for statement in walk_statements(body):
            if any(_mentions(part, known) for part in expressions_of(statement)):
                known |= _assigned(statement)
        if len(known) == before:
            return known


def _mentions(expression: Expr, names: set[str]) -> bool:
    """Return whether an expression reads one of these names; a comprehension has names of its own."""
    if isinstance(expression, Name):
        return expression.id in names
    if isinstance(expression, Comprehension):
        names = names.difference(*(bound_names(clause.target) for clause in expression.generators))
    return any(_mentions(child, names) for child in children(expression))


def _assigned(statement: Stmt) -> set[str]:
    found: set[str] = set()
    match statement:
        case Assign(targets=targets):
            found.update(name for target in targets for name in bound_names(target))
        case Annotate(target=target) | Augment(target=target) | For(target=target):
            found.update(bound_names(target))
        case With(items=items):
            found.update(name for item in items if item.target is not None for name in bound_names(item.target))
        case _:
            pass
    for part in expressions_of(statement):
        found.update(item.target.id for item in walk(part) if isinstance(item, Assignment))
    return found


def _is_short(loop: Loop) -> bool:
    node = loop.iterable_node
    match node:
        case Sequence(items=items):
            return len(items) <= _FEW
        case Mapping(keys=keys):
            return len(keys) <= _FEW
        case Call(func=Name(id="range"), args=(Constant(value=int(count)),)):
            return count <= _FEW
        case Call(args=(Sequence(items=items),)) if dotted_name(node.func) in _SAME_ITEMS:
            return len(items) <= _FEW
        case _:
            pass
    if any(isinstance(value, ClassObject) and _is_enum(value) for value in alternatives(loop.iterable)):
        return True
    return any(isinstance(value, Collection) and _lists_few(value) for value in alternatives(loop.iterable))


def _yields_classes(loop: Loop) -> bool:
    """Return whether each item is a class: each is a table of its own."""
    return any(
        isinstance(item, ClassObject)
        for value in alternatives(loop.iterable)
        if isinstance(value, Collection)
        for item in alternatives(value.element)
    )


def _lists_few(value: Collection) -> bool:
    """Return whether the code lists what a collection holds, and it is not much."""
    if value.items is not None:
        return len(value.items) <= _FEW and (
            len(value.items) > 1 or all(isinstance(item, Literal) for item in value.items)
        )
    members = alternatives(value.element)
    return value.kind == "set" and 1 < len(members) <= _FEW and all(isinstance(item, Literal) for item in members)


def _is_enum(value: ClassObject) -> bool:
    return isinstance(value.of, Class) and bool(_ENUMS.intersection(value.of.external_bases))


def _is_batched(analysis: Analysis, loop: Loop) -> bool:
    """Return whether one item of a loop is a batch: ``range(0, n, size)`` or a batching function."""
    match loop.iterable_node:
        case Call(func=Name(id="range"), args=(_, _, _)):
            return True
        case Call() as call:
            batching = any(site.node is call and site.external in _BATCHES for site in analysis.calls)
            return batching or _yields_collections(loop) or _is_looked_up_at_once(loop)
        case _:
            return _yields_collections(loop) or _is_looked_up_at_once(loop)


def _is_looked_up_at_once(loop: Loop) -> bool:
    """Return whether one item of a loop is what ``in_()`` compares with: it holds several keys."""
    if not isinstance(loop.node, For):
        return False
    return any(
        isinstance(item, Call)
        and isinstance(item.func, Attribute)
        and item.func.attr in {"in_", "not_in"}
        and any(isinstance(argument, Name) and argument.id in loop.targets for argument in item.args)
        for statement in walk_statements(loop.node.body)
        for part in expressions_of(statement)
        for item in walk(part)
    )


def _yields_collections(loop: Loop) -> bool:
    """Return whether each item is itself a list: a batch."""
    return any(
        isinstance(value, Collection)
        and value.kind != "dict"
        and any(isinstance(item, Collection) and item.kind == "list" for item in alternatives(value.element))
        for value in alternatives(loop.iterable)
    )


def _is_unit_of_work(loop: Loop, effects: dict[tuple[int, int], tuple[SessionEffect, ...]]) -> bool:
    """Return whether each item is committed or rolled back on its own."""
    if isinstance(loop.node, Comprehension):
        return False
    start, end = loop.node.start, loop.node.end
    return any(
        effect.kind in _UNIT_OF_WORK
        for (first, last), found in effects.items()
        if start <= first and last <= end
        for effect in found
    )

"""FL401: a Python operator where SQL needs its own."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from fastapi_lint.facts.expressions import BooleanOperation, Call, Comparison, Expr, UnaryOperation, children
from fastapi_lint.findings import Severity
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.events import CallSite
from fastapi_lint.model.project import Project
from fastapi_lint.model.values import Instance, MappedAttribute, Statement, Value, alternatives
from fastapi_lint.rules.base import Example, Family, Rule, Step, Violation
from fastapi_lint.rules.evidence import request_steps
from fastapi_lint.rules.queries.python_operator_in_where_examples import EXAMPLES

_CONDITIONS: Final = frozenset({"where", "filter", "having", "join", "outerjoin"})
_COMBINERS: Final = frozenset({"sqlalchemy.and_", "sqlalchemy.or_", "sqlalchemy.not_", "sqlmodel.and_", "sqlmodel.or_"})
_INSTEAD: Final = {
    "and": "a comma or and_(...)",
    "or": "or_(...)",
    "not": "~column or column.is_(False)",
    "is": "column.is_(...)",
    "is not": "column.is_not(...)",
    "in": "column.in_(...)",
    "not in": "column.not_in(...)",
}


class PythonOperatorInWhere(Rule):
    """Python operator in a SQL condition.

    ## What it does
    Finds `and`, `or`, `not`, `is`, `in` and their negations on mapped columns in `where`, `filter`, `having` and
    `join`.

    ## Why is this bad
    Python evaluates these operators itself, before SQLAlchemy sees them. `A == 1 and B == 2` keeps one of the two
    conditions, so that rows of other tenants are returned; `column is None` is `False`, so that no row ever is.

    ## Known limits
    Only operands that are proved to be columns of a mapped class count. A plain Python value in front
    (`x is None or User.x == x`) is fine.

    ## Fix safety
    No automatic fix: the condition that was meant changes the result.

    ## References
    - SQLAlchemy, Operator Reference: <https://docs.sqlalchemy.org/en/20/core/operators.html>
    - Executed on SQLAlchemy 2.0.58 and 2.1.9: `and` keeps one condition, `is None` renders `WHERE false`
    """

    code: ClassVar[str] = "FL401"
    name: ClassVar[str] = "python-operator-in-where"
    family: ClassVar[Family] = Family.QUERIES
    severity: ClassVar[Severity] = Severity.ERROR
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each operator that Python evaluates in a condition."""
        for analysis in project.analyses:
            for site in analysis.calls:
                if _builds_condition(site):
                    for argument in site.node.args:
                        yield from self._in_condition(project, analysis, argument)

    def _in_condition(self, project: Project, analysis: Analysis, expression: Expr) -> Iterator[Violation]:
        operator = _python_operator(analysis, expression)
        if operator is not None:
            yield Violation(
                module=analysis.function.module.key,
                span=expression.span,
                message=f"Python evaluates `{operator}` before SQL sees it: the condition is not what is written",
                evidence=(
                    *request_steps(project, analysis.function),
                    Step(analysis.function.module.key, expression.span, "the operands are columns"),
                ),
                help=f"write {_INSTEAD[operator]}",
            )
            return
        inner = expression.args if isinstance(expression, Call) else children(expression)
        if isinstance(expression, Call) and not _combines(analysis, expression):
            return
        for part in inner:
            yield from self._in_condition(project, analysis, part)


def _builds_condition(site: CallSite) -> bool:
    return (
        site.external is not None
        and site.external.rpartition(".")[2] in _CONDITIONS
        and isinstance(site.receiver, Statement)
    )


def _combines(analysis: Analysis, call: Call) -> bool:
    return any(site.node is call and site.external in _COMBINERS for site in analysis.calls)


def _python_operator(analysis: Analysis, expression: Expr) -> str | None:
    match expression:
        case BooleanOperation(operator=operator, values=values):
            # The last operand is only returned; what stands before it is asked whether it is true.
            return operator if any(_is_column(analysis.value(item)) for item in values[:-1]) else None
        case UnaryOperation(operator="not", operand=operand):
            return "not" if _is_column(analysis.value(operand)) else None
        case Comparison(left=left, operators=operators, comparators=comparators):
            operands = (left, *comparators)
            for index, operator in enumerate(operators):
                sides = (operands[index],) if operator in {"in", "not in"} else operands[index : index + 2]
                if operator in _INSTEAD and any(_is_column(analysis.value(side)) for side in sides):
                    return operator
            return None
        case _:
            return None


def _is_column(value: Value) -> bool:
    return all(
        isinstance(item, MappedAttribute) or (isinstance(item, Instance) and item.of == "sqlalchemy.ColumnElement")
        for item in alternatives(value)
    ) and bool(alternatives(value))

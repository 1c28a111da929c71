"""Rules of the tests' own: they ask the real model simple questions, so that a test decides what is found."""

from collections.abc import Iterator

from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.model.project import Project
from fastapi_lint.rules.base import Family, Rule, Status, Step, Violation, bad


class AsyncFunction(Rule):
    """An async function is there.

    What it does
    ------------
    Finds each ``async def``.

    Why is this bad
    ---------------
    It is not; this rule is for tests.
    """

    code = "FL290"
    name = "async-function"
    family = Family.ASYNC
    severity = Severity.WARNING
    since = "0.1.0"
    examples = (bad("an async function", {"app.py": "async def f(): ...  # expect: FL290\n"}),)

    def check(self, project: Project) -> Iterator[Violation]:
        """Yield each async function."""
        for function in project.functions:
            if function.is_async:
                yield Violation(
                    function.module.key,
                    function.facts.name_span,
                    f"`{function.name}` is async",
                    help="write `def`",
                )


class CauseElsewhere(Rule):
    """A function called ``effect`` is explained by every function called ``cause``, wherever that is."""

    code = "FL690"
    name = "cause-elsewhere"
    family = Family.API
    severity = Severity.ERROR
    since = "0.1.0"
    examples = ()

    def check(self, project: Project) -> Iterator[Violation]:
        """Yield the functions called ``effect``."""
        causes = [function for function in project.functions if function.name == "cause"]
        evidence = tuple(Step(item.module.key, item.facts.name_span, "this is the cause") for item in causes)
        for function in project.functions:
            if function.name == "effect":
                yield Violation(function.module.key, function.facts.name_span, "`effect` has a cause", evidence)


class Guess(Rule):
    """A function called ``perhaps`` may be wrong."""

    code = "FL691"
    name = "guess"
    family = Family.API
    severity = Severity.INFO
    since = "0.2.0"
    status = Status.STABLE
    examples = ()

    def check(self, project: Project) -> Iterator[Violation]:
        """Yield the functions called ``perhaps``, without being sure."""
        for function in project.functions:
            if function.name == "perhaps":
                yield Violation(
                    function.module.key, function.facts.name_span, "perhaps", confidence=Confidence.HEURISTIC
                )


class Preview(AsyncFunction):
    """An async function is there, in preview."""

    code = "FL291"
    name = "async-function-preview"
    status = Status.PREVIEW


class Fails(Rule):
    """A rule that fails after its first finding."""

    code = "FL990"
    name = "fails"
    family = Family.PROJECT
    severity = Severity.ERROR
    since = "0.1.0"
    examples = ()

    def check(self, project: Project) -> Iterator[Violation]:
        """Yield one function, then fail."""
        function = project.functions[0]
        yield Violation(function.module.key, function.facts.name_span, "before the failure")
        raise KeyError("lost")


SOUND = (AsyncFunction(), Preview(), CauseElsewhere(), Guess())
"""The rules that do not fail."""

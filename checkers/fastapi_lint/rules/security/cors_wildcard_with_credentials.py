"""FL802: any website may send requests with the user's cookies."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from fastapi_lint.facts.expressions import Attribute, Call, Constant, Expr
from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.model.constants import Constants, Source
from fastapi_lint.model.lexical import argument, expressions
from fastapi_lint.model.modules import Module
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Class, External
from fastapi_lint.rules.base import Family, Rule, Step, Violation
from fastapi_lint.rules.security.cors_wildcard_with_credentials_examples import EXAMPLES

_CORS = "starlette.middleware.cors.CORSMiddleware"
_CALLERS = frozenset({"add_middleware", "Middleware", "CORSMiddleware"})
_STRANGERS = ("https://attacker.example", "https://login.attacker-site.net:8443")


class CorsWildcardWithCredentials(Rule):
    """Any website may send requests with cookies and read the answers.

    ## What it does
    Reports `CORSMiddleware` with `allow_credentials=True` that allows every origin: `"*"` among `allow_origins`, or an
    `allow_origin_regex` that matches anything.

    ## Why is this bad
    Browsers refuse `*` together with credentials, so Starlette answers with the origin that asked, whatever it is. Any
    website that a user visits can then call the API with the user's cookies and read the answers.

    ## Known limits
    Lists, names of constants and the defaults of settings classes are read; what is put together at run time is not. A
    default that the deployment may replace is a warning.

    ## Fix safety
    There is no automatic fix: name the origins, or leave `allow_credentials` out where the API uses no cookies.

    ## References
    - [FastAPI: CORS](https://fastapi.tiangolo.com/tutorial/cors/#use-corsmiddleware)
    - [MDN: credentialed requests and wildcards](https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS#credentialed_requests_and_wildcards)
    """

    code = "FL802"
    name = "cors-wildcard-with-credentials"
    family = Family.SECURITY
    severity = Severity.ERROR
    since = "0.1.0"
    examples = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield the places where a CORS middleware with credentials is open to every origin."""
        constants = project.routes.constants
        for module in project.checked.values():
            if project.is_application(module):
                for configured in _configurations(constants, module):
                    yield from _violations(constants, configured)


class _Configuration(Struct, frozen=True, eq=False):
    """A call that sets up the CORS middleware; one argument stands before the middleware's own."""

    module: Module
    scope: str
    call: Call

    def option(self, position: int, name: str) -> Expr | None:
        return argument(self.call, position + 1, name)


class _Open(Struct, frozen=True, eq=False):
    """What opens the API to every origin, and whether a deployment may set it otherwise."""

    what: str
    source: Source


def _configurations(constants: Constants, module: Module) -> Iterator[_Configuration]:
    scopes = [("", module.body)]
    scopes.extend(
        (function.qualname, function.body)
        for function in module.all_functions
        if not _CALLERS.isdisjoint(function.facts.called)
    )
    for scope, body in scopes:
        for expression in expressions(body):
            if isinstance(expression, Call) and any(
                _is_cors(constants, module, named, scope) for named in (expression.func, *expression.args[:1])
            ):
                yield _Configuration(module, scope, expression)


def _is_cors(constants: Constants, module: Module, expression: Expr, scope: str) -> bool:
    symbol = constants.lexical.resolve(module, expression, scope)
    if isinstance(symbol, Class):
        return _CORS in symbol.external_bases
    return isinstance(symbol, External) and symbol.name == _CORS


def _violations(constants: Constants, configured: _Configuration) -> Iterator[Violation]:
    credentials = configured.option(3, "allow_credentials")
    if credentials is None:
        return
    allowed = constants.follow(configured.module, credentials, configured.scope)
    if not isinstance(allowed.expression, Constant) or allowed.expression.value is not True:
        return
    found = _open(constants, configured)
    if found is None:
        return
    configurable = found.source.configurable or allowed.configurable
    evidence = [
        Step(source.module.key, source.expression.span, what)
        for source, what in ((found.source, found.what), (allowed, "credentials are allowed"))
    ]
    default = " by default" if configurable else ""
    yield Violation(
        module=configured.module.key,
        span=configured.call.span,
        message=f"any website can call this API with the user's cookies{default}: {found.what}, with credentials",
        evidence=tuple(evidence),
        help="name the origins, or do not allow credentials",
        severity=Severity.WARNING if configurable else None,
        confidence=Confidence.INFERRED if configurable else Confidence.EXACT,
    )


def _open(constants: Constants, configured: _Configuration) -> _Open | None:
    origins = configured.option(0, "allow_origins")
    if origins is not None:
        source = constants.follow(configured.module, origins, configured.scope)
        listed = constants.strings(configured.module, origins, configured.scope)
        if listed is None:
            listed, source = _split(constants, source)
        if "*" in listed:
            return _Open("every origin is allowed", source)
    regex = configured.option(4, "allow_origin_regex")
    text = constants.string(configured.module, regex, configured.scope)
    if regex is not None and text is not None and _matches_strangers(text):
        source = constants.follow(configured.module, regex, configured.scope)
        return _Open("the pattern matches every origin", source)
    return None


def _split(constants: Constants, source: Source) -> tuple[tuple[str, ...], Source]:
    """Return the parts of ``text.split(",")``."""
    match source.expression:
        case Call(func=Attribute(attr="split", value=value)):
            text = constants.string(source.module, value, source.scope)
            return tuple((text or "").split(",")), constants.follow(source.module, value, source.scope)
        case _:
            return (), source


def _matches_strangers(pattern: str) -> bool:
    try:
        compiled = re.compile(pattern)
    except re.error:
        return False
    return all(compiled.fullmatch(origin) for origin in _STRANGERS)

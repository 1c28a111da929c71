"""What blocks: each row of the table names something that exists, and the lookup finds calls by qualified name."""

import importlib
import inspect

import pytest

from fastapi_lint.knowledge.blocking import Blocking, Category, Kind, blocking_call, blocking_table
from fastapi_lint.knowledge.canonical import canonical

_GONE = {"telnetlib.Telnet"}
"""Names that only older Python versions have."""
_NEWER = {
    "pathlib.Path.walk",
    "pathlib.Path.copy",
    "pathlib.Path.copy_into",
    "pathlib.Path.move",
    "pathlib.Path.move_into",
}
"""Names that only newer Python versions have."""
_ON_OBJECTS = ("tempfile._TemporaryFileWrapper.", "threading.Lock.", "threading.RLock.", "threading.Condition.")
"""Methods that are delegated or set when an object is made."""
_ROOTS = ("sqlalchemy", "sqlmodel", "httpx")
"""Third-party packages that the development environment has; `stdlib` rows are always looked up."""


def _resolve(name: str) -> object | None:
    words = name.split(".")
    for length in range(len(words), 0, -1):
        try:
            found: object = importlib.import_module(".".join(words[:length]))
        except ImportError:
            continue
        for word in words[length:]:
            found = getattr(found, word, None)
        return found
    return None


def _literal_calls(row: Blocking) -> list[str]:
    return (
        [row.name] if row.kind is Kind.FUNCTION else [f"{row.name}.{call}" for call in row.includes if "*" not in call]
    )


def _importable_calls() -> list[str]:
    return [
        call
        for row in blocking_table()
        if row.source.startswith(("stdlib", "ASYNC", "measured")) or row.name.startswith(_ROOTS)
        if row.kind in {Kind.FUNCTION, Kind.MODULE, Kind.CLASS}
        if importlib.util.find_spec(row.name.partition(".")[0]) is not None
        for call in _literal_calls(row)
        if call not in _GONE | _NEWER and not call.startswith(_ON_OBJECTS) and call.rpartition(".")[2] != "__call__"
    ]


def test_rows_name_synchronous_callables_that_exist() -> None:
    calls = _importable_calls()
    assert len(calls) > 300
    found = {call: _resolve(call) for call in calls}
    assert [call for call in calls if not callable(found[call]) or inspect.iscoroutinefunction(found[call])] == []


def test_rows_say_what_to_do_instead_and_who_says_so() -> None:
    assert [row.name for row in blocking_table() if not (row.instead and row.source)] == []


def test_only_rows_of_functions_name_no_calls() -> None:
    assert [row.name for row in blocking_table() if (row.kind is Kind.FUNCTION) != (not row.includes)] == []


def test_rows_have_canonical_names() -> None:
    assert [row.name for row in blocking_table() if canonical(row.name) != row.name] == []


def test_no_call_has_two_rows() -> None:
    calls = [call for row in blocking_table() if row.kind is not Kind.API for call in _literal_calls(row)]
    assert sorted(call for call in set(calls) if calls.count(call) > 1) == []


def _example_calls(row: Blocking) -> list[str]:
    name = row.name.replace("*", "Any")
    match row.kind:
        case Kind.FUNCTION:
            return [name]
        case Kind.CLIENT:
            return [f"{name}.{call.replace('*', 'branch')}.some_call" for call in row.includes]
        case Kind.API:
            return [f"{name}.branch.{call.replace('*', 'some_call')}" for call in row.includes]
        case Kind.MODULE | Kind.CLASS:
            return [f"{name}.{call.replace('*', 'some_call')}" for call in row.includes]


def test_a_row_is_found_by_its_own_calls() -> None:
    calls = [call for row in blocking_table() for call in _example_calls(row)]
    assert [call for call in calls if blocking_call(call) is None] == []


@pytest.mark.parametrize(
    ("callee", "category"),
    [
        ("time.sleep", Category.SLEEP),
        ("requests.get", Category.NETWORK),
        ("requests.Session.get", Category.NETWORK),
        ("httpx.Client.post", Category.NETWORK),
        ("subprocess.run", Category.SUBPROCESS),
        ("builtins.open", Category.FILE),
        ("pathlib.Path.read_text", Category.FILE),
        ("pathlib.Path.exists", Category.METADATA),
        ("threading.Thread.join", Category.WAIT),
        ("bcrypt.hashpw", Category.KDF),
        ("redis.Redis.get", Category.DATABASE),
        ("sqlalchemy.orm.Session.execute", Category.DATABASE),
        ("botocore.client.BaseClient.get_object", Category.NETWORK),
        ("cerebras.cloud.sdk.Cerebras.chat.completions.create", Category.NETWORK),
        ("exa_py.Exa.get_contents", Category.NETWORK),
        ("markitdown.MarkItDown.convert", Category.CPU),
        ("chonkie.BaseEmbeddings.embed", Category.CPU),
        ("gzip.decompress", Category.CPU),
        ("pymongo.MongoClient.app.users.insert_one", Category.DATABASE),
        ("fastapi.UploadFile.file.read", Category.FILE),
        ("kubernetes.client.CoreV1Api.list_namespaced_pod", Category.NETWORK),
        ("zipfile.ZipFile.write", Category.FILE),
        ("fpdf.FPDF.output", Category.CPU),
        ("http.client.HTTPSConnection.getresponse", Category.NETWORK),
        ("stripe.checkout.Session.create", Category.NETWORK),
        ("openai.chat.completions.create", Category.NETWORK),
    ],
)
def test_a_blocking_call_is_known_with_its_reason(callee: str, category: Category) -> None:
    row = blocking_call(callee)
    assert row is not None
    assert row.category is category


@pytest.mark.parametrize(
    "callee",
    [
        "requests.Session",
        "redis.Redis",
        "redis.Redis.pipeline",
        "redis.client.Pipeline.set",
        "redis.asyncio.Redis.get",
        "openai.OpenAI",
        "openai.OpenAI.api_key.strip",
        "openai.AsyncOpenAI.chat.completions.create",
        "httpx.AsyncClient.get",
        "httpx.Client",
        "pathlib.Path",
        "pathlib.Path.with_suffix",
        "pathlib.Path.relative_to",
        "subprocess.list2cmdline",
        "botocore.client.BaseClient.generate_presigned_url",
        "google.genai.Client.aio.models.generate_content",
        "mistralai.Mistral.chat.complete_async",
        "stripe.Customer.create_async",
        "stripe.Customer.email.lower",
        "stripe.Customer",
        "kubernetes.client.CoreV1Api",
        "kubernetes.client.V1Pod",
        "sqlalchemy.orm.Session.add",
        "sqlalchemy.ext.asyncio.AsyncSession.execute",
        "queue.Queue.get_nowait",
        "os.path.join",
        "os.getenv",
        "passlib.context.CryptContext",
        "asyncio.sleep",
        "app.services.mailer.send",
    ],
)
def test_a_cheap_or_asynchronous_call_is_not_blocking(callee: str) -> None:
    assert blocking_call(callee) is None


def test_a_private_import_path_finds_the_public_row() -> None:
    assert blocking_call("requests.sessions.Session.get") == blocking_call("requests.Session.get")


def test_a_method_of_a_derived_class_is_found_through_its_bases() -> None:
    row = blocking_call("smtplib.SMTP_SSL.sendmail")
    assert row is not None
    assert row.name == "smtplib.SMTP"


def test_building_a_class_is_not_found_through_its_bases() -> None:
    assert blocking_call("concurrent.futures.ThreadPoolExecutor") is None

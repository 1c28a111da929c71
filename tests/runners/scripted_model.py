"""A stand-in for the model behind an agent runner: says what a script says, and keeps what it was asked.

It listens on the loopback interface and speaks the two streaming protocols that the runners use, Anthropic's Messages
and OpenAI's Responses, as far as the runners read them.
"""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import TracebackType
from typing import Any, Self

from msgspec import Struct


class Say(Struct, frozen=True):
    """The model says something; that ends its turn."""

    text: str


class Use(Struct, frozen=True):
    """The model calls a tool: with named arguments, or with free text where the tool takes that."""

    tool: str
    arguments: Mapping[str, Any] | str


Step = Say | Use


class Request(Struct, frozen=True):
    """What the model was asked: who speaks (by the script's marker), the tools it may use, and everything it reads."""

    speaker: str
    tools: tuple[str, ...]
    system: str
    conversation: str
    body: Mapping[str, Any]


class ScriptedModel:
    """Replays one list of steps for each speaker, who is known by a text in what the request begins with.

    A speaker whose script is over says ``done``. The speaker ``""`` is everybody else.
    """

    def __init__(self, scripts: Mapping[str, Sequence[Step]]) -> None:
        self._scripts = {speaker: iter(steps) for speaker, steps in scripts.items()}
        self._numbers = count(1)
        self._lock = threading.Lock()
        self.requests: list[Request] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        """Return where the model listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def asked(self, speaker: str = "") -> list[Request]:
        """Return the requests of one speaker, in order; those without tools are the runner's own small questions."""
        return [request for request in self.requests if request.speaker == speaker and request.tools]

    def answer(self, path: str, body: Mapping[str, Any]) -> tuple[str, bytes]:
        """Return the content type and the content of the answer to a request."""
        if path.endswith("/count_tokens"):
            return "application/json", b'{"input_tokens": 10}'
        if path.endswith("/messages"):
            return _stream(_messages(self._next_step(_read_messages(body)), self._number(), body))
        if path.endswith("/responses"):
            return _stream(_responses(self._next_step(_read_responses(body)), self._number()))
        return "application/json", b'{"data": [], "has_more": false}'

    def _number(self) -> int:
        with self._lock:
            return next(self._numbers)

    def _next_step(self, request: Request) -> Step:
        with self._lock:
            opening = request.system + request.conversation[:100_000]
            speaker = next((each for each in self._scripts if each and each in opening), "")
            request = Request(speaker, request.tools, request.system, request.conversation, request.body)
            self.requests.append(request)
            if not request.tools:
                return Say("ok")
            return next(self._scripts.get(speaker, iter(())), Say("done"))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of the base
                """Say nothing: the tests ask the model."""

            def do_HEAD(self) -> None:
                self._send("application/json", b"")

            def do_GET(self) -> None:
                self._send("application/json", b'{"data": [], "models": [], "has_more": false}')

            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers.get("content-length") or 0))
                self._send(*model.answer(self.path.partition("?")[0], json.loads(data or b"{}")))

            def _send(self, kind: str, content: bytes) -> None:
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler


Event = tuple[str, Mapping[str, Any]]


def _stream(events: Iterator[Event]) -> tuple[str, bytes]:
    text = "".join(f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n" for name, data in events)
    return "text/event-stream", text.encode()


def _read_messages(body: Mapping[str, Any]) -> Request:
    tools = tuple(tool.get("name", "") for tool in body.get("tools", ()))
    return Request("", tools, _texts(body.get("system", "")), _texts(body.get("messages", ())), body)


def _read_responses(body: Mapping[str, Any]) -> Request:
    tools = tuple(tool.get("name") or tool.get("type", "") for tool in body.get("tools", ()))
    return Request("", tools, body.get("instructions") or "", _texts(body.get("input", ())), body)


def _texts(value: object) -> str:
    """Return every text in a part of a request, one to a line."""
    match value:
        case str():
            return value
        case Mapping():
            return "\n".join(_texts(item) for item in value.values())
        case Sequence():
            return "\n".join(_texts(item) for item in value)
        case _:
            return ""


def _messages(step: Step, number: int, body: Mapping[str, Any]) -> Iterator[Event]:
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": f"msg_{number:08}", "type": "message", "role": "assistant", "model": body.get("model", "model")}
    rest: dict[str, Any] = {"content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
    yield "message_start", {"message": message | rest}
    match step:
        case Say():
            yield "content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}}
            yield "content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": step.text}}
        case Use():
            block = {"type": "tool_use", "id": f"toolu_{number:08}", "name": step.tool, "input": {}}
            yield "content_block_start", {"index": 0, "content_block": block}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(step.arguments)}
            yield "content_block_delta", {"index": 0, "delta": delta}
    yield "content_block_stop", {"index": 0}
    reason = "tool_use" if isinstance(step, Use) else "end_turn"
    yield "message_delta", {"delta": {"stop_reason": reason, "stop_sequence": None}, "usage": usage}
    yield "message_stop", {}


def _responses(step: Step, number: int) -> Iterator[Event]:
    response = {"id": f"resp_{number:08}", "object": "response", "status": "in_progress", "output": []}
    yield "response.created", {"response": response}
    match step:
        case Say():
            content = [{"type": "output_text", "text": step.text, "annotations": []}]
            item: dict[str, Any] = {"type": "message", "role": "assistant", "content": content}
        case Use(arguments=str() as text):
            item = {"type": "custom_tool_call", "call_id": f"call_{number:08}", "name": step.tool, "input": text}
        case Use():
            item = {"type": "function_call", "call_id": f"call_{number:08}", "name": step.tool}
            item["arguments"] = json.dumps(step.arguments)
    item |= {"id": f"item_{number:08}", "status": "completed"}
    yield "response.output_item.added", {"output_index": 0, "item": item}
    yield "response.output_item.done", {"output_index": 0, "item": item}
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    details = {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    yield (
        "response.completed",
        {"response": response | {"status": "completed", "output": [item], "usage": usage | details}},
    )

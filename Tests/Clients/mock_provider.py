"""A provider that speaks OpenAI Chat Completions, OpenAI Responses, Anthropic Messages and Gemini on the real wire, and by
way of `mock_others` Ollama, Cohere and Bedrock.

It stands on nothing but sockets and threads, so that no library's idea of HTTP comes between the client under test and
the gateway. What it does is chosen by the model's name.
"""

import json
import socket
import threading
import time

import mock_loops
import mock_others
import mock_responses

USAGE = {"input": 1200, "cached": 800, "output": 40}


# What it says that a request has, of which it counts nothing.
COUNTED = 4321


class Request:
    """A request as it came in."""

    def __init__(self, method, path, headers, body):
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        # Set where it speaks one of `mock_others`.
        self.kind = mock_others.kind(path)
        try:
            self.json = json.loads(body) if body else {}
        except ValueError:
            self.json = {}

    @property
    def is_anthropic(self):
        return self.path.split("?")[0].endswith("/messages")

    @property
    def is_gemini(self):
        return ":generateContent" in self.path or ":streamGenerateContent" in self.path

    @property
    def is_responses(self):
        return self.path.split("?")[0].endswith("/responses")

    @property
    def model(self):
        if self.is_gemini:
            return self.path.split("/models/")[1].rsplit(":", 1)[0]
        return mock_others.bedrock_model(self.path) if self.kind == "bedrock" else self.json.get("model", "")

    @property
    def is_stream(self):
        if self.kind == "bedrock":
            return self.path.endswith("/converse-stream")
        return ":streamGenerateContent" in self.path or bool(self.json.get("stream"))

    @property
    def is_loop(self):
        return "loop-" in self.model

    @property
    def tool(self):
        """The call that is made where tools are given: the tool and its arguments in pieces."""
        if self.model.startswith("patch"):
            whole = json.dumps({"input": "".join(mock_responses.PATCH)})
            return "apply_patch", [whole[start:start + 7] for start in range(0, len(whole), 7)]
        return "get_weather", ARGUMENTS

    @property
    def is_count(self):
        return self.path.split("?")[0].endswith("/count_tokens")

    @property
    def text(self):
        """What is said where no tool is called, in the pieces in which it is streamed."""
        return SPOKEN.get(self.model.split("-")[0], TEXT)


class MockProvider:
    """Listens on a free loopback port; `with MockProvider() as mock:`."""

    def __init__(self):
        self.requests = []
        self._lock = threading.Lock()
        self._failures = {}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.close()

    def fail(self, model, times, status, headers=None, text=None):
        """Makes the next requests for a model fail."""
        with self._lock:
            self._failures[model] = [times, status, headers or {}, text]

    def of(self, model):
        """The chat requests for a model."""
        with self._lock:
            return [request for request in self.requests if request.model == model]

    # The wire

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as reader:
            try:
                while (request := self._read(reader)) is not None:
                    self._answer(request, connection)
            except (OSError, ValueError):
                return

    @staticmethod
    def _read(reader):
        line = reader.readline()
        if not line:
            return None
        method, path, _ = line.decode("latin-1").split(" ", 2)
        headers = {}
        while (line := reader.readline()) not in (b"\r\n", b""):
            name, value = line.decode("latin-1").split(":", 1)
            headers[name.strip().lower()] = value.strip()
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = b""
            while size := int(reader.readline().split(b";")[0], 16):
                body += reader.read(size)
                reader.readline()
            reader.readline()
        else:
            body = reader.read(int(headers.get("content-length", "0")))
        return Request(method, path, headers, body)

    @staticmethod
    def _send(connection, status, body, content_type="application/json", headers=None):
        head = f"HTTP/1.1 {status} Status\r\ncontent-type: {content_type}\r\ncontent-length: {len(body)}\r\n"
        for name, value in (headers or {}).items():
            head += f"{name}: {value}\r\n"
        connection.sendall(head.encode() + b"\r\n" + body)

    @staticmethod
    def _stream(connection, frames, content_type):
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ntransfer-encoding: chunked\r\n\r\n"
        connection.sendall(head.encode())
        for frame in frames:
            bytes_ = frame if isinstance(frame, bytes) else frame.encode()
            connection.sendall(f"{len(bytes_):x}\r\n".encode() + bytes_ + b"\r\n")
            time.sleep(0.002)
        connection.sendall(b"0\r\n\r\n")

    # What it says

    def _answer(self, request, connection):
        with self._lock:
            self.requests.append(request)
            failure = self._failures.get(request.model)
            if failure and failure[0] > 0:
                failure[0] -= 1
            else:
                failure = None
        complaint = mock_loops.complaint(request) if request.is_loop else None
        if complaint:
            failure = [0, 400, {}, complaint]
        if request.method == "GET":
            listed = {"object": "list", "data": [{"id": "mock", "object": "model", "created": 1, "owned_by": "mock"}]}
            self._send(connection, 200, json.dumps(listed).encode())
        elif failure:
            _, status, headers, text = failure
            self._send(connection, status, json.dumps(_error(request, status, text)).encode(), headers=headers)
        elif request.is_count:
            self._send(connection, 200, json.dumps({"input_tokens": COUNTED}).encode())
        elif request.is_stream:
            self._stream(connection, _frames(request)(request), mock_others.TYPES.get(request.kind, "text/event-stream"))
        else:
            body = _whole(request)(request)
            self._send(connection, 200, json.dumps(body, ensure_ascii=False).encode())


def _frames(request):
    if request.kind:
        return mock_others.frames
    if request.is_responses:
        return mock_responses.frames
    if request.is_gemini:
        return _gemini_frames
    return _anthropic_frames if request.is_anthropic else _openai_frames


def _whole(request):
    if request.kind:
        return mock_others.whole
    if request.is_responses:
        return mock_responses.response
    if request.is_gemini:
        return _gemini_answer
    return _anthropic_message if request.is_anthropic else _openai_completion


def _error(request, status, text):
    text = text or f"mock failure {status}"
    if request.kind:
        return mock_others.error(request, text)
    if request.is_gemini:
        words = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED",
                 500: "INTERNAL", 503: "UNAVAILABLE"}
        return {"error": {"code": status, "message": text, "status": words.get(status, "UNKNOWN")}}
    if request.is_anthropic:
        kinds = {400: "invalid_request_error", 401: "authentication_error", 404: "not_found_error",
                 429: "rate_limit_error", 529: "overloaded_error"}
        return {"type": "error", "error": {"type": kinds.get(status, "api_error"), "message": text}}
    kinds = {400: "invalid_request_error", 401: "invalid_request_error", 404: "invalid_request_error",
             429: "requests"}
    codes = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}
    return {"error": {"message": text, "type": kinds.get(status, "server_error"), "param": None,
                      "code": codes.get(status)}}


TEXT = ["Hel", "lo – ", "日本", " \"quoted\"", "."]
# Models named so leak an address or say what a policy blocks, cut where it hurts.
SPOKEN = {"leak": ["Write to ada@", "exam", "ple.com", " now."], "secret": ["It is PRO", "J-12", "345", " – so."]}
ARGUMENTS = ["{\"loc", "ation\": \"Par", "is, \\\"France\\\"\", \"days\":", " 3}"]


def _openai_usage():
    prompt = USAGE["input"] + USAGE["cached"]
    return {"prompt_tokens": prompt, "completion_tokens": USAGE["output"], "total_tokens": prompt + USAGE["output"],
            "prompt_tokens_details": {"cached_tokens": USAGE["cached"], "audio_tokens": 0}}


def _openai_completion(request):
    message = {"role": "assistant", "content": "".join(request.text), "refusal": None}
    reason = "stop"
    if request.is_loop:
        message, reason = mock_loops.openai_message(request)
    elif request.json.get("tools"):
        message["content"] = None
        name, pieces = request.tool
        message["tool_calls"] = [{"id": "call_1", "type": "function",
                                  "function": {"name": name, "arguments": "".join(pieces)}}]
        reason = "tool_calls"
    return {"id": "chatcmpl-mock", "object": "chat.completion", "created": 1741570283, "model": request.model,
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reason}],
            "usage": _openai_usage()}


def _openai_frames(request):
    def chunk(delta, reason=None):
        return "data: " + json.dumps({
            "id": "chatcmpl-mock", "object": "chat.completion.chunk", "created": 1741570283, "model": request.model,
            "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}],
        }, ensure_ascii=False) + "\n\n"

    if request.is_loop:
        for delta in mock_loops.openai_deltas(request):
            yield chunk(delta)
        yield chunk({}, mock_loops.openai_message(request)[1])
    elif request.json.get("tools"):
        yield chunk({"role": "assistant", "content": ""})
        yield chunk({"tool_calls": [{"index": 0, "id": "call_1", "type": "function",
                                     "function": {"name": request.tool[0], "arguments": ""}}]})
        for piece in request.tool[1]:
            yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        yield chunk({}, "tool_calls")
    else:
        yield chunk({"role": "assistant", "content": ""})
        for piece in request.text:
            yield chunk({"content": piece})
        yield chunk({}, "stop")
    if (request.json.get("stream_options") or {}).get("include_usage"):
        yield "data: " + json.dumps({
            "id": "chatcmpl-mock", "object": "chat.completion.chunk", "created": 1741570283, "model": request.model,
            "choices": [], "usage": _openai_usage(),
        }) + "\n\n"
    yield "data: [DONE]\n\n"


SIGNATURE = "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds+/="


def _anthropic_usage(output):
    return {"input_tokens": USAGE["input"], "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": USAGE["cached"], "output_tokens": output}


def _anthropic_blocks(request):
    """The blocks and, for each, the deltas in which it is streamed."""
    if request.is_loop:
        yield from mock_loops.anthropic_blocks(request)
        return
    if request.json.get("thinking"):
        yield ({"type": "thinking", "thinking": "First, second.", "signature": SIGNATURE},
               [{"type": "thinking_delta", "thinking": "First, second."},
                {"type": "signature_delta", "signature": SIGNATURE}])
    yield ({"type": "text", "text": "".join(request.text)},
           [{"type": "text_delta", "text": part} for part in request.text])
    if request.json.get("tools"):
        name, pieces = request.tool
        yield ({"type": "tool_use", "id": "toolu_1", "name": name, "input": json.loads("".join(pieces))},
               [{"type": "input_json_delta", "partial_json": part} for part in ["", *pieces]])


def _anthropic_stop(request):
    if request.is_loop:
        return mock_loops.stop_reason(request)
    return "tool_use" if request.json.get("tools") else "end_turn"


def _anthropic_message(request):
    return {"id": "msg_mock", "type": "message", "role": "assistant", "model": request.model,
            "content": [block for block, _ in _anthropic_blocks(request)],
            "stop_reason": _anthropic_stop(request), "stop_sequence": None,
            "usage": _anthropic_usage(USAGE["output"])}


def _anthropic_frames(request):
    def event(kind, **members):
        return f"event: {kind}\ndata: " + json.dumps({"type": kind, **members}, ensure_ascii=False) + "\n\n"

    yield event("message_start", message={
        "id": "msg_mock", "type": "message", "role": "assistant", "model": request.model, "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": _anthropic_usage(1)})
    empty = {"text": {"text": ""}, "thinking": {"thinking": "", "signature": ""}, "tool_use": {"input": {}}}
    for index, (block, deltas) in enumerate(_anthropic_blocks(request)):
        start = {**block, **empty[block["type"]]}
        yield event("content_block_start", index=index, content_block=start)
        if index == 0:
            yield event("ping")
        for delta in deltas:
            yield event("content_block_delta", index=index, delta=delta)
        yield event("content_block_stop", index=index)
    yield event("message_delta", delta={"stop_reason": _anthropic_stop(request), "stop_sequence": None},
                usage={"output_tokens": USAGE["output"]})
    yield event("message_stop")


def _gemini_usage(request):
    prompt, thoughts = USAGE["input"] + USAGE["cached"], 10 if mock_loops.gemini_thinks(request) else 0
    return {"promptTokenCount": prompt, "cachedContentTokenCount": USAGE["cached"],
            "candidatesTokenCount": USAGE["output"] - thoughts, "thoughtsTokenCount": thoughts,
            "totalTokenCount": prompt + USAGE["output"]}


def _gemini_parts(request):
    """The parts, in the pieces in which they are streamed; a call is always whole."""
    if request.is_loop:
        yield from mock_loops.gemini_parts(request)
        return
    for part in request.text:
        yield {"text": part}
    if request.json.get("tools"):
        name, pieces = request.tool
        yield {"functionCall": {"name": name, "args": json.loads("".join(pieces))}}


def _gemini_response(request, parts, is_last, number=0):
    candidate = {"content": {"parts": parts, "role": "model"}, "index": 0}
    usage = _gemini_usage(request)
    if is_last:
        candidate["finishReason"] = "STOP"
    else:
        usage = {"promptTokenCount": usage["promptTokenCount"], "totalTokenCount": usage["promptTokenCount"]}
    turn = mock_loops.turn(request).number if request.is_loop else 0
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": request.model,
            "responseId": f"mock-{turn}"}


def _gemini_answer(request):
    merged = []
    for part in _gemini_parts(request):
        last = merged[-1] if merged else {}
        if "text" in part and "text" in last and part.get("thought") == last.get("thought"):
            last["text"] += part["text"]
        else:
            merged.append(dict(part))
    return _gemini_response(request, merged or [{"text": ""}], True)


def _gemini_frames(request):
    for part in _gemini_parts(request):
        yield "data: " + json.dumps(_gemini_response(request, [part], False), ensure_ascii=False) + "\r\n\r\n"
    yield "data: " + json.dumps(_gemini_response(request, [{"text": ""}], True)) + "\r\n\r\n"

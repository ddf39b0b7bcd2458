"""The wires of the dialects: how an upstream of each answers, and what a client of each sends.

Shapes are those of the recordings in Tests/ConformanceTests/Fixtures, whose sources docs/dialects.md names.
"""
import json
import os
import struct
import zlib

TEXT = "the quick brown fox jumps over the lazy dog " * 15
# What sseload takes for a content chunk; it tells no time here.
WORD = "word@1700000000000000000 "


def _line(value):
    return json.dumps(value, separators=(",", ":"))


def _event(value, name=None):
    return (f"event: {name}\n" if name else "") + f"data: {_line(value)}\n\n"


def _named(*events):
    return "".join(_event(event, event["type"]) for event in events)


def _amazon(name, value):
    """A message of an Amazon event stream: lengths, CRC of both, headers, payload, CRC of all."""
    headers = b""
    for key, text in ((":event-type", name), (":content-type", "application/json"), (":message-type", "event")):
        headers += struct.pack(">B", len(key)) + key.encode() + struct.pack(">BH", 7, len(text)) + text.encode()
    payload = _line(value).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))


def _responses():
    base = {"id": "resp_1", "object": "response", "created_at": 1741570283, "model": "mock-model"}
    usage = {"input_tokens": 42, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 100,
             "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 142}

    def item(text):
        return {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant",
                "content": [{"type": "output_text", "annotations": [], "text": text}]}

    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    part = {"type": "output_text", "annotations": [], "text": ""}
    begun = base | {"status": "in_progress", "output": []}
    whole = base | {"status": "completed", "output": [item(TEXT)], "usage": usage}
    start = _named({"type": "response.created", "sequence_number": 0, "response": begun},
                   {"type": "response.output_item.added", "sequence_number": 1, "output_index": 0,
                    "item": item("") | {"status": "in_progress", "content": []}},
                   {"type": "response.content_part.added", "sequence_number": 2, "part": part} | place)
    step = _named({"type": "response.output_text.delta", "sequence_number": 3, "delta": WORD} | place)
    end = _named({"type": "response.output_text.done", "sequence_number": 4, "text": TEXT} | place,
                 {"type": "response.content_part.done", "sequence_number": 5, "part": part | {"text": TEXT}} | place,
                 {"type": "response.output_item.done", "sequence_number": 6, "output_index": 0, "item": item(TEXT)},
                 {"type": "response.completed", "sequence_number": 7, "response": whole})
    return "POST /v1/responses ", "text/event-stream", _line(whole), start, step, end


def _gemini():
    def piece(text, **more):
        return {"candidates": [{"content": {"parts": [{"text": text}], "role": "model"}, "index": 0} | more],
                "usageMetadata": {"promptTokenCount": 42, "candidatesTokenCount": 100, "totalTokenCount": 142},
                "modelVersion": "mock-model", "responseId": "r-1"}

    whole = _line(piece(TEXT, finishReason="STOP"))
    return ("POST /v1beta/models/mock-model:", "text/event-stream", whole, "", _event(piece(WORD)),
            _event(piece("", finishReason="STOP")))


def _ollama():
    def piece(text, **more):
        return {"model": "mock-model", "created_at": "2026-01-05T10:00:00.123456Z",
                "message": {"role": "assistant", "content": text}, "done": bool(more)} | more

    over = {"done_reason": "stop", "total_duration": 4883583458, "load_duration": 1334875, "prompt_eval_count": 42,
            "prompt_eval_duration": 342546000, "eval_count": 100, "eval_duration": 4535599000}
    return ("POST /api/chat ", "application/x-ndjson", _line(piece(TEXT, **over)), "", _line(piece(WORD)) + "\n",
            _line(piece("", **over)) + "\n")


def _cohere():
    usage = {"billed_units": {"input_tokens": 42, "output_tokens": 100}, "tokens": {"input_tokens": 42, "output_tokens": 100}}
    whole = {"id": "c1", "finish_reason": "COMPLETE", "usage": usage,
             "message": {"role": "assistant", "content": [{"type": "text", "text": TEXT}]}}
    start = _named({"type": "message-start", "id": "c1", "delta": {"message": {"role": "assistant", "content": []}}},
                   {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}})
    step = _named({"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": WORD}}}})
    end = _named({"type": "content-end", "index": 0},
                 {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": usage}})
    return "POST /v2/chat ", "text/event-stream", _line(whole), start, step, end


def _bedrock():
    usage = {"inputTokens": 42, "outputTokens": 100, "totalTokens": 142}
    whole = {"metrics": {"latencyMs": 1108}, "stopReason": "end_turn", "usage": usage,
             "output": {"message": {"role": "assistant", "content": [{"text": TEXT}]}}}
    end = (_amazon("contentBlockStop", {"contentBlockIndex": 0}) + _amazon("messageStop", {"stopReason": "end_turn"})
           + _amazon("metadata", {"usage": usage, "metrics": {"latencyMs": 1108}}))
    return ("POST /model/mock-model/converse", "application/vnd.amazon.eventstream", _line(whole),
            _amazon("messageStart", {"role": "assistant"}),
            _amazon("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": WORD}}), end)


UPSTREAMS = {"openai-responses": _responses, "gemini": _gemini, "ollama": _ollama, "cohere": _cohere, "bedrock": _bedrock}


def write(folder):
    """Writes what the mock answers with, a folder for each wire."""
    for name, make in UPSTREAMS.items():
        home = os.path.join(folder, name)
        os.makedirs(home, exist_ok=True)
        for file, part in zip(("request", "type", "unary", "start", "step", "end"), make()):
            with open(os.path.join(home, file), "wb") as output:
                output.write(part if isinstance(part, bytes) else part.encode())


def _chat(extra):
    return lambda model, stream: ("/v1/chat/completions", {"model": model, "messages": QUESTION, "stream": stream} | extra)


# As long as what P1 sends: half a kilobyte.
QUESTION = [{"role": "user", "content": "The build fails with an undefined symbol. Please look at it and explain. " * 5 + "#"}]


def _gemini_client(model, stream):
    verb = "streamGenerateContent?alt=sse" if stream else "generateContent"
    return f"/v1beta/models/{model}:{verb}", {"contents": [{"role": "user", "parts": [{"text": QUESTION[0]["content"]}]}],
                                              "generationConfig": {"maxOutputTokens": 1024}}


# What a client of each dialect sends for a model, streamed or not: its path and its body.
CLIENTS = {
    "openai": _chat({"max_tokens": 1024}),
    "openai-responses": lambda model, stream: ("/v1/responses", {
        "model": model, "input": QUESTION, "max_output_tokens": 1024, "stream": stream, "store": False}),
    "anthropic": lambda model, stream: ("/v1/messages", {
        "model": model, "messages": QUESTION, "max_tokens": 1024, "stream": stream}),
    "gemini": _gemini_client,
    "ollama": lambda model, stream: ("/api/chat", {
        "model": model, "messages": QUESTION, "stream": stream, "options": {"num_predict": 1024}}),
}

"""The dialects that are spoken to providers alone, or by Ollama's clients: Ollama's chat, Cohere's second chat API and
Bedrock's Converse, on the real wire, in the tool loop of `mock_loops` and outside of it."""

import json
import struct
import urllib.parse
import zlib

import mock_loops

USAGE = {"input": 1200, "cached": 800, "output": 40}


def kind(path):
    """The dialect of a path; nothing where it is another's."""
    path = path.split("?")[0]
    if path.endswith("/api/chat"):
        return "ollama"
    if path.endswith("/chat"):
        return "cohere"
    return "bedrock" if path.endswith(("/converse", "/converse-stream")) else None


def bedrock_model(path):
    return urllib.parse.unquote(path.split("/model/")[1].rsplit("/", 1)[0])


def thinks(request):
    if request.kind == "ollama":
        return bool(request.json.get("think"))
    if request.kind == "cohere":
        return (request.json.get("thinking") or {}).get("type") == "enabled"
    fields = request.json.get("additionalModelRequestFields") or {}
    return (fields.get("thinking") or {}).get("type") == "enabled"


def said(request):
    """Reasoning, texts and calls in the pieces in which they are streamed."""
    if not request.is_loop:
        return [], request.text, []
    now = mock_loops.turn(request)
    return (now.thinking if thinks(request) else []), now.text, now.calls


def call_id(request, name):
    return {"ollama": None, "cohere": f"{name}_k3", "bedrock": f"tooluse_{name}"}[request.kind]


# What a strict provider refuses


def complaint(request):
    return {"ollama": _ollama_complaint, "cohere": _cohere_complaint, "bedrock": _bedrock_complaint}[request.kind](
        request.json)


def _ollama_complaint(body):
    waiting, number = [], 0
    for message in body["messages"]:
        role = message["role"]
        if not isinstance(message["content"], str):
            return "json: cannot unmarshal into Go struct field ChatRequest.messages.content of type string"
        if role == "tool":
            if message.get("tool_name") not in waiting:
                return f"the tool {message.get('tool_name')} was not called"
            waiting.remove(message["tool_name"])
            continue
        if waiting:
            return f"no result of {waiting}"
        if role == "assistant":
            calls = message.get("tool_calls") or []
            if any(not isinstance(call["function"]["arguments"], dict) for call in calls):
                return "arguments must be an object"
            if message.get("thinking", "".join(mock_loops.TURNS[number].thinking)) != "".join(mock_loops.TURNS[number].thinking):
                return "the thinking was changed"
            waiting = [call["function"]["name"] for call in calls]
            number += 1
        elif role not in ("system", "user"):
            return f"the role {role} is not known"
    return f"no result of {waiting}" if waiting else None


def _cohere_complaint(body):
    known = {"model", "messages", "stream", "tools", "tool_choice", "strict_tools", "max_tokens", "temperature", "p", "k",
             "stop_sequences", "seed", "response_format", "thinking"}
    if set(body) - known:
        return f"unknown field: {sorted(set(body) - known)}"
    waiting = []
    for message in body["messages"]:
        role = message["role"]
        if role == "tool":
            if message["tool_call_id"] not in waiting:
                return f"tool call id {message['tool_call_id']} not found in previous tool calls"
            waiting.remove(message["tool_call_id"])
            if not isinstance(message["content"][0]["document"]["data"], dict):
                return "a document's data is an object"
            continue
        if waiting:
            return f"all elements in history must have results for {waiting}"
        if role == "assistant":
            if any(block["type"] not in ("text", "thinking") for block in message.get("content") or []):
                return "invalid content"
            for call in message.get("tool_calls") or []:
                json.loads(call["function"]["arguments"])
            waiting = [call["id"] for call in message.get("tool_calls") or []]
    return f"no results for {waiting}" if waiting else None


def _bedrock_complaint(body):
    known = {"messages", "system", "toolConfig", "inferenceConfig", "additionalModelRequestFields"}
    if set(body) - known:
        return f"Malformed input request: extraneous key {sorted(set(body) - known)}"
    is_thinking = "thinking" in (body.get("additionalModelRequestFields") or {})
    waiting, number, last = [], 0, "assistant"
    for message in body["messages"]:
        role, content = message["role"], message["content"]
        if role == last:
            return "A conversation must alternate between user and assistant roles."
        last = role
        results = [block["toolResult"]["toolUseId"] for block in content if "toolResult" in block]
        if sorted(results) != sorted(waiting):
            return f"Expected toolResult blocks at messages for the following Ids: {waiting}"
        waiting = [block["toolUse"]["toolUseId"] for block in content if "toolUse" in block]
        if any("text" in block and not block["text"].strip() for block in content):
            return "The text field in the ContentBlock object is blank."
        if role == "assistant":
            if is_thinking and waiting and "reasoningContent" not in content[0]:
                return "Expected `thinking` or `redacted_thinking`, but found `tool_use`."
            for block in content:
                text = (block.get("reasoningContent") or {}).get("reasoningText")
                if text and text != {"text": "".join(mock_loops.TURNS[number].thinking), "signature": mock_loops.TURNS[number].signature}:
                    return "Invalid `signature` in `thinking` block"
            number += 1
    return f"Expected toolResult blocks for {waiting}" if waiting else None


def error(request, text):
    return {"error": text} if request.kind == "ollama" else {"message": text}


# Whole answers


def whole(request):
    return {"ollama": _ollama, "cohere": _cohere, "bedrock": _bedrock}[request.kind](request)


def _ollama_line(request, message, **members):
    return {"model": request.model, "created_at": "2026-01-05T10:00:00.123456Z",
            "message": {"role": "assistant", "content": "", **message}, "done": False, **members}


def _ollama_end():
    return {"done": True, "done_reason": "stop", "total_duration": 4883583458, "load_duration": 1334875,
            "prompt_eval_count": USAGE["input"] + USAGE["cached"], "prompt_eval_duration": 342546000,
            "eval_count": USAGE["output"], "eval_duration": 4535599000}


def _ollama_calls(calls):
    return [{"function": {"index": index, "name": tool, "arguments": json.loads("".join(arguments))}}
            for index, (tool, _, arguments) in enumerate(calls)]


def _ollama(request):
    thinking, text, calls = said(request)
    message = {"content": "".join(text)}
    if thinking:
        message["thinking"] = "".join(thinking)
    if calls:
        message["tool_calls"] = _ollama_calls(calls)
    return _ollama_line(request, message, **_ollama_end())


def _cohere_usage():
    count = USAGE["input"] + USAGE["cached"]
    return {"billed_units": {"input_tokens": count, "output_tokens": USAGE["output"]},
            "tokens": {"input_tokens": count + 500, "output_tokens": USAGE["output"] + 3},
            "cached_tokens": USAGE["cached"]}


def _cohere(request):
    thinking, text, calls = said(request)
    message = {"role": "assistant", "content": []}
    if thinking:
        message["content"].append({"type": "thinking", "thinking": "".join(thinking)})
    if text:
        message["content"].append({"type": "text", "text": "".join(text)})
    if calls:
        message["tool_calls"] = [
            {"id": call_id(request, name), "type": "function",
             "function": {"name": tool, "arguments": "".join(arguments)}} for tool, name, arguments in calls]
    return {"id": "c14c80c3", "finish_reason": "TOOL_CALL" if calls else "COMPLETE", "message": message,
            "usage": _cohere_usage()}


def _bedrock_usage():
    return {"inputTokens": USAGE["input"], "outputTokens": USAGE["output"], "cacheReadInputTokens": USAGE["cached"],
            "cacheWriteInputTokens": 0, "totalTokens": sum(USAGE.values())}


def _bedrock(request):
    thinking, text, calls = said(request)
    content = []
    if thinking:
        content.append({"reasoningContent": {"reasoningText": {
            "text": "".join(thinking), "signature": mock_loops.turn(request).signature}}})
    if text:
        content.append({"text": "".join(text)})
    content += [{"toolUse": {"toolUseId": call_id(request, name), "name": tool,
                             "input": json.loads("".join(arguments))}} for tool, name, arguments in calls]
    return {"output": {"message": {"role": "assistant", "content": content}},
            "stopReason": "tool_use" if calls else "end_turn", "usage": _bedrock_usage(), "metrics": {"latencyMs": 9}}


# Streams


TYPES = {"ollama": "application/x-ndjson", "cohere": "text/event-stream",
         "bedrock": "application/vnd.amazon.eventstream"}


def frames(request):
    return {"ollama": _ollama_lines, "cohere": _cohere_frames, "bedrock": _bedrock_messages}[request.kind](request)


def _ollama_lines(request):
    thinking, text, calls = said(request)
    messages = [{"thinking": part} for part in thinking] + [{"content": part} for part in text]
    if calls:
        messages.append({"tool_calls": _ollama_calls(calls)})
    for message in messages:
        yield json.dumps(_ollama_line(request, message), ensure_ascii=False) + "\n"
    yield json.dumps(_ollama_line(request, {}, **_ollama_end())) + "\n"


def _cohere_frames(request):
    def event(type_, index=None, **message):
        body = {"type": type_}
        if index is not None:
            body["index"] = index
        if message:
            body["delta"] = {"message": message}
        return f"event: {type_}\ndata: " + json.dumps(body, ensure_ascii=False) + "\n\n"

    thinking, text, calls = said(request)
    yield "event: message-start\ndata: " + json.dumps({
        "id": "c14c80c3", "type": "message-start", "delta": {"message": {"role": "assistant", "content": []}}}) + "\n\n"
    for index, (name, parts) in enumerate([(name, parts) for name, parts in
                                           (("thinking", thinking), ("text", text)) if parts]):
        yield event("content-start", index, content={"type": name, name: ""})
        for part in parts:
            yield event("content-delta", index, content={name: part})
        yield event("content-end", index)
    for index, (tool, name, arguments) in enumerate(calls):
        yield event("tool-call-start", index, tool_calls={
            "id": call_id(request, name), "type": "function", "function": {"name": tool, "arguments": ""}})
        for part in arguments:
            yield event("tool-call-delta", index, tool_calls={"function": {"arguments": part}})
        yield event("tool-call-end", index)
    yield "event: message-end\ndata: " + json.dumps({"type": "message-end", "delta": {
        "finish_reason": "TOOL_CALL" if calls else "COMPLETE", "usage": _cohere_usage()}}) + "\n\n"


def _bedrock_message(name, **payload):
    headers = b""
    for key, value in ((":event-type", name), (":content-type", "application/json"), (":message-type", "event")):
        headers += bytes([len(key)]) + key.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    body = json.dumps({**payload, "p": "abcdef"}, ensure_ascii=False).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + body
    return message + struct.pack(">I", zlib.crc32(message))


def _bedrock_messages(request):
    thinking, text, calls = said(request)
    yield _bedrock_message("messageStart", role="assistant")
    blocks = []
    if thinking:
        deltas = [{"reasoningContent": {"text": part}} for part in thinking]
        blocks.append((None, [*deltas, {"reasoningContent": {"signature": mock_loops.turn(request).signature}}]))
    if text:
        blocks.append((None, [{"text": part} for part in text]))
    for tool, name, arguments in calls:
        parts = [] if arguments == ["{}"] else arguments
        blocks.append(({"toolUse": {"toolUseId": call_id(request, name), "name": tool}},
                       [{"toolUse": {"input": part}} for part in ["", *parts]]))
    for index, (start, deltas) in enumerate(blocks):
        if start:
            yield _bedrock_message("contentBlockStart", contentBlockIndex=index, start=start)
        for delta in deltas:
            yield _bedrock_message("contentBlockDelta", contentBlockIndex=index, delta=delta)
        yield _bedrock_message("contentBlockStop", contentBlockIndex=index)
    yield _bedrock_message("messageStop", stopReason="tool_use" if calls else "end_turn")
    yield _bedrock_message("metadata", usage=_bedrock_usage(), metrics={"latencyMs": 9})

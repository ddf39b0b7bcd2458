"""A provider's side of a tool loop of three turns, and what a strict provider says of the requests in it.

Models whose name begins with "loop" play it: two calls at once, then one, then the answer, each turn behind reasoning
where it was asked for. Like the real ones the provider refuses a history that does not fit its own answers.
"""

import base64
import json

import mock_others

SIGNATURES = ["EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds+/=", "ErUBCkYIBRgCIkD/zz+9Q4vv0Ux8Jd2Y5mM==", "Ek4Kd"]
# Google's are base64, in the alphabet with + and /.
GEMINI_SIGNATURES = [base64.b64encode(bytes([251, 255, 190] * 8 + [number])).decode() for number in range(3)]
ENCRYPTED = ["gAAAAABo/one+aa==", "gAAAAABo_two-bb==", "gAAAAABo3"]
WEATHER = {"location": 'Paris, "France"', "days": 3}


class Turn:
    """What the provider answers: reasoning, text and calls, in the pieces in which they are streamed."""

    def __init__(self, number, thinking, text, calls):
        self.number = number
        self.thinking = thinking
        self.text = text
        self.calls = calls
        self.signature = SIGNATURES[number]


TURNS = [
    Turn(0, ["First, ", "second – 日本."], ["I ", "look."], [
        ("get_weather", "a", ["{\"loc", "ation\": \"Par", "is, \\\"France\\\"\", \"days\":", " 3}"]),
        ("get_time", "b", ["{}"]),
    ]),
    Turn(1, ["Third."], [], [("get_weather", "c", ["{\"location\":", "\"日本\"", ",\"days\":1}"])]),
    Turn(2, ["Done."], ["It is ", "sunny – ", "日本."], []),
]
FINAL = "".join(TURNS[2].text)


def turn(request):
    """The turn that a request asks for: as many as there are answers of ours in it."""
    if request.is_gemini:
        return TURNS[min(2, sum(content.get("role") == "model" for content in request.json.get("contents", [])))]
    if request.is_responses:
        results = sum(item.get("type") == "function_call_output" for item in request.json["input"])
        return TURNS[{0: 0, 2: 1, 3: 2}[results]]
    messages = request.json.get("messages", [])
    return TURNS[min(2, sum(message.get("role") == "assistant" for message in messages))]


def complaint(request):
    """What the provider refuses the request for; nothing when it fits."""
    try:
        if request.kind:
            return mock_others.complaint(request)
        if request.is_responses:
            return _responses_complaint(request.json)
        if request.is_gemini:
            return _gemini_complaint(request.json)
        return (_anthropic_complaint if request.is_anthropic else _openai_complaint)(request.json)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as problem:
        return f"the request cannot be read: {problem!r}"


def _openai_complaint(body):
    waiting = []
    for message in body["messages"]:
        role = message["role"]
        if role == "tool":
            if message["tool_call_id"] not in waiting:
                return f"tool_call_id {message['tool_call_id']} answers no call"
            waiting.remove(message["tool_call_id"])
            continue
        if waiting:
            return f"an assistant message with tool_calls must be followed by tool messages for {waiting}"
        if role == "assistant":
            waiting = [call["id"] for call in message.get("tool_calls") or []]
            for call in message.get("tool_calls") or []:
                json.loads(call["function"]["arguments"])
        elif role not in ("system", "developer", "user"):
            return f"the role {role} is not known"
    return f"no tool message for {waiting}" if waiting else None


def _anthropic_complaint(body):
    if not isinstance(body.get("max_tokens"), int):
        return "max_tokens: Field required"
    thinks = (body.get("thinking") or {}).get("type", "disabled") != "disabled"
    waiting, number, last = [], 0, None
    for message in body["messages"]:
        role = message["role"]
        if role not in ("user", "assistant") or role == last:
            return f"messages: the role {role} cannot follow {last}"
        last = role
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        if sorted(results) != sorted(waiting):
            return f"messages: tool_use {waiting} must be answered by tool_result at once, not {results}"
        if results and [block["type"] for block in blocks[: len(results)]] != ["tool_result"] * len(results):
            return "messages: tool_result blocks come first"
        waiting = []
        if role == "assistant":
            problem = _check_answer(blocks, number, thinks)
            if problem:
                return problem
            waiting = [block["id"] for block in blocks if block["type"] == "tool_use"]
            number += 1
    return f"messages: no tool_result for {waiting}" if waiting else None


def _check_answer(blocks, number, thinks):
    kinds = [block["type"] for block in blocks]
    if thinks and "tool_use" in kinds and kinds[0] != "thinking":
        return "messages: with thinking, an answer that calls tools must begin with its thinking block"
    for block in blocks:
        if block["type"] == "thinking":
            if block["signature"] != SIGNATURES[number]:
                return "messages: Invalid `signature` in `thinking` block"
            if block["thinking"] != "".join(TURNS[number].thinking):
                return "messages: the thinking block was changed"
        if block["type"] == "tool_use" and not isinstance(block["input"], dict):
            return "messages: tool_use.input: Input should be a valid dictionary"
        if block["type"] == "text" and not block["text"]:
            return "messages: text content blocks must be non-empty"
    return None


def _responses_complaint(body):
    if body.get("store") is not False:
        return "store: this provider keeps nothing"
    waiting, number, last = [], 0, None
    for item in body["input"]:
        kind = item.get("type", "message")
        if last == "reasoning" and kind not in ("message", "function_call"):
            return f"a reasoning item was provided without its following item, but with {kind}"
        last = kind
        if kind == "reasoning":
            if item.get("encrypted_content") != ENCRYPTED[number]:
                return "the encrypted content could not be verified"
            if not isinstance(item["summary"], list):
                return "summary is required"
            number += 1
        elif kind == "function_call":
            json.loads(item["arguments"])
            waiting.append(item["call_id"])
        elif kind == "function_call_output":
            if item["call_id"] not in waiting:
                return f"no tool call found for {item['call_id']}"
            waiting.remove(item["call_id"])
        elif kind == "message":
            if item["role"] not in ("user", "assistant", "system", "developer"):
                return f"the role {item['role']} is not known"
        else:
            return f"an item of type {kind}"
    return f"no tool output found for {waiting}" if waiting else None


def _gemini_complaint(body):
    known = {"contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "safetySettings"}
    if set(body) - known:
        return f"Invalid JSON payload received. Unknown name {sorted(set(body) - known)}"
    waiting, number, last = [], 0, "model"
    for content in body["contents"]:
        role, parts = content["role"], content["parts"]
        if role not in ("user", "model") or role == last:
            return f"contents: the role {role} cannot follow {last}"
        last = role
        if not parts or any(not part for part in parts):
            return "contents.parts must not be empty"
        answered = [part["functionResponse"]["name"] for part in parts if "functionResponse" in part]
        if answered != waiting:
            return "the number of function response parts must equal the number of function call parts"
        waiting = [part["functionCall"]["name"] for part in parts if "functionCall" in part]
        if role == "model":
            calls = [part for part in parts if "functionCall" in part]
            given = calls[0].get("thoughtSignature", "") if calls else GEMINI_SIGNATURES[number]
            # What Google takes for one that was lost, where the answer was another provider's.
            is_lost = given == "skip_thought_signature_validator"
            if not is_lost and given.replace("-", "+").replace("_", "/") != GEMINI_SIGNATURES[number]:
                return "Function call is missing a thought_signature in functionCall parts."
            if any("thoughtSignature" in call or not isinstance(call["functionCall"]["args"], dict)
                   for call in calls[1:]):
                return "a signature, or arguments, where none belong"
            number += 1
    return f"no function response for {waiting}" if waiting else None


# Gemini


def gemini_thinks(request):
    return bool((request.json.get("generationConfig") or {}).get("thinkingConfig"))


def gemini_parts(request):
    now = turn(request)
    if gemini_thinks(request):
        for part in now.thinking:
            yield {"text": part, "thought": True}
    for part in now.text:
        yield {"text": part}
    for index, (tool, _, arguments) in enumerate(now.calls):
        part = {"functionCall": {"name": tool, "args": json.loads("".join(arguments))}}
        # Only the first of several calls is signed.
        if index == 0:
            part["thoughtSignature"] = GEMINI_SIGNATURES[now.number]
        yield part


# OpenAI


def openai_message(request):
    """The message and its finish reason; reasoning as the providers of open models have it."""
    now = turn(request)
    message = {"role": "assistant", "content": "".join(now.text) or None, "refusal": None}
    message["reasoning_content"] = "".join(now.thinking)
    if now.calls:
        message["tool_calls"] = [
            {"id": f"call_{name}", "type": "function", "function": {"name": tool, "arguments": "".join(arguments)}}
            for tool, name, arguments in now.calls]
    return message, "tool_calls" if now.calls else "stop"


def openai_deltas(request):
    now = turn(request)
    yield {"role": "assistant", "content": ""}
    for part in now.thinking:
        yield {"reasoning_content": part}
    for part in now.text:
        yield {"content": part}
    for index, (tool, name, arguments) in enumerate(now.calls):
        yield {"tool_calls": [{"index": index, "id": f"call_{name}", "type": "function",
                               "function": {"name": tool, "arguments": ""}}]}
        for part in arguments:
            yield {"tool_calls": [{"index": index, "function": {"arguments": part}}]}


# Anthropic


def anthropic_blocks(request):
    """The blocks and, for each, the deltas in which it is streamed."""
    now = turn(request)
    if (request.json.get("thinking") or {}).get("type", "disabled") != "disabled":
        block = {"type": "thinking", "thinking": "".join(now.thinking), "signature": now.signature}
        deltas = [{"type": "thinking_delta", "thinking": part} for part in now.thinking]
        yield block, [*deltas, {"type": "signature_delta", "signature": now.signature}]
    if now.text:
        yield ({"type": "text", "text": "".join(now.text)},
               [{"type": "text_delta", "text": part} for part in now.text])
    for tool, name, arguments in now.calls:
        block = {"type": "tool_use", "id": f"toolu_{name}", "name": tool, "input": json.loads("".join(arguments))}
        # A call without arguments is streamed as nothing at all.
        parts = [] if block["input"] == {} else arguments
        yield block, [{"type": "input_json_delta", "partial_json": part} for part in ["", *parts]]


def stop_reason(request):
    return "tool_use" if turn(request).calls else "end_turn"

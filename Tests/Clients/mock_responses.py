"""OpenAI's Responses as its servers speak it: whole answers, and streams that say each text four times."""

import json

import mock_loops

ARGUMENTS = ["{\"loc", "ation\": \"Par", "is, \\\"France\\\"\", \"days\":", " 3}"]
PATCH = ["*** Begin Patch\n", "*** Add File: \"a\".txt\n+hi \u2013 \u65e5\u672c\n", "*** End Patch"]


def _usage():
    from mock_provider import USAGE
    total = USAGE["input"] + USAGE["cached"]
    return {"input_tokens": total, "input_tokens_details": {"cached_tokens": USAGE["cached"]},
            "output_tokens": USAGE["output"], "output_tokens_details": {"reasoning_tokens": 8},
            "total_tokens": total + USAGE["output"]}


def _items(request):
    """The items and, for each, the pieces in which its text is streamed."""
    wants_reasoning = "reasoning.encrypted_content" in request.json.get("include", [])
    if request.is_loop:
        now = mock_loops.turn(request)
        item = {"id": f"rs_{now.number}", "type": "reasoning",
                "summary": [{"type": "summary_text", "text": "".join(now.thinking)}]}
        if wants_reasoning:
            item["encrypted_content"] = mock_loops.ENCRYPTED[now.number]
        yield item, now.thinking
        if now.text:
            yield _message(now.number, now.text), now.text
        for tool, name, arguments in now.calls:
            yield _call(tool, f"call_{name}", arguments), arguments
        return
    tools = request.json.get("tools") or []
    custom = next((tool for tool in tools if tool["type"] == "custom"), None)
    if custom:
        yield {"id": "ctc_1", "type": "custom_tool_call", "status": "completed", "call_id": "call_1",
               "name": custom["name"], "input": "".join(PATCH)}, PATCH
    elif tools:
        yield _call("get_weather", "call_1", ARGUMENTS), ARGUMENTS
    else:
        yield _message(0, request.text), request.text


def _message(number, pieces):
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": "".join(pieces)}
    return {"id": f"msg_{number}", "type": "message", "status": "completed", "role": "assistant", "content": [part]}


def _call(name, call_id, pieces):
    return {"id": f"fc_{call_id}", "type": "function_call", "status": "completed", "call_id": call_id, "name": name,
            "arguments": "".join(pieces)}


def response(request, status="completed", output=None):
    return {"id": "resp_mock", "object": "response", "created_at": 1741570283, "status": status, "error": None,
            "incomplete_details": None, "instructions": request.json.get("instructions"), "model": request.model,
            "output": [item for item, _ in _items(request)] if output is None else output,
            "parallel_tool_calls": True, "previous_response_id": request.json.get("previous_response_id"),
            "store": False, "temperature": 1.0, "text": {"format": {"type": "text"}}, "tool_choice": "auto",
            "tools": request.json.get("tools", []), "top_p": 1.0, "truncation": "disabled", "metadata": {},
            "usage": _usage() if status == "completed" else None}


def frames(request):
    number = 0

    def event(kind, **members):
        nonlocal number
        data = {"type": kind, "sequence_number": number, **members}
        number += 1
        return f"event: {kind}\ndata: " + json.dumps(data, ensure_ascii=False) + "\n\n"

    yield event("response.created", response=response(request, "in_progress", []))
    yield event("response.in_progress", response=response(request, "in_progress", []))
    for index, (item, pieces) in enumerate(_items(request)):
        yield from _stream_item(event, index, item, pieces)
    yield event("response.completed", response=response(request))


def _stream_item(event, index, item, pieces):
    place = {"item_id": item["id"], "output_index": index}
    whole = "".join(pieces)
    kind = item["type"]
    empty = {"message": {"content": [], "status": "in_progress"}, "reasoning": {"summary": []},
             "function_call": {"arguments": "", "status": "in_progress"},
             "custom_tool_call": {"input": "", "status": "in_progress"}}[kind]
    yield event("response.output_item.added", output_index=index, item={**item, **empty})
    if kind == "message":
        part = item["content"][0]
        place["content_index"] = 0
        yield event("response.content_part.added", **place, part={**part, "text": ""})
        for piece in pieces:
            yield event("response.output_text.delta", **place, delta=piece, logprobs=[], obfuscation="xY")
        yield event("response.output_text.done", **place, text=whole, logprobs=[])
        yield event("response.content_part.done", **place, part=part)
    elif kind == "reasoning":
        place["summary_index"] = 0
        part = item["summary"][0]
        yield event("response.reasoning_summary_part.added", **place, part={**part, "text": ""})
        for piece in pieces:
            yield event("response.reasoning_summary_text.delta", **place, delta=piece, obfuscation="z")
        yield event("response.reasoning_summary_text.done", **place, text=whole)
        yield event("response.reasoning_summary_part.done", **place, part=part)
    else:
        name, member = {"function_call": ("function_call_arguments", "arguments"),
                        "custom_tool_call": ("custom_tool_call_input", "input")}[kind]
        for piece in pieces:
            yield event(f"response.{name}.delta", **place, delta=piece, obfuscation="q")
        yield event(f"response.{name}.done", **place, **{member: whole})
    yield event("response.output_item.done", output_index=index, item=item)

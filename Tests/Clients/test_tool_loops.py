"""A tool loop of three turns with reasoning, through the official libraries at a provider of every dialect.

The provider is strict: it refuses a history whose calls and results do not fit, and signatures that are not its own.
"""

import json

import pytest

import test_anthropic
import test_openai
from mock_loops import ENCRYPTED, FINAL, GEMINI_SIGNATURES, SIGNATURES, TURNS, WEATHER

PROVIDERS = ["acme", "claude", "resp", "gem", "oll", "coh", "rock"]
# The gateway asks for reasoning to take back where a model's name says that it has any.
NAMES = {"acme": "loop-", "claude": "loop-", "resp": "gpt-5-loop-", "gem": "gemini-3-loop-", "oll": "qwen3-loop-",
         "coh": "command-a-reasoning-loop-", "rock": "us.anthropic.claude-sonnet-4-loop-"}
RESULTS = {"get_weather": "sunny", "get_time": "there is no clock"}
SYSTEM = "Be brief – 日本."
QUESTION = "How is the weather?"
PARAMETERS = {"type": "object", "properties": {"location": {"type": "string"}, "days": {"type": "integer"}}}


def arguments_of(turn):
    return [json.loads("".join(arguments)) for _, _, arguments in turn.calls]


def check_upstream(mock, provider, model):
    """What the provider was sent: three requests, each with all that was before, as the provider itself had said it."""
    requests = mock.of(model)
    assert len(requests) == 3
    check = {"claude": check_anthropic, "gem": check_gemini, "acme": check_openai, "resp": check_responses,
             "oll": check_ollama, "coh": check_cohere, "rock": check_bedrock}[provider]
    for number, request in enumerate(requests):
        check(request.json, number)
    # Whoever is not asked for a signature does not get the gateway's own either.
    own = GEMINI_SIGNATURES if provider == "gem" else SIGNATURES
    signed = sum(signature.encode() in requests[2].body for signature in own[:2])
    assert signed == {"claude": 2, "gem": 2, "rock": 2}.get(provider, 0)
    assert b"keirouter" not in requests[2].body


def check_anthropic(body, number):
    assert SYSTEM in json.dumps(body["system"], ensure_ascii=False)
    assert body["thinking"]["type"] in ("enabled", "adaptive")
    assert [tool["name"] for tool in body["tools"]] == ["get_weather", "get_time"]
    answers = [message["content"] for message in body["messages"] if message["role"] == "assistant"]
    assert len(answers) == number
    for answer, turn in zip(answers, TURNS):
        thinking = answer[0]
        assert (thinking["type"], thinking["signature"]) == ("thinking", turn.signature)
        assert thinking["thinking"] == "".join(turn.thinking)
        calls = [block for block in answer if block["type"] == "tool_use"]
        assert [call["id"] for call in calls] == [f"toolu_{name}" for _, name, _ in turn.calls]
        assert [call["input"] for call in calls] == arguments_of(turn)
    results = [block for message in body["messages"] if isinstance(message["content"], list)
               for block in message["content"] if block["type"] == "tool_result"]
    assert [result["tool_use_id"] for result in results] == ["toolu_a", "toolu_b", "toolu_c"][: [0, 2, 3][number]]
    for result in results:
        tool = "get_time" if result["tool_use_id"] == "toolu_b" else "get_weather"
        assert RESULTS[tool] in json.dumps(result["content"])


def check_responses(body, number):
    assert SYSTEM in body["instructions"]
    assert body["store"] is False
    assert "previous_response_id" not in body
    assert [tool["name"] for tool in body["tools"]] == ["get_weather", "get_time"]
    items = body["input"]
    reasoning = [item for item in items if item.get("type") == "reasoning"]
    assert [item["encrypted_content"] for item in reasoning] == ENCRYPTED[:number]
    assert [item["id"] for item in reasoning] == [f"rs_{turn}" for turn in range(number)]
    calls = [item for item in items if item.get("type") == "function_call"]
    wanted = [arguments for turn in TURNS[:number] for arguments in arguments_of(turn)]
    assert [json.loads(call["arguments"]) for call in calls] == wanted
    results = [item for item in items if item.get("type") == "function_call_output"]
    assert [result["call_id"] for result in results] == ["call_a", "call_b", "call_c"][: [0, 2, 3][number]]
    for result in results:
        assert RESULTS["get_time" if result["call_id"] == "call_b" else "get_weather"] in json.dumps(result["output"])


def check_openai(body, number):
    assert body["messages"][0]["role"] in ("system", "developer")
    assert SYSTEM in json.dumps(body["messages"][0]["content"], ensure_ascii=False)
    assert [tool["function"]["name"] for tool in body["tools"]] == ["get_weather", "get_time"]
    answers = [message for message in body["messages"] if message["role"] == "assistant"]
    assert len(answers) == number
    for answer, turn in zip(answers, TURNS):
        calls = answer["tool_calls"]
        assert [call["id"] for call in calls] == [f"call_{name}" for _, name, _ in turn.calls]
        assert [json.loads(call["function"]["arguments"]) for call in calls] == arguments_of(turn)
        assert (answer.get("content") or "") == "".join(turn.text)
    results = [message for message in body["messages"] if message["role"] == "tool"]
    assert [result["tool_call_id"] for result in results] == ["call_a", "call_b", "call_c"][: [0, 2, 3][number]]
    for result in results:
        tool = "get_time" if result["tool_call_id"] == "call_b" else "get_weather"
        assert RESULTS[tool] in json.dumps(result["content"])


def check_ollama(body, number):
    assert body["messages"][0] == {"role": "system", "content": SYSTEM}
    assert body["think"] is True
    assert [tool["function"]["name"] for tool in body["tools"]] == ["get_weather", "get_time"]
    answers = [message for message in body["messages"] if message["role"] == "assistant"]
    assert len(answers) == number
    for answer, turn in zip(answers, TURNS):
        assert answer["thinking"] == "".join(turn.thinking)
        assert answer["content"] == "".join(turn.text)
        assert [call["function"]["arguments"] for call in answer["tool_calls"]] == arguments_of(turn)
    results = [message for message in body["messages"] if message["role"] == "tool"]
    names = ["get_weather", "get_time", "get_weather"][: [0, 2, 3][number]]
    assert [result["tool_name"] for result in results] == names
    assert all(RESULTS[name] in result["content"] for name, result in zip(names, results))


def check_cohere(body, number):
    assert body["messages"][0] == {"role": "system", "content": SYSTEM}
    assert body["thinking"]["type"] == "enabled"
    assert [tool["function"]["name"] for tool in body["tools"]] == ["get_weather", "get_time"]
    answers = [message for message in body["messages"] if message["role"] == "assistant"]
    assert len(answers) == number
    for answer, turn in zip(answers, TURNS):
        assert answer["content"][0] == {"type": "thinking", "thinking": "".join(turn.thinking)}
        assert "".join(block.get("text", "") for block in answer["content"]) == "".join(turn.text)
        assert [call["id"] for call in answer["tool_calls"]] == [f"{name}_k3" for _, name, _ in turn.calls]
        assert [json.loads(call["function"]["arguments"]) for call in answer["tool_calls"]] == arguments_of(turn)
    results = [message for message in body["messages"] if message["role"] == "tool"]
    assert [result["tool_call_id"] for result in results] == ["a_k3", "b_k3", "c_k3"][: [0, 2, 3][number]]
    for result in results:
        tool = "get_time" if result["tool_call_id"] == "b_k3" else "get_weather"
        assert RESULTS[tool] in json.dumps(result["content"])


def check_bedrock(body, number):
    assert body["system"] == [{"text": SYSTEM}]
    assert body["additionalModelRequestFields"]["thinking"]["type"] == "enabled"
    assert [tool["toolSpec"]["name"] for tool in body["toolConfig"]["tools"]] == ["get_weather", "get_time"]
    answers = [message["content"] for message in body["messages"] if message["role"] == "assistant"]
    assert len(answers) == number
    for answer, turn in zip(answers, TURNS):
        thought = {"text": "".join(turn.thinking), "signature": turn.signature}
        assert answer[0]["reasoningContent"]["reasoningText"] == thought
        calls = [block["toolUse"] for block in answer if "toolUse" in block]
        assert [call["toolUseId"] for call in calls] == [f"tooluse_{name}" for _, name, _ in turn.calls]
        assert [call["input"] for call in calls] == arguments_of(turn)
    results = [block["toolResult"] for message in body["messages"] for block in message["content"]
               if "toolResult" in block]
    assert [result["toolUseId"] for result in results] == ["tooluse_a", "tooluse_b", "tooluse_c"][: [0, 2, 3][number]]
    for result in results:
        tool = "get_time" if result["toolUseId"] == "tooluse_b" else "get_weather"
        assert RESULTS[tool] in json.dumps(result["content"])


def check_gemini(body, number):
    assert SYSTEM in json.dumps(body["systemInstruction"], ensure_ascii=False)
    assert body["generationConfig"]["thinkingConfig"]["includeThoughts"] is True
    declarations = [tool for group in body["tools"] for tool in group["functionDeclarations"]]
    assert [tool["name"] for tool in declarations] == ["get_weather", "get_time"]
    answers = [content["parts"] for content in body["contents"] if content["role"] == "model"]
    assert len(answers) == number
    for parts, turn in zip(answers, TURNS):
        calls = [part for part in parts if "functionCall" in part]
        assert [call["functionCall"]["args"] for call in calls] == arguments_of(turn)
        assert calls[0]["thoughtSignature"] == GEMINI_SIGNATURES[turn.number]
        said = "".join(part["text"] for part in parts if "text" in part and not part.get("thought"))
        assert said == "".join(turn.text)
    results = [part["functionResponse"] for content in body["contents"] for part in content["parts"]
               if "functionResponse" in part]
    assert [result["name"] for result in results] == ["get_weather", "get_time", "get_weather"][: [0, 2, 3][number]]
    for result in results:
        assert RESULTS[result["name"]] in json.dumps(result["response"])


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_openai_library(gateway, mock, model, provider, stream):
    tools = [{"type": "function", "function": {"name": "get_weather", "parameters": PARAMETERS}},
             {"type": "function", "function": {"name": "get_time"}}]
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
    model = f"{NAMES[provider]}{model}"
    with test_openai.make(gateway) as client:
        for turn in TURNS:
            words = {"model": f"{provider}/{model}", "messages": messages, "tools": tools, "reasoning_effort": "high"}
            if stream:
                with client.chat.completions.stream(**words) as events:
                    for _ in events:
                        pass
                    completion = events.get_final_completion()
            else:
                completion = client.chat.completions.create(**words)
            message = completion.choices[0].message
            assert (message.content or "") == "".join(turn.text)
            assert message.reasoning_content == "".join(turn.thinking)
            assert completion.choices[0].finish_reason == ("tool_calls" if turn.calls else "stop")
            calls = message.tool_calls or []
            assert [call.function.name for call in calls] == [name for name, _, _ in turn.calls]
            assert [json.loads(call.function.arguments) for call in calls] == arguments_of(turn)
            # What a client does that keeps everything it was told.
            messages = [*messages, message.model_dump(exclude_none=True)]
            messages += [{"role": "tool", "tool_call_id": call.id, "content": RESULTS[call.function.name]}
                         for call in calls]
    assert message.content == FINAL
    check_upstream(mock, provider, model)


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_anthropic_library(gateway, mock, model, provider, stream):
    tools = [{"name": "get_weather", "input_schema": PARAMETERS},
             {"name": "get_time", "input_schema": {"type": "object", "properties": {}}}]
    messages = [{"role": "user", "content": QUESTION}]
    model = f"{NAMES[provider]}{model}"
    with test_anthropic.make(gateway) as client:
        for turn in TURNS:
            words = {"model": f"{provider}/{model}", "messages": messages, "tools": tools, "system": SYSTEM,
                     "max_tokens": 4000, "thinking": {"type": "enabled", "budget_tokens": 2000}}
            if stream:
                with client.messages.stream(**words) as events:
                    answer = events.get_final_message()
            else:
                answer = client.messages.create(**words)
            blocks = {kind: [block for block in answer.content if block.type == kind]
                      for kind in ("thinking", "text", "tool_use")}
            assert [block.thinking for block in blocks["thinking"]] == ["".join(turn.thinking)]
            assert answer.content[0].type == "thinking"
            assert "".join(block.text for block in blocks["text"]) == "".join(turn.text)
            assert [block.name for block in blocks["tool_use"]] == [name for name, _, _ in turn.calls]
            assert [block.input for block in blocks["tool_use"]] == arguments_of(turn)
            assert answer.stop_reason == ("tool_use" if turn.calls else "end_turn")
            messages = [*messages, {"role": "assistant", "content": [block.model_dump() for block in answer.content]}]
            messages += [{"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": block.id, "content": RESULTS[block.name],
                 "is_error": block.name == "get_time"} for block in blocks["tool_use"]]}]
    assert blocks["text"][0].text == FINAL
    check_upstream(mock, provider, model)
    if provider == "acme":
        # The gateway's own stand-in for a signature is nobody's business upstream.
        assert b"signature" not in mock.of(model)[-1].body


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_responses_library(gateway, mock, model, provider, stream):
    tools = [{"type": "function", "name": "get_weather", "parameters": PARAMETERS, "strict": False},
             {"type": "function", "name": "get_time", "parameters": {"type": "object", "properties": {}}, "strict": False}]
    items = [{"role": "user", "content": QUESTION}]
    model = f"{NAMES[provider]}{model}"
    with test_openai.make(gateway) as client:
        for turn in TURNS:
            words = {"model": f"{provider}/{model}", "instructions": SYSTEM, "input": items, "tools": tools,
                     "reasoning": {"effort": "high"}, "store": False, "include": ["reasoning.encrypted_content"]}
            if stream:
                with client.responses.stream(**words) as events:
                    for _ in events:
                        pass
                    response = events.get_final_response()
            else:
                response = client.responses.create(**words)
            assert response.status == "completed"
            assert response.output_text == "".join(turn.text)
            thoughts = [item for item in response.output if item.type == "reasoning"]
            assert [part.text for item in thoughts for part in item.summary] == ["".join(turn.thinking)]
            assert response.output[0].type == "reasoning"
            calls = [item for item in response.output if item.type == "function_call"]
            assert [call.name for call in calls] == [name for name, _, _ in turn.calls]
            assert [json.loads(call.arguments) for call in calls] == arguments_of(turn)
            assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens
            # As OpenAI's guide does it: everything that came goes back.
            items = [*items, *(item.model_dump(exclude_none=True, exclude={"parsed_arguments"})
                               for item in response.output)]
            items += [{"type": "function_call_output", "call_id": call.call_id, "output": RESULTS[call.name]}
                      for call in calls]
    assert response.output_text == FINAL
    check_upstream(mock, provider, model)
    assert b"keirouter-" not in mock.of(model)[-1].body


def test_reasoning_of_another_provider_in_responses(gateway, mock, model):
    """A conversation may move from any provider to any other; reasoning that is not its own does not reach it."""
    tools = [{"type": "function", "name": name, "parameters": PARAMETERS, "strict": False}
             for name in ("get_weather", "get_time")]
    for first in PROVIDERS:
        for second in PROVIDERS:
            if first == second:
                continue
            items = [{"role": "user", "content": QUESTION}]
            with test_openai.make(gateway) as client:
                for provider in (first, second):
                    response = client.responses.create(
                        model=f"{provider}/{NAMES[provider]}{first}{second}{model}", input=items, tools=tools,
                        reasoning={"effort": "high"}, store=False, include=["reasoning.encrypted_content"])
                    items = [*items, *(item.model_dump(exclude_none=True) for item in response.output)]
                    items += [{"type": "function_call_output", "call_id": item.call_id, "output": "sunny"}
                              for item in response.output if item.type == "function_call"]
            (request,) = mock.of(f"{NAMES[second]}{first}{second}{model}")[-1:]
            assert b"keirouter-" not in request.body
            assert ENCRYPTED[0].encode() not in request.body


def test_signature_of_another_provider(gateway, mock, model):
    """Reasoning of one provider is no reason for the other to refuse."""
    tools = [{"name": "get_weather", "input_schema": PARAMETERS}, {"name": "get_time", "input_schema": PARAMETERS}]
    messages = [{"role": "user", "content": QUESTION}]
    with test_anthropic.make(gateway) as client:
        for provider in ("claude", "acme"):
            answer = client.messages.create(model=f"{provider}/loop-{model}", messages=messages, tools=tools,
                                            max_tokens=4000, thinking={"type": "enabled", "budget_tokens": 2000})
            messages = [*messages, {"role": "assistant", "content": [block.model_dump() for block in answer.content]},
                        {"role": "user", "content": [
                            {"type": "tool_result", "tool_use_id": block.id, "content": "sunny"}
                            for block in answer.content if block.type == "tool_use"]}]
    assert answer.content[0].thinking == "".join(TURNS[1].thinking)
    assert arguments_of(TURNS[0])[0] == WEATHER
    assert SIGNATURES[0].encode() not in mock.of(f"loop-{model}")[-1].body

"""The official Anthropic library, unmodified, against a running gateway."""

import asyncio
import time

import anthropic
import pytest

from conftest import BROKE_KEY, KEY, LIMITED_KEY, eventually
from mock_provider import COUNTED, SIGNATURE, TEXT, USAGE

MESSAGES = [{"role": "user", "content": "How is the weather? – café 日本"}]
TOOLS = [{"name": "get_weather", "description": "Tells the weather.", "input_schema": {
    "type": "object", "properties": {"location": {"type": "string"}, "days": {"type": "integer"}}}}]
INPUT = {"location": 'Paris, "France"', "days": 3}


def make(gateway, key=KEY, **options):
    options.setdefault("max_retries", 0)
    return anthropic.Anthropic(base_url=gateway.url, api_key=key, timeout=20, **options)


@pytest.fixture(scope="module")
def client(gateway):
    with make(gateway) as client:
        yield client


def test_unary(client, mock, model):
    answer = client.messages.create(model=f"claude/{model}", messages=MESSAGES, max_tokens=100)
    assert answer.content[0].text == "".join(TEXT)
    assert answer.stop_reason == "end_turn"
    assert answer.usage.input_tokens == USAGE["input"]
    assert answer.usage.cache_read_input_tokens == USAGE["cached"]
    assert answer._request_id
    (request,) = mock.of(model)
    assert request.json["messages"] == MESSAGES
    assert request.headers["x-api-key"] == "sk-claude"
    assert request.headers["anthropic-version"] == client.default_headers["anthropic-version"]


def test_count(client, mock, model):
    count = client.messages.count_tokens(model=f"claude/{model}", messages=MESSAGES, tools=TOOLS)
    assert count.input_tokens == COUNTED
    (request,) = mock.of(model)
    assert request.path == "/v1/messages/count_tokens"
    assert "max_tokens" not in request.json and "stream" not in request.json


def test_count_without_the_provider(client, mock, model):
    mock.fail(model, 1, 500)
    count = client.messages.with_raw_response.count_tokens(
        model=f"claude/{model}", messages=MESSAGES, tools=TOOLS)
    assert 20 < count.parse().input_tokens < COUNTED
    assert count.headers["x-keirouter-count"] == "estimate"


def test_auth_token(gateway, model):
    client = anthropic.Anthropic(base_url=gateway.url, api_key=None, auth_token=KEY, max_retries=0)
    answer = client.messages.create(model=f"claude/{model}", messages=MESSAGES, max_tokens=100)
    assert answer.content[0].text == "".join(TEXT)


def test_stream(client, model):
    events = list(client.messages.create(model=f"claude/{model}", messages=MESSAGES, max_tokens=100, stream=True))
    assert events[0].type == "message_start"
    assert events[-1].type == "message_stop"
    assert "".join(event.delta.text for event in events if event.type == "content_block_delta") == "".join(TEXT)


def test_stream_helper(client, model):
    with client.messages.stream(model=f"claude/{model}", messages=MESSAGES, max_tokens=100) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert text == "".join(TEXT)
    assert final.usage.output_tokens == USAGE["output"]
    assert final.stop_reason == "end_turn"


def test_tools(client, model):
    answer = client.messages.create(model=f"claude/{model}", messages=MESSAGES, max_tokens=100, tools=TOOLS)
    assert answer.stop_reason == "tool_use"
    assert answer.content[-1].name == "get_weather"
    assert answer.content[-1].input == INPUT


def test_streamed_tools(client, model):
    with client.messages.stream(model=f"claude/{model}", messages=MESSAGES, max_tokens=100, tools=TOOLS) as stream:
        final = stream.get_final_message()
    assert final.content[-1].input == INPUT


def test_thinking(client, mock, model):
    thinking = {"type": "enabled", "budget_tokens": 1024}
    arguments = {"model": f"claude/{model}", "max_tokens": 2000, "thinking": thinking}
    with client.messages.stream(messages=MESSAGES, **arguments) as stream:
        first = stream.get_final_message()
    assert first.content[0].signature == SIGNATURE
    history = [*MESSAGES, {"role": "assistant", "content": [block.model_dump() for block in first.content]},
               {"role": "user", "content": "And tomorrow?"}]
    client.messages.create(messages=history, **arguments)
    assert mock.of(model)[-1].json["messages"][1]["content"][0]["signature"] == SIGNATURE


def test_async(gateway, model):
    async def main():
        async with anthropic.AsyncAnthropic(base_url=gateway.url, api_key=KEY, max_retries=0) as client:
            async def one():
                answer = await client.messages.create(model=f"claude/{model}", messages=MESSAGES, max_tokens=9)
                async with client.messages.stream(model=f"claude/{model}", messages=MESSAGES, max_tokens=9) as stream:
                    return answer.content[0].text, "".join([part async for part in stream.text_stream])
            return await asyncio.gather(*(one() for _ in range(10)))

    assert asyncio.run(main()) == [("".join(TEXT), "".join(TEXT))] * 10


def test_models(client):
    ids = [listed.id for listed in client.models.list()]
    assert "coding" in ids
    assert "demo/echo" in ids


def test_demo(client):
    answer = client.messages.create(model="demo/echo", messages=MESSAGES, max_tokens=100)
    assert "weather" in answer.content[0].text


def test_chain(client):
    """Its first step speaks the other dialect."""
    answer = client.messages.with_raw_response.create(model="coding", messages=MESSAGES, max_tokens=9)
    assert answer.headers["x-keirouter-provider"] == "acme"
    assert answer.headers["x-keirouter-model"] == "step"
    assert answer.parse().content[0].text == "".join(TEXT)


# Errors

def create(client, model, **more):
    return client.messages.create(model=model, messages=MESSAGES, max_tokens=9, **more)


def test_bad_key(gateway):
    with pytest.raises(anthropic.AuthenticationError) as caught:
        create(make(gateway, key="kr_nobody"), "claude/m")
    assert caught.value.status_code == 401
    assert caught.value.request_id
    assert caught.value.body["error"]["type"] == "authentication_error"


def test_unknown_model(client):
    with pytest.raises(anthropic.NotFoundError):
        create(client, "nowhere/nothing")


def test_bad_request(client):
    with pytest.raises(anthropic.BadRequestError) as caught:
        client.messages.create(model="claude/m", messages="no list", max_tokens=9)
    assert caught.value.body["error"]["type"] == "invalid_request_error"


def test_rate_limit(gateway):
    client = make(gateway, key=LIMITED_KEY)
    with pytest.raises(anthropic.RateLimitError) as caught:
        for _ in range(2):
            create(client, "claude/m")
    assert 1 <= int(caught.value.response.headers["retry-after"]) <= 61


def test_budget(gateway):
    with pytest.raises(anthropic.APIStatusError) as caught:
        create(make(gateway, key=BROKE_KEY), "claude/m")
    assert caught.value.status_code == 402
    assert caught.value.body["error"]["type"] == "billing_error"


def test_provider_refuses_request(client, mock, model):
    mock.fail(model, 1, 400, text="max_tokens: too many")
    with pytest.raises(anthropic.BadRequestError) as caught:
        create(client, f"claude/{model}")
    assert caught.value.body["error"]["message"] == "max_tokens: too many"


@pytest.mark.parametrize("status, error", [
    (401, anthropic.InternalServerError), (404, anthropic.NotFoundError), (429, anthropic.RateLimitError),
    (500, anthropic.InternalServerError), (529, anthropic.APIStatusError),
])
@pytest.mark.parametrize("stream", [False, True])
def test_provider_errors(client, mock, status, error, stream):
    model = f"a{status}-{stream}"
    mock.fail(model, 1, status, {"retry-after": "1"} if status == 429 else None)
    if stream:
        time.sleep(1.2)  # The account rests for the second that the provider asked for.
    with pytest.raises(error) as caught:
        create(client, f"r{status}-anthropic/{model}", stream=stream)
    assert "sk-" not in str(caught.value)
    if status == 529:
        assert caught.value.status_code == 529
        assert caught.value.body["error"]["type"] == "overloaded_error"


def test_retry_after_is_honoured(gateway, mock, model):
    mock.fail(model, 1, 429, {"retry-after": "2"})
    client = make(gateway, max_retries=2)
    began = time.monotonic()
    assert create(client, f"retry-anthropic/{model}").content[0].text == "".join(TEXT)
    assert 1.8 <= time.monotonic() - began < 8
    assert len(mock.of(model)) == 2


# Money

def test_cost(gateway, client, model):
    before = gateway.keys()["clients"]
    create(client, f"claude/{model}")
    list(create(client, f"claude/{model}", stream=True))
    each = USAGE["input"] * 2_000 + USAGE["cached"] * 500 + USAGE["output"] * 10_000
    eventually(lambda: gateway.keys()["clients"]["spent_nano_usd"] == before["spent_nano_usd"] + 2 * each)
    assert gateway.keys()["clients"]["requests"] == before["requests"] + 2

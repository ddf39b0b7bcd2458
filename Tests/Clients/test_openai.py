"""The official OpenAI library, unmodified, against a running gateway."""

import json
import time

import openai
import pytest

from conftest import BROKE_KEY, KEY, LIMITED_KEY, eventually
from mock_provider import ARGUMENTS, TEXT, USAGE

MESSAGES = [{"role": "user", "content": "How is the weather? – café 日本"}]
TOOLS = [{"type": "function", "function": {
    "name": "get_weather", "description": "Tells the weather.",
    "parameters": {"type": "object", "properties": {"location": {"type": "string"}, "days": {"type": "integer"}}}}}]


def make(gateway, key=KEY, **options):
    options.setdefault("max_retries", 0)
    return openai.OpenAI(base_url=gateway.url + "/v1", api_key=key, timeout=20, **options)


@pytest.fixture(scope="module")
def client(gateway):
    with make(gateway) as client:
        yield client


def test_unary(client, mock, model):
    answer = client.chat.completions.create(model=f"acme/{model}", messages=MESSAGES, max_tokens=50)
    assert answer.choices[0].message.content == "".join(TEXT)
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.prompt_tokens == USAGE["input"] + USAGE["cached"]
    assert answer._request_id
    (request,) = mock.of(model)
    assert request.json["messages"] == MESSAGES
    assert request.headers["authorization"] == "Bearer sk-acme"


def test_stream(client, model):
    with client.chat.completions.create(model=f"acme/{model}", messages=MESSAGES, stream=True) as stream:
        chunks = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "".join(TEXT)
    assert all(chunk.choices for chunk in chunks), "the usage was not asked for"


def test_stream_usage(client, mock, model):
    options = {"include_usage": True}
    stream = client.chat.completions.create(model=f"acme/{model}", messages=MESSAGES, stream=True,
                                            stream_options=options)
    last = list(stream)[-1]
    assert last.choices == []
    assert last.usage.completion_tokens == USAGE["output"]
    assert last.usage.prompt_tokens_details.cached_tokens == USAGE["cached"]
    assert mock.of(model)[0].json["stream_options"] == options


def test_tools(client, model):
    answer = client.chat.completions.create(model=f"acme/{model}", messages=MESSAGES, tools=TOOLS)
    (call,) = answer.choices[0].message.tool_calls
    assert answer.choices[0].finish_reason == "tool_calls"
    assert call.function.name == "get_weather"
    assert json.loads(call.function.arguments) == {"location": 'Paris, "France"', "days": 3}


def test_streamed_tools(client, model):
    arguments, names = "", []
    for chunk in client.chat.completions.create(model=f"acme/{model}", messages=MESSAGES, tools=TOOLS, stream=True):
        for call in chunk.choices[0].delta.tool_calls or []:
            arguments += call.function.arguments or ""
            if call.function.name:
                names.append(call.function.name)
    assert names == ["get_weather"]
    assert arguments == "".join(ARGUMENTS)


def test_stream_helper(client, model):
    with client.chat.completions.stream(model=f"acme/{model}", messages=MESSAGES) as stream:
        text = "".join(event.delta for event in stream if event.type == "content.delta")
        final = stream.get_final_completion()
    assert text == "".join(TEXT)
    assert final.choices[0].message.content == text


def test_async(gateway, model):
    import asyncio

    async def main():
        async with openai.AsyncOpenAI(base_url=gateway.url + "/v1", api_key=KEY, max_retries=0) as client:
            async def one():
                answer = await client.chat.completions.create(model=f"acme/{model}", messages=MESSAGES)
                stream = await client.chat.completions.create(model=f"acme/{model}", messages=MESSAGES, stream=True)
                text = ""
                async for chunk in stream:
                    text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
                return answer.choices[0].message.content, text
            return await asyncio.gather(*(one() for _ in range(10)))

    assert asyncio.run(main()) == [("".join(TEXT), "".join(TEXT))] * 10


def test_models(client):
    ids = [listed.id for listed in client.models.list()]
    assert "coding" in ids
    assert "demo/echo" in ids
    assert client.models.retrieve("demo/echo").id == "demo/echo"


def test_demo(client):
    answer = client.chat.completions.create(model="demo/echo", messages=MESSAGES)
    assert "weather" in answer.choices[0].message.content


def test_chain(client):
    answer = client.chat.completions.with_raw_response.create(model="coding", messages=MESSAGES)
    assert answer.headers["x-keirouter-provider"] == "acme"
    assert answer.headers["x-keirouter-model"] == "step"
    assert answer.headers["x-keirouter-attempts"] == "1"
    assert answer.parse().choices[0].message.content == "".join(TEXT)


# Errors

def test_bad_key(gateway):
    with pytest.raises(openai.AuthenticationError) as caught:
        make(gateway, key="kr_nobody").chat.completions.create(model="acme/m", messages=MESSAGES)
    assert caught.value.status_code == 401
    assert caught.value.request_id
    assert caught.value.body["message"]


def test_unknown_model(client):
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="nowhere/nothing", messages=MESSAGES)


def test_bad_request(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="acme/m", messages="no list")
    assert caught.value.type == "invalid_request_error"


def test_rate_limit(gateway):
    client = make(gateway, key=LIMITED_KEY)
    with pytest.raises(openai.RateLimitError) as caught:
        for _ in range(2):
            client.chat.completions.create(model="acme/m", messages=MESSAGES)
    assert 1 <= int(caught.value.response.headers["retry-after"]) <= 61
    assert caught.value.code


def test_budget(gateway):
    with pytest.raises(openai.APIStatusError) as caught:
        make(gateway, key=BROKE_KEY).chat.completions.create(model="acme/m", messages=MESSAGES)
    assert caught.value.status_code == 402
    assert caught.value.type == "insufficient_quota"


def test_provider_refuses_request(client, mock, model):
    mock.fail(model, 1, 400, text="temperature must be at most 2")
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=f"acme/{model}", messages=MESSAGES, temperature=7)
    assert caught.value.body["message"] == "temperature must be at most 2"


@pytest.mark.parametrize("status, error", [
    (401, openai.InternalServerError), (404, openai.NotFoundError), (429, openai.RateLimitError),
    (500, openai.InternalServerError),
])
@pytest.mark.parametrize("stream", [False, True])
def test_provider_errors(client, mock, status, error, stream):
    model = f"{status}-{stream}"
    mock.fail(model, 1, status, {"retry-after": "1"} if status == 429 else None)
    if stream:
        time.sleep(1.2)  # The account rests for the second that the provider asked for.
    with pytest.raises(error) as caught:
        client.chat.completions.create(model=f"r{status}-openai/{model}", messages=MESSAGES, stream=stream)
    assert "sk-" not in str(caught.value)


def test_retry_after_is_honoured(gateway, mock, model):
    mock.fail(model, 1, 429, {"retry-after": "2"})
    client = make(gateway, max_retries=2)
    began = time.monotonic()
    answer = client.chat.completions.create(model=f"retry-openai/{model}", messages=MESSAGES)
    assert answer.choices[0].message.content == "".join(TEXT)
    assert 1.8 <= time.monotonic() - began < 8
    assert len(mock.of(model)) == 2


# Money

def test_cost(gateway, client, model):
    before = gateway.keys()["clients"]
    client.chat.completions.create(model=f"acme/{model}", messages=MESSAGES)
    list(client.chat.completions.create(model=f"acme/{model}", messages=MESSAGES, stream=True))
    each = USAGE["input"] * 2_000 + USAGE["cached"] * 500 + USAGE["output"] * 10_000
    eventually(lambda: gateway.keys()["clients"]["spent_nano_usd"] == before["spent_nano_usd"] + 2 * each)
    assert gateway.keys()["clients"]["requests"] == before["requests"] + 2


@pytest.mark.parametrize("provider", ["acme", "claude", "resp"])
def test_legacy_completions(client, mock, model, provider):
    answer = client.completions.create(model=f"{provider}/{model}", prompt="Say it – 日本", max_tokens=50)
    assert answer.object == "text_completion"
    assert answer.choices[0].text == "".join(TEXT)
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.completion_tokens == USAGE["output"]
    with client.completions.create(model=f"{provider}/{model}", prompt=["Say it"], stream=True) as stream:
        chunks = list(stream)
    assert "".join(chunk.choices[0].text for chunk in chunks if chunk.choices) == "".join(TEXT)
    assert "Say it" in json.dumps(mock.of(model)[-1].json)
    with pytest.raises(openai.BadRequestError, match="echo"):
        client.completions.create(model=f"{provider}/{model}", prompt="x", echo=True)

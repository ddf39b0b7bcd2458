"""Google's own library, google-genai, against the gateway: a tool loop of three turns with thinking at a provider of
each dialect, models, counts and errors."""

import base64
import json

import pytest
from google import genai
from google.genai import errors, types

import test_tool_loops
from conftest import KEY
from mock_loops import FINAL, GEMINI_SIGNATURES, TURNS
from mock_provider import TEXT, USAGE
from test_tool_loops import NAMES, PARAMETERS, PROVIDERS, QUESTION, RESULTS, SYSTEM, arguments_of


def make(gateway, key=KEY):
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=gateway.url))


def collect(chunks):
    """What a client does with a stream that keeps everything it was told: the parts of all pieces, in order."""
    parts, last = [], None
    for chunk in chunks:
        assert chunk.candidates[0].content.parts
        parts += chunk.candidates[0].content.parts
        last = chunk
    return parts, last


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_loop(gateway, mock, model, provider, stream):
    client = make(gateway)
    model = f"{NAMES[provider]}{model}"
    declarations = [types.FunctionDeclaration(name="get_weather", parameters_json_schema=PARAMETERS),
                    types.FunctionDeclaration(name="get_time")]
    config = types.GenerateContentConfig(
        system_instruction=SYSTEM, tools=[types.Tool(function_declarations=declarations)], max_output_tokens=4000,
        thinking_config=types.ThinkingConfig(thinking_budget=2000, include_thoughts=True))
    contents = [types.Content(role="user", parts=[types.Part(text=QUESTION)])]
    for turn in TURNS:
        words = {"model": f"{provider}/{model}", "contents": contents, "config": config}
        if stream:
            parts, last = collect(client.models.generate_content_stream(**words))
        else:
            last = client.models.generate_content(**words)
            parts = last.candidates[0].content.parts
        assert "".join(part.text for part in parts if part.text and not part.thought) == "".join(turn.text)
        assert "".join(part.text for part in parts if part.text and part.thought) == "".join(turn.thinking)
        calls = [part.function_call for part in parts if part.function_call]
        assert [call.name for call in calls] == [name for name, _, _ in turn.calls]
        assert [call.args for call in calls] == arguments_of(turn)
        assert last.candidates[0].finish_reason == types.FinishReason.STOP
        assert last.usage_metadata.prompt_token_count == USAGE["input"] + USAGE["cached"]
        # Ollama's dialect does not say what came from a cache.
        cached = 0 if provider == "oll" else USAGE["cached"]
        assert (last.usage_metadata.cached_content_token_count or 0) == cached
        contents = [*contents, types.Content(role="model", parts=parts)]
        if calls:
            # By order and name, as most clients of the library do.
            contents += [types.Content(role="user", parts=[
                types.Part.from_function_response(name=call.name, response={"result": RESULTS[call.name]})
                for call in calls])]
    assert "".join(part.text for part in parts if part.text and not part.thought) == FINAL
    if provider == "gem":
        check_own(mock, model)
    else:
        test_tool_loops.check_upstream(mock, provider, model)


def check_own(mock, model):
    """In its own dialect the provider gets what the library sends, whose base64 is that of URLs."""
    requests = mock.of(model)
    assert len(requests) == 3
    for number, request in enumerate(requests):
        answers = [content["parts"] for content in request.json["contents"] if content["role"] == "model"]
        assert len(answers) == number
        for parts, signature in zip(answers, GEMINI_SIGNATURES):
            given = [part["thoughtSignature"] for part in parts if "thoughtSignature" in part]
            assert [decoded(text) for text in given] == [decoded(signature)]
        assert "x-goog-api-key" in request.headers and request.headers["x-goog-api-key"] == "sk-gem"
        assert KEY not in json.dumps(request.headers)


def decoded(text):
    text = text.replace("-", "+").replace("_", "/")
    return base64.b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_chat(gateway, model, provider):
    """The library's own conversation, streamed, keeps an answer only when it takes each piece for a sound one."""
    client = make(gateway)
    chat = client.chats.create(model=f"{provider}/{model}")
    said = [chunk.text for chunk in chat.send_message_stream("Hello")]
    assert "".join(said) == "".join(TEXT)
    assert len(chat.get_history(curated=True)) == len(chat.get_history())
    assert chat.send_message("Again").text == "".join(TEXT)


def test_models_and_counts(gateway, model):
    client = make(gateway)
    names = [entry.name for entry in client.models.list()]
    assert "models/coding" in names
    assert client.models.get(model="coding").name == "models/coding"
    count = client.models.count_tokens(model=f"acme/{model}", contents="Hello, how are you?")
    assert count.total_tokens > 0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_errors(gateway, mock, model, provider):
    mock.fail(model, 99, 400, text="the request is odd")
    client = make(gateway)
    with pytest.raises(errors.ClientError) as caught:
        client.models.generate_content(model=f"{provider}/{model}", contents="x")
    assert caught.value.code == 400 and caught.value.status == "INVALID_ARGUMENT"
    assert "odd" in caught.value.message


def test_unknown_key_and_model(gateway, model):
    # The library closes what nobody holds.
    stranger, client = make(gateway, "kr_nobody_" + "0" * 40), make(gateway)
    with pytest.raises(errors.ClientError) as caught:
        stranger.models.generate_content(model=f"gem/{model}", contents="x")
    assert (caught.value.code, caught.value.status) == (401, "UNAUTHENTICATED")
    with pytest.raises(errors.ClientError) as caught:
        client.models.generate_content(model="nowhere/at-all", contents="x")
    assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")

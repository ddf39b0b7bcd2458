"""The official OpenAI library's `responses`, unmodified, against a running gateway and providers of every dialect."""

import json

import openai
import pytest

from conftest import GUARDED_KEY
from mock_provider import SPOKEN, TEXT, USAGE
from mock_responses import PATCH
from test_openai import make

PROVIDERS = ["acme", "claude", "resp", "gem"]
QUESTION = "How is the weather? – café 日本"
TOOLS = [{"type": "function", "name": "get_weather", "description": "Tells the weather.", "strict": False,
          "parameters": {"type": "object",
                         "properties": {"location": {"type": "string"}, "days": {"type": "integer"}}}}]
CUSTOM = [{"type": "custom", "name": "apply_patch", "description": "Edits files.",
           "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/s"}}]


@pytest.fixture(scope="module")
def client(gateway):
    with make(gateway) as client:
        yield client


@pytest.mark.parametrize("provider", PROVIDERS)
def test_unary(client, mock, model, provider):
    answer = client.responses.create(model=f"{provider}/{model}", input=QUESTION, instructions="Be brief.",
                                     max_output_tokens=50, metadata={"a": "b"})
    assert answer.output_text == "".join(TEXT)
    assert answer.status == "completed"
    assert answer.id.startswith("resp_")
    assert answer.usage.input_tokens == USAGE["input"] + USAGE["cached"]
    assert answer.usage.input_tokens_details.cached_tokens == USAGE["cached"]
    assert answer.usage.output_tokens == USAGE["output"]
    assert answer._request_id
    (request,) = mock.of(model)
    assert QUESTION in json.dumps(request.json, ensure_ascii=False)
    assert "Be brief." in json.dumps(request.json)
    if provider == "resp":
        # Its own dialect: what the client has sent, with the model's name alone changed.
        assert request.json == {"model": model, "input": QUESTION, "instructions": "Be brief.",
                                "max_output_tokens": 50, "metadata": {"a": "b"}}
        assert request.headers["authorization"] == "Bearer sk-resp"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_stream(client, model, provider):
    with client.responses.create(model=f"{provider}/{model}", input=QUESTION, stream=True) as stream:
        events = list(stream)
    assert [event.type for event in events[:4]] == [
        "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added"]
    assert [event.type for event in events[-4:]] == [
        "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed"]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert deltas == TEXT
    assert events[-1].response.output_text == "".join(TEXT)
    assert events[-1].response.usage.output_tokens == USAGE["output"]
    assert {event.response.id for event in events if hasattr(event, "response")} == {events[0].response.id}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_stream_helper(client, model, provider):
    with client.responses.stream(model=f"{provider}/{model}", input=QUESTION, tools=TOOLS) as stream:
        snapshots = [event.snapshot for event in stream if event.type == "response.function_call_arguments.delta"]
        final = stream.get_final_response()
    calls = [item for item in final.output if item.type == "function_call"]
    assert [call.name for call in calls] == ["get_weather"]
    assert json.loads(calls[0].arguments) == {"location": 'Paris, "France"', "days": 3}
    assert snapshots[-1] == calls[0].arguments


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_custom_tool(client, mock, model, provider, stream):
    """Codex's tools take free text: wherever the model knows functions alone it is wrapped, and unwrapped again."""
    name = f"patch-{model}"
    words = {"model": f"{provider}/{name}", "input": "Patch it.", "tools": CUSTOM}
    if stream:
        with client.responses.stream(**words) as events:
            pieces = [event.delta for event in events if event.type == "response.custom_tool_call_input.delta"]
            answer = events.get_final_response()
        assert "".join(pieces) == "".join(PATCH)
    else:
        answer = client.responses.create(**words)
    (call,) = [item for item in answer.output if item.type == "custom_tool_call"]
    assert (call.name, call.input) == ("apply_patch", "".join(PATCH))
    again = client.responses.create(
        model=f"{provider}/{name}", tools=CUSTOM,
        input=[{"role": "user", "content": "Patch it."}, call.model_dump(exclude_none=True),
               {"type": "custom_tool_call_output", "call_id": call.call_id, "output": "Done."}])
    assert again.output
    sent = json.dumps(mock.of(name)[-1].json, ensure_ascii=False)
    assert "Done." in sent and "日本" in sent
    assert ("custom_tool_call" in sent) == (provider == "resp")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_structured_output(client, mock, model, provider):
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"],
              "additionalProperties": False}
    client.responses.create(model=f"{provider}/{model}", input="x", text={"format": {
        "type": "json_schema", "name": "answer", "strict": True, "schema": schema}})
    sent = mock.of(model)[0].json
    if provider == "gem":
        assert sent["generationConfig"]["responseSchema"]["required"] == ["a"]
    else:
        assert '"additionalProperties": false' in json.dumps(sent)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_pictures(client, mock, model, provider):
    url = "data:image/png;base64,iVBORw0KGgo="
    client.responses.create(model=f"{provider}/{model}", input=[{"role": "user", "content": [
        {"type": "input_text", "text": "What is it?"}, {"type": "input_image", "image_url": url, "detail": "auto"}]}])
    assert "iVBORw0KGgo=" in json.dumps(mock.of(model)[0].json)


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_held_conversation(client, mock, model, provider, stream):
    """What only a provider of the dialect keeps goes to such a one, and is refused in clear words elsewhere."""
    words = {"model": f"{provider}/{model}", "input": "And now?", "previous_response_id": "resp_1", "stream": stream}
    if provider == "resp":
        client.responses.create(**words)
        assert mock.of(model)[0].json["previous_response_id"] == "resp_1"
        return
    with pytest.raises(openai.BadRequestError) as failure:
        client.responses.create(**words)
    assert failure.value.param == "previous_response_id"
    assert "the gateway keeps nothing" in failure.value.message


def test_lossy_names(client, model):
    raw = client.responses.with_raw_response.create(
        model=f"claude/{model}", input=[{"role": "user", "content": "x"}, {"type": "item_reference", "id": "msg_1"}],
        tools=[{"type": "web_search"}], truncation="auto", text={"verbosity": "low"})
    names = raw.headers["x-keirouter-lossy"].split(", ")
    assert {"input[].item_reference", "tools[].web_search", "truncation", "text.verbosity"} <= set(names)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("status, error", [(400, openai.BadRequestError), (404, openai.NotFoundError)])
def test_errors(client, mock, model, provider, status, error):
    if status == 400:
        mock.fail(model, 9, 400)
        name = f"{provider}/{model}"
    else:
        name = "no-such-model"
    for stream in (False, True):
        with pytest.raises(error):
            client.responses.create(model=name, input="x", stream=stream)


def test_background_is_refused(client, model):
    with pytest.raises(openai.BadRequestError, match="background"):
        client.responses.create(model=f"resp/{model}", input="x", background=True)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_guarded_stream(gateway, model, provider):
    """A mask and a block hold in every event of a stream, the repetitions of a text included."""
    with make(gateway, GUARDED_KEY) as client:
        name = f"leak-{model}"
        with client.responses.create(model=f"{provider}/{name}", input="x", stream=True) as stream:
            events = list(stream)
        said = "".join(SPOKEN["leak"])
        for event in events:
            assert "ada@example.com" not in event.model_dump_json()
        deltas = "".join(event.delta for event in events if event.type == "response.output_text.delta")
        assert events[-1].type == "response.completed"
        assert events[-1].response.output_text == deltas
        assert deltas != said and deltas.startswith("Write to ") and deltas.endswith(" now.")
        numbers = [event.sequence_number for event in events]
        assert numbers == sorted(set(numbers))
        whole = client.responses.create(model=f"{provider}/{name}", input="x")
        assert "ada@example.com" not in whole.model_dump_json()
        assert whole.output_text == deltas

        with pytest.raises(openai.APIError) as failure:
            seen = []
            for event in client.responses.create(model=f"{provider}/secret-{model}", input="x", stream=True):
                seen.append(event.model_dump_json())
            pytest.fail(f"nothing was blocked: {seen}")
        assert "content_policy" in str(failure.value.code) or "policy" in failure.value.message
        with pytest.raises(openai.BadRequestError):
            client.responses.create(model=f"{provider}/secret-{model}", input="x")


def test_guarded_request(gateway, mock, model):
    """What is masked on the way in is masked in every place that the dialect has for text."""
    address = "ada@example.com"
    items = [
        {"role": "user", "content": f"I am {address}"},
        {"role": "developer", "content": [{"type": "input_text", "text": f"He is {address}"}]},
        {"type": "function_call", "call_id": "c1", "name": "f", "arguments": json.dumps({"to": address})},
        {"type": "function_call_output", "call_id": "c1", "output": f"Sent to {address}"},
        {"type": "custom_tool_call", "call_id": "c2", "name": "g", "input": f"mail {address}"},
        {"type": "custom_tool_call_output", "call_id": "c2",
         "output": [{"type": "input_text", "text": f"Mailed {address}"}]},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": f"Told {address}"}]},
        {"type": "local_shell_call_output", "id": "l", "output": f"{address} is here"},
    ]
    with make(gateway, GUARDED_KEY) as client:
        client.responses.create(model=f"resp/{model}", input=items, instructions=f"Mind {address}.")
    (request,) = mock.of(model)
    assert address.encode() not in request.body
    assert len(request.json["input"]) == len(items)

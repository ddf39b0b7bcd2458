"""Guardrails as the official libraries meet them: what is masked, and how a block arrives."""

import anthropic
import openai
import pytest

import test_anthropic
import test_openai
from conftest import GUARDED_KEY

ADDRESS = "ada@example.com"
TICKET = "PROJ-12345"
PROVIDERS = ["acme", "claude"]


class OpenAILibrary:
    BadRequest = openai.BadRequestError
    AnyError = openai.APIError

    def __init__(self, gateway):
        self.client = test_openai.make(gateway, key=GUARDED_KEY)

    @staticmethod
    def messages(place, text):
        call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        result = [{"role": "assistant", "content": None, "tool_calls": [call]},
                  {"role": "tool", "tool_call_id": "call_1", "content": f"found {text}."}]
        return {"user": [{"role": "user", "content": f"Write to {text}."}],
                "system": [{"role": "system", "content": f"Mind {text}."}, {"role": "user", "content": "Go."}],
                "tool": [{"role": "user", "content": "Go."}, *result]}[place]

    def ask(self, model, place, text, stream):
        """What is answered, piece by piece."""
        answer = self.client.chat.completions.create(model=model, messages=self.messages(place, text), stream=stream)
        if not stream:
            yield answer.choices[0].message.content
            return
        for chunk in answer:
            if chunk.choices:
                yield chunk.choices[0].delta.content or ""

    @staticmethod
    def code(error):
        return error.code


class AnthropicLibrary:
    BadRequest = anthropic.BadRequestError
    AnyError = anthropic.APIError

    def __init__(self, gateway):
        self.client = test_anthropic.make(gateway, key=GUARDED_KEY)

    @staticmethod
    def messages(place, text):
        result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": f"found {text}."}
        return {"user": [{"role": "user", "content": f"Write to {text}."}],
                "system": [{"role": "user", "content": "Go."}],
                "tool": [{"role": "user", "content": "Go."},
                         {"role": "assistant", "content": [
                             {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}]},
                         {"role": "user", "content": [result]}]}[place]

    def ask(self, model, place, text, stream):
        """What is answered, piece by piece."""
        more = {"system": f"Mind {text}."} if place == "system" else {}
        words = {"model": model, "messages": self.messages(place, text), "max_tokens": 99, **more}
        if not stream:
            yield self.client.messages.create(**words).content[0].text
            return
        with self.client.messages.stream(**words) as events:
            yield from events.text_stream

    @staticmethod
    def code(error):
        return error.body["error"]["code"]


@pytest.fixture(params=[OpenAILibrary, AnthropicLibrary], ids=["openai", "anthropic"])
def library(gateway, request):
    library = request.param(gateway)
    with library.client:
        yield library


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("place", ["user", "system", "tool"])
def test_address_is_masked_upstream(library, mock, model, place, provider, stream):
    "".join(library.ask(f"{provider}/{model}", place, ADDRESS, stream))
    (request,) = mock.of(model)
    assert ADDRESS.encode() not in request.body
    assert b"<EMAIL_ADDRESS" in request.body


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("place", ["user", "system", "tool"])
def test_blocked_request(library, mock, model, place, stream):
    with pytest.raises(library.BadRequest) as caught:
        "".join(library.ask(f"acme/{model}", place, TICKET, stream))
    assert caught.value.status_code == 400
    assert library.code(caught.value) == "content_policy"
    assert TICKET not in str(caught.value)
    assert mock.of(model) == []


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_address_in_the_answer_is_masked(library, model, provider, stream):
    text = "".join(library.ask(f"{provider}/leak-{model}", "user", "somebody", stream))
    assert text == "Write to <EMAIL_ADDRESS> now."


@pytest.mark.parametrize("provider", PROVIDERS)
def test_blocked_answer(library, model, provider):
    with pytest.raises(library.BadRequest) as caught:
        list(library.ask(f"{provider}/secret-{model}", "user", "somebody", False))
    assert library.code(caught.value) == "content_policy"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_blocked_stream(library, model, provider):
    """The stream ends in an error, and nothing of the match has gone out."""
    told = ""
    with pytest.raises(library.AnyError):
        for part in library.ask(f"{provider}/secret-{model}", "user", "somebody", True):
            told += part
    assert "PROJ" not in told and "12345" not in told


def test_others_are_not_guarded(gateway, mock, model):
    with test_openai.make(gateway) as client:
        client.chat.completions.create(model=f"acme/{model}", messages=[{"role": "user", "content": ADDRESS}])
    assert ADDRESS.encode() in mock.of(model)[0].body

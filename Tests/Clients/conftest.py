"""Starts the product beside a mock provider, once for all tests."""

import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import pytest

from mock_provider import MockProvider

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEY = "kr_clients_" + "0" * 40
LIMITED_KEY = "kr_limited_" + "0" * 40
BROKE_KEY = "kr_broke_" + "0" * 40
GUARDED_KEY = "kr_guarded_" + "0" * 40

CONFIGURATION = """
server: {{ host: 127.0.0.1, port: {port} }}
limits: {{ default_rpm: 0, default_tpm: 0, default_concurrency: 0 }}
declare:
  providers:
    - {{ id: acme, name: Acme, dialect: openai, base_url: "{mock}" }}
    - {{ id: claude, name: Claude, dialect: anthropic, base_url: "{mock}" }}
    - {{ id: gem, name: Gem, dialect: gemini, base_url: "{mock}" }}
    - {{ id: resp, name: Resp, dialect: openai-responses, base_url: "{mock}" }}
    - {{ id: oll, name: Oll, dialect: ollama, base_url: "{mock}" }}
    - {{ id: coh, name: Coh, dialect: cohere, base_url: "{mock}" }}
    - {{ id: rock, name: Rock, dialect: bedrock, base_url: "{mock}" }}
{failing}
  accounts:
    - {{ provider: acme, label: main, api_key: "sk-acme" }}
    - {{ provider: claude, label: main, api_key: "sk-claude" }}
    - {{ provider: gem, label: main, api_key: "sk-gem" }}
    - {{ provider: resp, label: main, api_key: "sk-resp" }}
    - {{ provider: coh, label: main, api_key: "sk-coh" }}
    - {{ provider: rock, label: main, api_key: "us-east-1:AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }}
{accounts}
  chains: [ {{ name: coding, strategy: priority, steps: [acme/step, claude/step] }} ]
  prices:
    - {{ model: "acme/*", input: 2, output: 10, cache_read: 0.5 }}
    - {{ model: "claude/*", input: 2, output: 10, cache_read: 0.5 }}
    - {{ model: "gem/*", input: 2, output: 10, cache_read: 0.5 }}
    - {{ model: "resp/*", input: 2, output: 10, cache_read: 0.5 }}
    - {{ model: "oll/*", input: 2, output: 10, cache_read: 0.5 }}
    - {{ model: "coh/*", input: 2, output: 10, cache_read: 0.5 }}
    - {{ model: "rock/*", input: 2, output: 10, cache_read: 0.5 }}
  plans:
    - {{ name: limited, rpm: 1 }}
    - {{ name: broke, limit_usd: 0.000001, period: total }}
  keys:
    - {{ name: clients, key: "{key}" }}
    - {{ name: limited, key: "{limited}", plan: limited }}
    - {{ name: broke, key: "{broke}", plan: broke }}
    - {{ name: guarded, key: "{guarded}" }}
  guardrails:
    - scope: "key:guarded"
      pii: {{ enabled: true, direction: both, action: mask, entities: {{ EMAIL_ADDRESS: mask }} }}
      custom: [ {{ name: ticket, pattern: "PROJ-[0-9]{{4,6}}", action: block }} ]
"""

# A provider each for what makes an account rest.
FAILING = ["r401", "r404", "r429", "r500", "r529", "retry"]


class Gateway:
    """A running gateway and the ways to ask it."""

    def __init__(self, mock, folder):
        self.mock = mock
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.configuration = folder / "config.yaml"
        failing = [f"{name}-{wire}" for name in FAILING for wire in ("openai", "anthropic")]
        self.configuration.write_text(CONFIGURATION.format(
            port=self.port, mock=mock.base_url, key=KEY, limited=LIMITED_KEY, broke=BROKE_KEY,
            guarded=GUARDED_KEY,
            failing="\n".join(f"    - {{ id: {name}, name: {name}, dialect: {name.rsplit('-')[1]}, "
                              f'base_url: "{mock.base_url}" }}' for name in failing),
            accounts="\n".join(f"    - {{ provider: {name}, label: main, api_key: sk-{name} }}" for name in failing)))
        self.data = folder / "data"
        self.program = pathlib.Path(os.environ.get("KEIROUTER_TEST_PRODUCTS", ROOT / ".build/debug")) / "keirouter"
        self.log = open(folder / "log", "wb")
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        words = [self.program, "start", "--config", self.configuration, "--data", self.data, "--port", str(self.port)]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.url + "/readyz", timeout=2) as response:
                    if response.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError("the gateway does not start: " + (self.folder / "log").read_text()[-3000:])

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def run(self, *words):
        command = [self.program, *words, "--config", self.configuration, "--data", self.data]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout

    def keys(self):
        """The keys by name, as `keirouter keys list --json` shows them."""
        listed = json.loads(self.run("keys", "list", "--json"))
        items = listed if isinstance(listed, list) else listed["items"]
        return {item["name"]: item for item in items}


@pytest.fixture(scope="session")
def gateway():
    with tempfile.TemporaryDirectory(prefix="kr-", dir="/tmp") as folder, MockProvider() as mock:
        gateway = Gateway(mock, pathlib.Path(folder))
        try:
            gateway.start()
            yield gateway
        finally:
            gateway.stop()


@pytest.fixture(scope="session")
def mock(gateway):
    return gateway.mock


_names = iter(range(1, 1_000_000))


@pytest.fixture
def model():
    """A model that no other test uses."""
    return f"m{next(_names)}"


def eventually(check, deadline=10):
    """Asks until the answer is true."""
    end = time.monotonic() + deadline
    while not (value := check()):
        assert time.monotonic() < end, "not in time"
        time.sleep(0.1)
    return value

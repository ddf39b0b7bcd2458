"""The programs of a run: the upstream, nginx, and the gateway. Each is stopped by its own process id."""
import copy
import http.client
import os
import shutil
import signal
import socket
import subprocess
import time

KIT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Kit")
KEY = "kr_benchmark-key-of-the-benchmarks-own-0000"
PATH = "/v1/chat/completions"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A process that listens on a port of 127.0.0.1."""

    def __init__(self, name, port, command, model, headers=None, stream_path=PATH):
        self.name, self.port, self.command, self.model = name, port, command, model
        self.headers, self.stream_path = headers or {}, stream_path
        # What is sent in place of a chat completion of the model; a "#" in it becomes the request's number.
        self.path, self.body = PATH, None
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    def asked_for(self, name, model):
        """The same process, asked for another model."""
        view = copy.copy(self)
        view.name, view.model = name, model
        return view

    def start(self, log):
        with open(log, "ab") as output:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def stop(self):
        if not self.process or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, timeout=5):
        """The status of one chat completion; 0 when nobody answers."""
        body = '{"model":"%s","max_tokens":16,"messages":[{"role":"user","content":"hello"}]}' % self.model
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("POST", PATH, body, {"Content-Type": "application/json", **self.headers})
            response = connection.getresponse()
            response.read()
            return response.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def wait(self, limit=30):
        """Seconds until the first 200."""
        begun = time.monotonic()
        while time.monotonic() - begun < limit:
            if self.ask() == 200:
                return time.monotonic() - begun
            if self.process.poll() is not None:
                break
            time.sleep(0.001)
        raise RuntimeError(f"{self.name} does not answer with 200; its log is in the run's folder")


def mock(binaries, wires=None):
    port = free_port()
    command = [os.path.join(binaries, "mock"), "--port", str(port)] + (["--wires", wires] if wires else [])
    return Program("direct", port, command, "mock-model")


def nginx(folder, upstream):
    port = free_port()
    home = os.path.join(folder, "nginx")
    os.makedirs(home)
    with open(os.path.join(KIT, "nginx.conf")) as file:
        text = file.read().replace("@MOCK@", str(upstream.port)).replace("@NGINX@", str(port))
    configuration = os.path.join(home, "nginx.conf")
    with open(configuration, "w") as file:
        file.write(text)
    command = [shutil.which("nginx") or "/usr/sbin/nginx", "-p", home, "-c", configuration]
    return Program("nginx", port, command, "mock-model", stream_path="/stream" + PATH)


# Keys, limits, budget and ledger are all on, and far away: nothing is denied, everything is counted.
CONFIGURATION = """\
server: {{ host: 127.0.0.1, port: {port} }}
log: {{ level: warning }}
limits: {{ enabled: true }}
declare:
  providers: [ {providers} ]
  accounts: [ {accounts} ]
  chains: [ {{ name: all, strategy: latency, hedge: true, steps: [ {steps} ] }} ]
  prices: [ {prices} ]
  plans:
    - {{ name: bench, limit_usd: 1000000, limit_tokens: 1000000000000, rpm: 1000000000, tpm: 1000000000000,
        concurrency: 100000, period: monthly, allowed_models: [ all, {allowed} ], hard_cutoff: true }}
  keys:
    - {{ name: bench, key: "{key}", plan: bench }}
"""
# Where each dialect's provider answers on the mock; the others have /v1.
BASES = {"gemini": "/v1beta", "ollama": "", "cohere": "/v2", "bedrock": ""}

# Every detector and saver that is built; nothing of what is sent is found by one that changes it.
POLICIES = """\
  guardrails:
    - { scope: global, pii: { enabled: true, direction: both, action: mask },
        injection: { enabled: true, action: block, severity: medium } }
  savers:
    - { rtk: on, terse: on }
"""


def _configuration(port, upstream, dialects):
    """The file's text for providers by their id, each of a dialect, all of them the mock."""
    def listed(form):
        return ", ".join(form.format(id=id, dialect=dialect, base=f"http://127.0.0.1:{upstream.port}" + BASES.get(dialect, "/v1"))
                         for id, dialect in dialects.items())

    return CONFIGURATION.format(
        port=port, key=KEY,
        providers=listed('{{ id: "{id}", name: "{id}", dialect: {dialect}, base_url: "{base}" }}'),
        accounts=listed('{{ provider: "{id}", label: main, api_key: sk-mock }}'),
        prices=listed('{{ model: "{id}/mock-model", input: 0.5, output: 1.5 }}'), allowed=listed('"{id}/*"'),
        steps=", ".join(f"{id}/mock-model" for id, dialect in dialects.items() if dialect == "openai"))


def gateway(executable, folder, upstream, policies=False, upstreams=None, guards=1):
    """A gateway of two providers of OpenAI's dialect and one of Anthropic's, or of one for each dialect named.

    The chain `all` has those of OpenAI's dialect, the quicker one first and hedged.
    """
    dialects = {name: name for name in upstreams} if upstreams else {"mock": "openai", "spare": "openai", "other": "anthropic"}
    port = free_port()
    os.makedirs(folder, exist_ok=True)
    configuration = os.path.join(folder, "keirouter.yaml")
    with open(configuration, "w") as file:
        file.write(_configuration(port, upstream, dialects) + (POLICIES if policies else ""))
        file.write(f"services: {{ guard: {{ replicas: {guards} }} }}\n" if guards > 1 else "")
    os.chmod(configuration, 0o600)
    command = [executable, "start", "--config", configuration, "--data", os.path.join(folder, "data")]
    name = "guarded" if policies else "keirouter"
    return Program(name, port, command, f"{next(iter(dialects))}/mock-model", {"Authorization": f"Bearer {KEY}"})

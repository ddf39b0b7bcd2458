"""How long pages take to make with a full ledger (dashboard.md G4: p95 at most 25 ms with 100,000 requests).

usage: scripts/bench-pages [--rows 100000] [--rounds 60] [--check] [--pictures FOLDER]; KEIROUTER_TEST_PRODUCTS says which
build, the release by default. With a folder it takes pictures of these pages instead, which is how docs/screenshots is made. The rows go through the meter that runs (`meter.v1.Meter/Settle`, as the router sends them), none by SQL.
"""

import argparse
import json
import math
import pathlib
import random
import re
import shutil
import socket
import statistics
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from playwright.sync_api import sync_playwright

import conftest
from conftest import PASSWORD, WIDTHS, Gateway, new_context
from mock_provider import MockProvider

LIMIT_MS = 25
BATCH = 500
KEYS = ["mira", "jonas", "ci", "docs-bot", "review", "staging", "data", "interns"]
# Page, colour scheme and width of each picture, and who is signed in.
PICTURES = [("overview", "/?range=30d", "light", "desk"), ("overview", "/?range=30d", "dark", "phone"),
            ("requests", "/requests", "light", "desk"), ("request", "/requests/req_bench_0000007", "dark", "desk"),
            ("usage", "/usage?range=30d", "light", "desk"), ("usage", "/usage?range=30d&by=key", "dark", "phone"),
            ("quotas", "/quotas", "light", "desk"), ("guardrails", "/guardrails", "dark", "desk"),
            ("saving", "/saving", "light", "desk"), ("portal", "/portal", "light", "phone"), ("portal", "/portal", "dark", "desk")]
PAGES = ["/", "/?range=24h", "/?range=30d", "/?range=90d", "/requests", "/requests?sort=cost",
         "/requests?outcome=provider_error", "/usage", "/usage?range=90d", "/usage?range=90d&by=key&of=tokens", "/quotas",
         "/plans", "/chains", "/keys", "/providers", "/saving", "/portal", "/portal?range=90d"]
MODELS = [("anthropic", "claude-sonnet-4-20250514", 40), ("openai", "gpt-5", 25), ("deepseek", "deepseek-chat", 15),
          ("gemini", "gemini-2.5-flash", 12), ("groq", "llama-3.3-70b-versatile", 8)]


class Meter:
    """JSON-RPC on the meter's own socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(str(path))
        self.reader = self.socket.makefile("rb")
        self.number = 0

    def call(self, method, parameters):
        self.number += 1
        body = json.dumps({"jsonrpc": "2.0", "id": self.number, "method": method, "params": parameters}).encode()
        self.socket.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        while True:
            size = 0
            while line := self.reader.readline().strip():
                name, value = line.split(b":")
                size = int(value) if name.lower() == b"content-length" else size
            message = json.loads(self.reader.read(size))
            if message.get("id") == self.number:
                assert "error" not in message, message
                return message["result"]


def records(keys, count, days=60):
    """A team's requests over two months: most of them by day, some failed, some answered by a second provider."""
    chance = random.Random(7)
    now = int(time.time() * 1e6)
    for index in range(count):
        started = now - int(chance.random() * days * 86_400e6)
        hour = started / 3_600e6 % 24
        while chance.random() > 0.2 + 0.8 * max(0, math.sin((hour - 6) / 12 * math.pi)):
            started = now - int(chance.random() * days * 86_400e6)
            hour = started / 3_600e6 % 24
        provider, model, _ = chance.choices(MODELS, [m[2] for m in MODELS])[0]
        outcome = chance.choices(["ok", "provider_error", "cancelled"], [97, 2, 1])[0]
        first = int(chance.lognormvariate(6, 0.5))
        total = first + int(chance.lognormvariate(7.3, 0.8))
        usage = {"input": int(chance.lognormvariate(7.5, 1)), "cache_read": int(chance.random() * 8000),
                 "output": int(chance.lognormvariate(6, 0.9))}
        attempt = {"n": 1, "provider": provider, "model": model, "account": "acc_bench", "usage_source": "provider",
                   "status": 200 if outcome == "ok" else 500, "reason": None if outcome == "ok" else "server_error",
                   "duration_ms": total, "usage": usage if outcome == "ok" else {}}
        yield {"request_id": f"req_bench_{index:07d}", "key_id": chance.choice(keys), "outcome": outcome,
               "dialect": "openai", "requested_model": "coding" if index % 5 == 0 else model, "cache": "none",
               "started_us": started, "first_token_ms": first, "total_ms": total, "attempts": [attempt],
               "savings": [{"saver": "rtk", "rule": "git-diff", "tokens_before": 2 * usage["input"],
                            "tokens_after": usage["input"], "price_class": "input"}] if index % 3 == 0 else []}


class Visitor:
    """A browser without a screen: keeps its cookies, sends the forms' token."""

    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def get(self, path):
        request = urllib.request.Request(self.url + path, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
        started = time.perf_counter()
        with self.opener.open(request, timeout=60) as answer:
            body = answer.read()
            timing = re.search(r"dur=([0-9.]+)", answer.headers.get("Server-Timing") or "")
            return (time.perf_counter() - started) * 1000, timing and float(timing.group(1)), len(body)

    def post(self, form, path, **fields):
        with self.opener.open(urllib.request.Request(self.url + form, headers={"Accept": "text/html"})) as page:
            token = re.search(r'name="_csrf" value="([0-9a-f]+)"', page.read().decode()).group(1)
        data = urllib.parse.urlencode({**fields, "_csrf": token}).encode()
        with self.opener.open(urllib.request.Request(self.url + path, data, {"Accept": "text/html"})) as answer:
            return answer.read().decode()


def measure(arguments):
    with tempfile.TemporaryDirectory(prefix="kr-", dir="/tmp") as folder, MockProvider() as mock:
        gateway = Gateway(pathlib.Path(folder), mock)
        try:
            gateway.start()
            visitor = Visitor(gateway.url)
            visitor.post("/welcome", "/welcome/claim", code=gateway.claim_code)
            visitor.post("/welcome", "/welcome/password", password=PASSWORD, repeat=PASSWORD)
            key = pathlib.Path(folder, "key")
            key.write_text("sk-nobody-is-asked-with-it")
            for provider in {provider for provider, _, _ in MODELS}:
                gateway.run("accounts", "add", provider, "--api-key-file", str(key))
            gateway.run("plans", "create", "team", "--limit-usd", "400")
            secrets = [gateway.make_key(name, *(["--plan", "team"] if index % 3 else [])) for index, name in enumerate(KEYS)]
            keys = [item["id"] for item in json.loads(visitor.opener.open(gateway.url + "/api/keys").read())["items"]]
            visitor.post("/portal", "/portal", key=secrets[0])
            meter = Meter(next(path for path in gateway.data.glob("**/*.sock") if path.name.startswith("meter")))
            started, batch = time.monotonic(), []
            for number, record in enumerate(records(keys, arguments.rows), 1):
                batch.append(record)
                if len(batch) == BATCH or number == arguments.rows:
                    reply = meter.call("meter.v1.Meter/Settle", {"records": batch})
                    assert len(reply["applied"]) == len(batch), reply
                    batch = []
            took = time.monotonic() - started
            print(f"{arguments.rows:,} requests settled through the meter in {took:.1f} s "
                  f"({arguments.rows / took:,.0f} a second)\n")
            if arguments.pictures:
                return pictures(gateway, secrets[1], arguments.pictures)
            return [(path, *rounds(visitor, path, arguments.rounds)) for path in PAGES]
        finally:
            gateway.stop()


def pictures(gateway, secret, folder):
    """The pages as a browser shows them, in the folder."""
    conftest.SCREENSHOTS = folder
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, path, scheme, width in PICTURES:
            context = new_context(chromium, gateway, width, scheme)
            page = context.new_page()
            page.goto("/portal" if name == "portal" else "/login")
            page.fill(*("[name=key]", secret) if name == "portal" else ("[name=password]", PASSWORD))
            page.click("main button[type=submit]")
            page.wait_for_selector("form[action$='/logout']", state="attached")
            page.goto(path, wait_until="load")
            conftest.picture(page, f"{name}-{scheme}-{WIDTHS[width][0]}")
            context.close()
        chromium.close()
    return []


def rounds(visitor, path, count):
    """Server time (where the page says it) and whole time, of so many visits after three that warm up."""
    looks = [visitor.get(path) for _ in range(count + 3)][3:]
    whole = sorted(look[0] for look in looks)
    render = sorted(look[1] if look[1] is not None else look[0] for look in looks)
    return render[count // 2], render[math.ceil(count * 0.95) - 1], statistics.median(whole), looks[-1][2]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--check", action="store_true", help=f"fail when a p95 is over {LIMIT_MS} ms")
    parser.add_argument("--pictures", metavar="FOLDER", help="take pictures of pages instead")
    arguments = parser.parse_args()
    table = measure(arguments)
    if arguments.pictures:
        return
    print("| page | render p50 | render p95 | whole p50 | packed |\n|---|---:|---:|---:|---:|")
    for path, middle, slow, whole, size in table:
        print(f"| `{path}` | {middle:.1f} ms | {slow:.1f} ms | {whole:.1f} ms | {size / 1024:.1f} KB |")
    worst = max(table, key=lambda row: row[2])
    print(f"\nslowest: {worst[0]} with a p95 of {worst[2]:.1f} ms; the goal is {LIMIT_MS} ms")
    if arguments.check and worst[2] > LIMIT_MS:
        sys.exit(1)


if __name__ == "__main__":
    main()

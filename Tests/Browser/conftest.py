"""Starts the product as a new user finds it, and a real browser (Debian's Chromium) in front of it."""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect, sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Clients"))

from mock_provider import MockProvider  # noqa: E402  (the mock provider of the client tests serves both)

PASSWORD = "correct horse battery staple"
WIDTHS = {"desk": (1440, 900), "phone": (390, 844)}
SCREENSHOTS = os.environ.get("KEIROUTER_SCREENSHOTS")

# What the egress policy refuses otherwise: the mock provider is on this machine.
CONFIGURATION = """
server: {{ host: 127.0.0.1, port: {port} }}
egress: {{ allow_private: ["{mock}"] }}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def eventually(check, deadline=10, what="it"):
    """Asks until the answer is true."""
    end = time.monotonic() + deadline
    while not (value := check()):
        assert time.monotonic() < end, f"{what}: not within {deadline} s"
        time.sleep(0.05)
    return value


class Gateway:
    """A gateway that nobody has set up yet."""

    def __init__(self, folder, mock):
        self.mock = mock
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.configuration = folder / "config.yaml"
        self.configuration.write_text(CONFIGURATION.format(port=self.port, mock=mock.base_url.split("/")[2]))
        self.data = folder / "data"
        self.log_path = folder / "log"
        products = pathlib.Path(os.environ.get("KEIROUTER_TEST_PRODUCTS", ROOT / ".build/debug"))
        self.program = products / "keirouter"
        self.process = None

    def start(self):
        words = [self.program, "start", "--config", self.configuration, "--data", self.data]
        self.log_file = open(self.log_path, "wb")
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=self.log_file, stderr=self.log_file)
        eventually(self._answers, 60, "the start")

    def _answers(self):
        assert self.process.poll() is None, self.log[-3000:]
        try:
            with urllib.request.urlopen(self.url + "/readyz", timeout=2) as answer:
                return json.load(answer)["services"].get("portal") == "serving"
        except (urllib.error.URLError, OSError):
            return False

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    @property
    def claim_code(self):
        """The newest code in the log."""
        try:
            return eventually(lambda: re.findall(r"claim code: ([A-Z0-9-]+)", self.log), 20, "a claim code")[-1]
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.log[-3000:]}") from None

    def run(self, *words):
        command = [self.program, *words, "--config", self.configuration, "--data", self.data]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout

    def make_key(self, name, *options):
        """A new API key, as the command line prints it."""
        return json.loads(self.run("keys", "create", name, *options, "--json"))["secret"]

    def chat(self, key, model, text="hello", stream=False, expect=200):
        """One routed request; the status is checked."""
        body = {"model": model, "stream": stream, "messages": [{"role": "user", "content": text}]}
        request = urllib.request.Request(
            self.url + "/v1/chat/completions", json.dumps(body).encode(),
            {"authorization": f"Bearer {key}", "content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        assert status == expect, text
        return text


@pytest.fixture(scope="session")
def gateway():
    with tempfile.TemporaryDirectory(prefix="kr-", dir="/tmp") as folder, MockProvider() as mock:
        gateway = Gateway(pathlib.Path(folder), mock)
        try:
            gateway.start()
            yield gateway
        finally:
            gateway.stop()


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Debian's chromium is missing: run make setup-test"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


class Complaints:
    """What a page's console and network say went wrong."""

    def __init__(self, page):
        self.lines = []
        page.on("console", lambda message: message.type in ("error", "warning") and self.lines.append(message.text))
        page.on("pageerror", lambda error: self.lines.append(str(error)))
        page.on("response", lambda answer: answer.status >= 400 and self.lines.append(f"{answer.status} {answer.url}"))


def new_context(chromium, gateway, width="desk", scheme="light", scripts=True, state=None):
    size = WIDTHS[width]
    context = chromium.new_context(
        base_url=gateway.url, viewport={"width": size[0], "height": size[1]}, color_scheme=scheme,
        java_script_enabled=scripts, has_touch=width == "phone", storage_state=state, reduced_motion="reduce")
    close = context.close

    def leave():
        # Closed while a form that was just sent is on its way, Chromium has been seen never to answer.
        for page in context.pages:
            page.goto("about:blank")
        close()

    context.close = leave
    return context


def picture(page, name):
    """A screenshot where KEIROUTER_SCREENSHOTS says so."""
    if SCREENSHOTS:
        folder = pathlib.Path(SCREENSHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(folder / f"{name}.png"), full_page=True)


class House:
    """A gateway that is set up: an operator and a member are signed in, requests of every kind were made."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.states = {None: None}
        self.request_id = None
        self.first_run = {}
        self.key = None
        self.other_key = None
        self.team_key = None


def first_run(chromium, house):
    """What a new user does, by clicks alone; its time and its clicks are kept for the test."""
    gateway = house.gateway
    context = new_context(chromium, gateway)
    page = context.new_page()
    complaints = Complaints(page)
    started = time.monotonic()
    page.goto("/")
    page.fill("[name=code]", gateway.claim_code)
    page.click("main button[type=submit]")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=repeat]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/welcome/connect")
    page.get_by_role("button", name="Use the demo provider").click()
    page.get_by_role("button", name="Make a key").click()
    key = page.text_content("#secret").strip()
    command = page.text_content("#curl")
    assert key.startswith("kr_") and key in command
    picture(page, "welcome-connect")
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and "choices" in done.stdout, done.stdout + done.stderr
    asked = time.monotonic()
    # The page itself says so: nothing is clicked or loaded again.
    page.wait_for_selector("#arrived.done", timeout=5_000)
    house.first_run = {
        "seconds": time.monotonic() - started, "clicks": 4, "shown after": time.monotonic() - asked,
        "complaints": complaints.lines,
    }
    house.states["operator"] = context.storage_state()
    house.key = key
    context.close()


def declare_mock(chromium, house):
    """A provider with an account, declared on the page."""
    context = new_context(chromium, house.gateway, state=house.states["operator"])
    page = context.new_page()
    page.goto("/providers")
    page.fill("[name=name]", "Acme")
    page.fill("[name=id]", "acme")
    page.fill("[name=url]", house.gateway.mock.base_url)
    page.fill("[name=credential]", "sk-acme-secret")
    page.check("[name=private]")
    page.get_by_role("button", name="Check without spending").click()
    expect(page.locator(".note-bar[role=status]")).to_have_count(1)
    page.fill("[name=credential]", "sk-acme-secret")
    page.click("button[value=save]")
    page.wait_for_url("**/providers/acme")
    context.close()


def declare_names(chromium, house):
    """A plan and a chain, made on their pages, and a key on the plan."""
    context = new_context(chromium, house.gateway, state=house.states["operator"])
    page = context.new_page()
    page.goto("/plans")
    page.fill("#new [name=name]", "team")
    page.fill("[name=money]", "25")
    page.fill("[name=rpm]", "600")
    page.fill("[name=models]", "acme/*\ndemo/*\ncoding")
    page.get_by_role("button", name="Make plan").click()
    page.wait_for_url("**/plans/team")
    page.goto("/chains")
    page.fill("#new [name=name]", "coding")
    page.fill("[name=steps]", "acme/m1\ndemo/echo")
    page.get_by_role("button", name="Make chain").click()
    page.wait_for_url("**/chains/coding")
    context.close()
    house.team_key = house.gateway.make_key("team-member", "--plan", "team")


def sign_in_member(chromium, house):
    context = new_context(chromium, house.gateway)
    page = context.new_page()
    page.goto("/portal")
    page.fill("[name=key]", house.key)
    page.click("main button[type=submit]")
    page.wait_for_selector("form[action='/portal/logout']")
    assert "kr_" not in page.url
    house.states["member"] = context.storage_state()
    context.close()


@pytest.fixture(scope="session")
def house(gateway, chromium):
    house = House(gateway)
    first_run(chromium, house)
    declare_mock(chromium, house)
    declare_names(chromium, house)
    house.other_key = gateway.make_key("other")
    for index in range(12):
        gateway.chat(house.key, "demo/echo", f"hello {index}", stream=index % 2 == 1)
    gateway.chat(house.key, "acme/m1")
    gateway.chat(house.other_key, "acme/m2")
    gateway.chat(house.team_key, "coding")
    sign_in_member(chromium, house)

    def newest():
        context = new_context(chromium, gateway, state=house.states["operator"])
        answer = context.request.get("/api/usage?page_size=1&provider=acme").json()
        context.close()
        return answer["items"] and answer["items"][0]["request_id"]

    house.request_id = eventually(newest, 10, "a row of the ledger")
    return house

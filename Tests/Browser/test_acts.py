"""What is done can be taken back or is confirmed; several at once; what is seen moves by itself."""

import json
import time

import pytest
from playwright.sync_api import expect

from conftest import eventually, new_context


@pytest.fixture
def page(chromium, house):
    context = new_context(chromium, house.gateway, state=house.states["operator"])
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(chromium, house):
    context = new_context(chromium, house.gateway, scripts=False, state=house.states["operator"])
    yield context.new_page()
    context.close()


def row(page, name):
    return page.locator("table.choose tbody tr", has_text=name)


def test_undo(house, plain):
    """G11: an account that was switched off is on again after one click, once."""
    plain.goto("/providers/acme")
    plain.get_by_role("button", name="Switch off").first.click()
    assert plain.locator("button[value=on]").count() >= 1
    plain.get_by_role("button", name="Undo").click()
    assert "Put back" in plain.text_content("#says") and plain.locator("button[value=on]").count() == 0
    house.gateway.chat(house.other_key, "acme/m1")


def test_undo_is_for_ten_seconds_and_for_one_session(chromium, house, page):
    """The offer goes by itself, and its name is worth nothing to another session or a second time."""
    other = chromium.new_context(base_url=house.gateway.url)
    other_page = other.new_page()
    other_page.goto("/login")
    other_page.fill("[name=password]", "correct horse battery staple")
    other_page.click("main button[type=submit]")
    other_page.wait_for_selector("h1")
    other_page.goto("/saving")
    foreign = other_page.locator("[name=_csrf]").first.input_value()
    page.goto("/saving")
    page.select_option("[name=rtk]", "off")
    page.click("form[action='/saving'] button.primary")
    name = page.locator("[name=undo]").input_value()
    token = page.locator("[name=_csrf]").first.input_value()
    answer = other.request.post("/undo", form={"_csrf": foreign, "undo": name, "next": "/saving"})
    assert "too late" in answer.text()
    other.close()
    assert page.locator("[name=rtk]").input_value() == "off"
    # The page hides the offer when the time is over: its animation says so without any script.
    assert page.evaluate(
        "getComputedStyle(document.querySelector('.undo')).animationDelay") == "10s"
    first = page.request.post("/undo", form={"_csrf": token, "undo": name, "next": "/saving"})
    assert "Put back" in first.text()
    again = page.request.post("/undo", form={"_csrf": token, "undo": name, "next": "/saving"})
    assert "too late" in again.text()
    page.goto("/saving")
    assert page.locator("[name=rtk]").input_value() != "off"


def test_bulk(house, plain):
    """Several keys get a plan, each with its result, taken back together; several are revoked after a typed word."""
    gateway = house.gateway
    gateway.run("plans", "create", "bulk-plan", "--rpm", "100")
    secrets = {name: gateway.make_key(name) for name in ("bulk-1", "bulk-2", "bulk-3")}
    plain.goto("/keys")
    for name in ("bulk-1", "bulk-2"):
        row(plain, name).locator("[name=id]").check()
    plain.select_option("#bulk-plan", "bulk-plan")
    plain.get_by_role("button", name="Give this plan").click()
    expect(plain.locator(".results li")).to_have_count(2)
    assert "bulk-plan" in row(plain, "bulk-1").inner_text() and "bulk-plan" not in row(plain, "bulk-3").inner_text()
    plain.get_by_role("button", name="Undo").click()
    assert plain.url.endswith("/keys") and "bulk-plan" not in row(plain, "bulk-1").inner_text()
    for name in ("bulk-1", "bulk-2"):
        row(plain, name).locator("[name=id]").check()
    plain.click("#bulk button.danger")
    assert "nothing was changed" in plain.text_content("main").lower()
    gateway.chat(secrets["bulk-1"], "demo/echo")
    for name in ("bulk-1", "bulk-2"):
        row(plain, name).locator("[name=id]").check()
    plain.fill("#bulk-confirm", "revoke")
    plain.click("#bulk button.danger")
    assert "2 keys of 2 revoked" in plain.text_content("#res")
    gateway.chat(secrets["bulk-3"], "demo/echo")

    def refused():
        try:
            gateway.chat(secrets["bulk-1"], "demo/echo", expect=401)
            return True
        except AssertionError:
            return False

    eventually(refused, 5, "the refusal")


def test_shift_chooses_all_between(page, house):
    page.goto("/keys")
    boxes = page.locator(".pick1 input")
    assert boxes.count() >= 3
    boxes.nth(0).click()
    boxes.nth(boxes.count() - 1).click(modifiers=["Shift"])
    expect(page.locator(".pick1 input:checked")).to_have_count(boxes.count())


def test_sorting_is_in_the_address(page):
    """G8: a column's head is a link; Back and the address bring the same order again."""
    def column(number):
        return page.locator(f"table.choose tbody td:nth-child({number})").all_inner_texts()

    page.goto("/keys")
    names = [text.strip() for text in column(2)]
    assert names == sorted(names, key=str.lower)
    page.get_by_role("link", name="Requests", exact=True).last.click()
    page.wait_for_url("**/keys?sort=requests")
    counts = [int(text.replace(",", "")) for text in column(6)]
    assert counts == sorted(counts, reverse=True) and counts[0] > 0
    page.locator("th[aria-sort] a").click()
    page.wait_for_url("**/keys?sort=-requests")
    assert [int(text.replace(",", "")) for text in column(6)] == sorted(counts)
    page.go_back()
    page.wait_for_url("**/keys?sort=requests")
    page.wait_for_selector("th[aria-sort=descending]", timeout=5_000)


def test_figures_move_without_reload(house, page):
    """G10: the overview's numbers follow a request, over the stream that it has open."""
    page.goto("/")
    page.evaluate("window.isSame = true")
    value = page.locator("#figures .v").first
    today = page.locator("#today [data-of=requests]")
    before, so_far = value.inner_text(), today.inner_text()
    page.wait_for_function("document.querySelector('[data-live] span').textContent === 'Live'")
    house.gateway.chat(house.key, "demo/echo", "moves")
    started = time.monotonic()
    eventually(lambda: value.inner_text() != before, 5, "the figure")
    eventually(lambda: today.inner_text() != so_far, 5, "today's figure")
    print(f"moved after {time.monotonic() - started:.2f} s")
    assert page.evaluate("window.isSame")


def test_the_figures_event_is_applied(house, page):
    """What the event says stands on the page before anything is fetched."""
    page.route("**/", lambda route: route.continue_() if route.request.resource_type == "document" else route.abort())
    page.goto("/")
    today = page.locator("#today [data-of=requests]")
    so_far = int(today.inner_text().replace(",", ""))
    page.wait_for_function("document.querySelector('[data-live] span').textContent === 'Live'")
    page.wait_for_timeout(600)
    house.gateway.chat(house.key, "demo/echo", "event")
    eventually(lambda: int(today.inner_text().replace(",", "")) > so_far, 8, "the figure of the event")


def test_asked_for_and_answered_by(house, page):
    """A list shows the model that was asked for beside the one that answered."""
    token = page.request.get("/api/session").json()["csrf_token"]
    answer = page.request.post(
        "/api/aliases", data=json.dumps({"id": "fast-one", "name": "fast-one", "target": "acme/m7"}),
        headers={"content-type": "application/json", "x-csrf-token": token})
    assert answer.status < 300, answer.text()
    house.gateway.chat(house.other_key, "fast-one")
    page.goto("/requests")

    def cells():
        page.reload()
        return page.locator("table.log tbody tr").first.locator(".path").inner_text()

    text = eventually(lambda: "fast-one" in cells() and cells(), 5, "the row")
    assert "m7" in text and "Acme" in text


def test_a_new_key_shows_a_command_that_works(house, page):
    """The command on the page of a new key is answered by a provider that is connected, not by the demo."""
    import subprocess
    page.goto("/keys")
    page.fill("#new [name=name]", "commanded")
    page.get_by_role("button", name="Make key").click()
    command = page.text_content("#curl")
    assert "demo/echo" not in command
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30)
    assert '"choices"' in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["requests", "usage", "quotas", "keys", "plans", "chains", "providers", "guardrails", "saving", "audit"])
def test_exports(house, page, name):
    """G8: each view is there as CSV and JSON, with as many rows in both."""
    text = page.request.get(f"/{name}.csv")
    items = page.request.get(f"/{name}.json").json()["items"]
    assert text.status == 200 and "attachment" in text.headers["content-disposition"]
    assert text.text().count("\r\n") == len(items) + 1
    if name in ("requests", "usage", "quotas", "keys", "plans", "chains", "audit", "saving"):
        assert items

"""Plans and chains as people make them, with and without scripts, and what the router then does."""


import pytest
from playwright.sync_api import expect

from conftest import eventually, new_context


@pytest.fixture(params=[True, False], ids=["scripts", "plain"])
def page(request, chromium, house):
    context = new_context(chromium, house.gateway, scripts=request.param, state=house.states["operator"])
    page = context.new_page()
    page.suffix = "scripts" if request.param else "plain"
    yield page
    context.close()


def status(gateway, key, model):
    """What a request is answered with."""
    for code in (200, 402, 403, 429, 400):
        try:
            gateway.chat(key, model, expect=code)
            return code
        except AssertionError:
            continue
    raise AssertionError("another status")


def test_a_plan_from_its_making_to_its_end(house, page):
    """A plan is made, holds a key, is changed, taken back, refuses to go while a key is on it, and goes."""
    name = f"guests-{page.suffix}"
    page.goto("/plans")
    page.fill("#new [name=name]", name)
    page.fill("[name=models]", "acme/*")
    page.get_by_role("button", name="Make plan").click()
    page.wait_for_url(f"**/plans/{name}")
    key = house.gateway.make_key(f"key-{name}", "--plan", name)
    assert status(house.gateway, key, "acme/m1") == 200
    assert status(house.gateway, key, "demo/echo") == 403
    page.fill("[name=models]", "")
    page.fill("[name=money]", "12.50")
    page.get_by_role("button", name="Save").click()
    assert "$12.50" in page.text_content(".say")
    eventually(lambda: status(house.gateway, key, "demo/echo") == 200, 5, "the change")
    page.get_by_role("button", name="Undo").click()
    assert page.input_value("[name=money]") == "" and page.input_value("[name=models]").strip() == "acme/*"
    page.fill("[name=rpm]", "many")
    page.get_by_role("button", name="Save").click()
    assert page.get_attribute("[name=rpm]", "aria-invalid") == "true" and page.input_value("[name=rpm]") == "many"
    page.goto(f"/plans/{name}")
    assert "another plan first" in page.text_content("main")
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    token = page.locator("[name=_csrf]").first.input_value()
    held = page.request.post(f"/plans/{name}/delete", form={"_csrf": token, "name": name})
    assert held.status == 409 and "there are keys on it" in held.text()
    page.goto("/keys")
    row = page.locator("table.choose tbody tr", has_text=f"key-{name}")
    row.locator("summary").click()
    row.locator("[name=plan]").select_option("")
    row.get_by_role("button", name="Save").click()
    page.goto(f"/plans/{name}")
    page.fill("#remove", name)
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url("**/plans")
    assert name not in page.locator("main").inner_text()


def test_a_key_that_refuses_what_is_lost(house, page):
    """The switch on a key: a request whose wish the provider's wire does not know is refused, and served without it."""
    name = f"strict-{page.suffix}"
    key = house.gateway.make_key(name)
    page.goto("/keys")
    row = page.locator("table.choose tbody tr", has_text=name)
    row.locator("summary").click()
    row.locator("[name=strict]").check()
    row.get_by_role("button", name="Save").click()
    assert "lossless only" in page.locator("table.choose tbody tr", has_text=name).inner_text()
    page.goto("/keys")
    answer = page.request.get("/api/keys?name=" + name).json()["items"]
    assert [item["strict_lossless"] for item in answer] == [True]
    house.gateway.chat(key, "acme/m1")


def test_a_chain_is_rearranged(house, page):
    """Targets are moved and dropped on the page, without saving until it is said; requests follow."""
    name = f"trial-{page.suffix}"
    page.goto("/chains")
    page.fill("#new [name=name]", name)
    page.fill("[name=steps]", "acme/m1\ndemo/echo")
    page.get_by_role("button", name="Make chain").click()
    page.wait_for_url(f"**/chains/{name}")
    expect(page.locator(".map svg path.ln")).to_have_count(2)
    page.get_by_role("button", name="Move target 2 up").click()
    assert page.input_value("#step-1") == "demo/echo" and "Not saved yet" in page.text_content("#steps")
    assert "m1" in house.gateway.chat(house.key, name).decode()
    page.get_by_role("button", name="Save", exact=True).last.click()
    eventually(lambda: "m1" not in house.gateway.chat(house.key, name).decode(), 5, "the other order")
    page.get_by_role("button", name="Undo").click()
    assert page.input_value("#step-1") == "acme/m1"
    page.select_option("[name=strategy]", "weighted")
    page.get_by_role("button", name="Add a target").click()
    page.fill("#step-3", "acme/m2")
    page.fill("#weight-1", "3")
    # Enter saves: the first button of the form is not one that moves.
    page.press("#step-3", "Enter")
    page.wait_for_url(f"**/chains/{name}*")
    items = page.request.get(f"/api/chains/{name}").json()
    assert items["strategy"] == "weighted" and items["weights"] == [3, 1, 1] and len(items["steps"]) == 3
    page.goto(f"/chains/{name}")
    page.get_by_role("button", name="Remove target 3").click()
    page.get_by_role("button", name="Save", exact=True).last.click()
    assert len(page.request.get(f"/api/chains/{name}").json()["steps"]) == 2
    page.fill("#remove", name)
    page.get_by_role("button", name="Remove", exact=True).last.click()
    page.wait_for_url("**/chains")
    assert page.request.get(f"/api/chains/{name}").status == 404


def test_another_name(house, page):
    name = f"quick-{page.suffix}"
    page.goto("/chains")
    page.fill("[name=alias]", name)
    page.fill("[name=target]", "acme/m1")
    page.get_by_role("button", name="Add name").click()
    assert "m1" in house.gateway.chat(house.key, name).decode()
    page.get_by_role("button", name=f"Remove {name}").click()
    assert page.request.get(f"/api/aliases/{name}").status == 404
    page.get_by_role("button", name="Undo").click()
    assert page.request.get(f"/api/aliases/{name}").status == 200


def test_usage_in_the_address(house, page):
    """What is drawn, what it is split by and the time are in the address; a row leads to its requests; files agree."""
    page.goto("/usage?of=tokens")
    assert page.locator(".chart .plot rect").count() >= 1
    page.get_by_role("navigation", name="What is drawn").get_by_role("link", name="Requests").click()
    page.wait_for_url("**/usage?of=requests")
    page.get_by_role("navigation", name="What it is split by").get_by_role("link", name="Key").click()
    page.wait_for_url("**/usage?*by=key*")
    page.wait_for_selector("h2:has-text('Requests by key')")
    rows = page.locator("table.usage tbody tr")
    assert "team-member" in page.locator("table.usage").inner_text()
    page.locator("summary", has_text="Between two days").click()
    page.locator("details select#key").select_option(label="team-member")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/usage?*key=*")
    expect(rows).to_have_count(1)
    items = page.request.get("/usage.json?by=provider").json()["items"]
    text = page.request.get("/usage.csv?by=provider").text()
    assert {item["name"] for item in items} >= {"demo", "acme"} and text.count("\r\n") == len(items) + 1
    total = page.request.get("/api/summary?split=provider&bucket=day").json()
    assert sum(sum(series["requests"]) for series in total["series"]) == sum(s["requests"] for s in total["providers"])
    page.goto("/usage?by=model")
    page.locator("table.usage tbody a").first.click()
    page.wait_for_url("**/requests?*provider=*model=*")
    assert page.locator("table.requests tbody tr").count() >= 1


def test_quotas_say_what_is_left(house, page):
    page.goto("/quotas")
    row = page.locator("table tbody tr", has_text="team-member")
    assert "of $25.00" in row.inner_text() and row.locator("svg.meter").count() == 1
    assert "Acme" in page.locator("section", has=page.locator("#a")).inner_text()


def test_every_filter_that_is_described_is_taken(house, page):
    """A filter of the API's description is known to the service behind it."""
    paths = page.request.get("/api/openapi.json").json()["paths"]
    samples = {"since_day": "2026-01-01", "until_day": "2026-01-31", "revoked": "false", "builtin": "true",
               "outcome": "ok", "source": "edited", "kind": "chat", "action": "block", "direction": "inbound", "state": "open",
               "by": "key"}
    tried = 0
    for path, operations in paths.items():
        if "{" in path or "get" not in operations or path == "/api/summary":
            continue
        for parameter in operations["get"].get("parameters", []):
            name = parameter["name"]
            if parameter["in"] != "query" or name in ("page_token", "page_size", "bucket", "split", "kind"):
                continue
            value = samples.get(name, "1" if name.endswith("_us") else "x")
            answer = page.request.get(f"{path}?{name}={value}")
            assert answer.status in (200, 404), (path, name, answer.status, answer.text())
            tried += 1
    assert tried > 20

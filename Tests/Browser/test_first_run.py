"""From nothing to the first routed request, and what is seen live."""

import time

from conftest import PASSWORD, eventually, new_context


def test_first_request(house):
    """G1 and G2: within a minute, five clicks at most, and the step turns green by itself."""
    run = house.first_run
    print(run)
    assert run["seconds"] < 60 and run["clicks"] <= 5
    assert not run["complaints"]


def test_claim_is_used_up(chromium, house):
    """The code works once; afterwards only the password does."""
    context = new_context(chromium, house.gateway)
    page = context.new_page()
    page.goto("/welcome")
    assert page.locator("[name=code]").count() == 0
    page.goto("/login")
    page.fill("[name=password]", "not the password at all")
    page.click("main button[type=submit]")
    assert page.locator("[role=alert], .err").count() >= 1
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector("h1")
    assert page.url == house.gateway.url + "/"
    context.close()


def test_live_row(chromium, house):
    """G10: a request is on the open page within a second of its end."""
    context = new_context(chromium, house.gateway, state=house.states["operator"])
    page = context.new_page()
    page.goto("/requests")
    before = page.locator("table.log tbody tr").first.inner_text()
    page.wait_for_timeout(500)
    house.gateway.chat(house.key, "demo/echo", "live")
    started = time.monotonic()
    eventually(lambda: page.locator("table.log tbody tr").first.inner_text() != before, 5, "the row")
    took = time.monotonic() - started
    print(f"shown after {took:.2f} s")
    # A second is the goal (G10); a debug build on a busy machine gets two more.
    assert took < 3
    context.close()


def test_everything_without_scripts(chromium, house):
    """G5: a key is made, given no plan, and revoked by forms alone."""
    context = new_context(chromium, house.gateway, scripts=False, state=house.states["operator"])
    page = context.new_page()
    page.goto("/keys")
    page.fill("#new [name=name]", "by-form")
    page.get_by_role("button", name="Make key").click()
    secret = page.text_content("#secret").strip()
    house.gateway.chat(secret, "demo/echo")
    page.goto("/keys")
    row = page.locator("tr", has_text="by-form")
    row.locator("summary").click()
    row.locator("[name=name]").fill("something else")
    row.locator("text=Revoke").last.click()
    assert "not revoked" in page.text_content("main")
    row = page.locator("tr", has_text="by-form")
    row.locator("summary").click()
    row.locator("[name=name]").fill("by-form")
    row.locator("button.danger").click()
    eventually(lambda: _refused(house, secret), 5, "the refusal")
    context.close()


def _refused(house, secret):
    try:
        house.gateway.chat(secret, "demo/echo", expect=401)
        return True
    except AssertionError:
        return False


def test_policies_by_page(chromium, house):
    """A guardrail and a saver are switched on their pages, without scripts, and the next request meets them."""
    context = new_context(chromium, house.gateway, scripts=False, state=house.states["operator"])
    page = context.new_page()
    page.goto("/guardrails")
    page.select_option("[name=pii_enabled]", "on")
    page.select_option("[name=pii_action]", "block")
    page.click("main form[action='/guardrails'] button.primary")
    assert page.locator("[name=pii_enabled]").input_value() == "on"

    def blocked():
        try:
            house.gateway.chat(house.key, "demo/echo", "mail ann@example.org", expect=400)
            return True
        except AssertionError:
            return False

    eventually(blocked, 10, "the guardrail")
    page.goto("/requests?outcome=blocked")
    eventually(lambda: page.reload() and page.locator("table.log tbody tr").count() >= 1, 5, "the blocked request")
    page.goto("/guardrails")
    page.select_option("[name=pii_enabled]", "off")
    page.click("main form[action='/guardrails'] button.primary")
    page.goto("/saving")
    assert page.locator("form[method=post][action='/saving']").count() == 1
    context.close()

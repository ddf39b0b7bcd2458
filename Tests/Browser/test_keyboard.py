"""By keyboard alone: a sign-in, a key, a filter; every stop is seen."""

import pytest
from playwright.sync_api import expect

from conftest import PASSWORD, new_context

# What has the focus, and whether its ring can be seen.
FOCUS = """() => { const e = document.activeElement; const s = getComputedStyle(e);
    return { name: e.name || '', text: (e.textContent || '').trim().slice(0, 60), tag: e.tagName.toLowerCase(),
             ring: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1, inMain: !!e.closest('main') } }"""


@pytest.fixture
def page(chromium, house):
    context = new_context(chromium, house.gateway, state=house.states["operator"])
    yield context.new_page()
    context.close()


def tab_to(page, check, most=80):
    """Presses Tab until something has the focus; whatever is passed on the way must show that it has it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["tag"] != "body":
            assert focus["ring"], f"no ring on {focus}"
        if check(focus):
            return focus
    raise AssertionError("not reached by Tab")


def test_sign_in(chromium, house):
    context = new_context(chromium, house.gateway)
    page = context.new_page()
    page.goto("/login")
    tab_to(page, lambda focus: focus["name"] == "password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(house.gateway.url + "/")
    # The first stop leads past the navigation.
    page.keyboard.press("Tab")
    assert "Skip" in page.evaluate(FOCUS)["text"]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    context.close()


def test_make_a_key(page):
    page.goto("/keys")
    tab_to(page, lambda focus: focus["name"] == "name" and focus["inMain"], 200)
    page.keyboard.type("by-keyboard")
    tab_to(page, lambda focus: focus["text"] == "Make key", 5)
    page.keyboard.press("Enter")
    page.wait_for_selector("#secret")
    assert "by-keyboard" in page.text_content("main")


def test_filter_requests(page):
    page.goto("/requests")
    page.keyboard.press("/")
    assert page.evaluate(FOCUS)["name"] == "key"
    tab_to(page, lambda focus: focus["name"] == "model", 4)
    page.keyboard.type("echo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests?*model=echo*")
    page.keyboard.press("Escape")
    # Sorting is a link as any other.
    tab_to(page, lambda focus: focus["text"].startswith("Cost"), 80)
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=cost**")
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Cost")
    page.go_back()
    page.wait_for_url("**model=echo")


def test_palette_and_shortcuts(page):
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("guard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/guardrails")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("k")
    page.wait_for_url("**/keys")

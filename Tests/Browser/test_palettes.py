"""Every palette, light and dark, is readable: axe's contrast rule on the two densest pages (G6)."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from conftest import new_context

PALETTES = ["sage-terra", "ocean", "midnight", "forest", "rose", "lavender", "mono", "sunset", "arctic", "cherry"]
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}


@pytest.mark.parametrize("who,path", [("operator", "/"), ("member", "/portal")], ids=["overview", "portal"])
def test_contrast(chromium, house, who, path):
    context = new_context(chromium, house.gateway, state=house.states[who])
    page = context.new_page()
    page.goto(path)
    axe, findings, grounds = Axe(), [], set()
    for palette in PALETTES:
        for theme in ("light", "dark"):
            page.evaluate(
                "([p, t]) => { const d = document.documentElement.dataset; d.palette = p; d.theme = t }",
                [palette, theme])
            grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            found = axe.run(page, options=CONTRAST).response
            findings += [f"{palette} {theme}: {node['html'][:120]}: {node['any'][0]['message'] if node['any'] else ''}"
                         for violation in found["violations"] for node in violation["nodes"]]
    context.close()
    # As many grounds as pairs: what was looked at was really another page each time.
    assert len(grounds) == 2 * len(PALETTES), sorted(grounds)
    assert not findings, "\n".join(findings)


def test_the_choice_is_in_the_first_byte(chromium, house):
    """G15: theme and palette stand on the root element of the HTML, so that nothing flashes."""
    context = new_context(chromium, house.gateway, state=house.states["operator"])
    page = context.new_page()
    page.goto("/saving")
    page.select_option("#theme", "dark")
    page.select_option("#palette", "ocean")
    page.click(".looks button")
    page.wait_for_url("**/saving")
    try:
        text = context.request.get("/").text()
        assert '<html lang="en" data-palette="ocean" data-theme="dark">' in text[:200]
        page.goto("/")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 21)"
    finally:
        page.select_option("#theme", "system")
        page.select_option("#palette", "sage-terra")
        page.click(".looks button")
        page.wait_for_url("**/")
        context.close()

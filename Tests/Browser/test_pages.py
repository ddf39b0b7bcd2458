"""Every page, light and dark, on a desk and on a phone, with scripts and without."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from conftest import WIDTHS, Complaints, new_context, picture

ADMIN = {
    "overview": "/", "requests": "/requests", "request": "/requests/{request}", "keys": "/keys",
    "providers": "/providers", "guardrails": "/guardrails", "saving": "/saving", "sessions": "/sessions",
}
MEMBER = {"portal": "/portal"}
SIGNED_OUT = {"login": "/login", "portal-login": "/portal"}

PAGES = [(name, path, "operator") for name, path in ADMIN.items()]
PAGES += [(name, path, "member") for name, path in MEMBER.items()]
PAGES += [(name, path, None) for name, path in SIGNED_OUT.items()]

# Wider than the window means a finger must push the page sideways (WCAG 1.4.10).
OVERFLOW = "() => document.scrollingElement.scrollWidth - window.innerWidth"
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
    .filter(e => e.checkVisibility() && getComputedStyle(e).display !== 'inline' && !e.closest('svg'))
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([e, r]) => r.width > 1 && (r.height < 24 || r.width < 24)
        && !(e.matches('input[type=checkbox], input[type=radio]') && e.closest('label')))
    .map(([e, r]) => `${e.outerHTML.slice(0, 120)} is ${Math.round(r.width)} × ${Math.round(r.height)}`)"""


@pytest.fixture(scope="module")
def axe():
    return Axe()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS))
def test_pages(chromium, house, axe, width, scheme, scripts):
    """No page complains, overflows or fails a rule of WCAG 2.2 AA."""
    findings = []
    for who in ("operator", "member", None):
        context = new_context(chromium, house.gateway, width, scheme, scripts, house.states.get(who))
        for name, path, owner in PAGES:
            if owner != who:
                continue
            page = context.new_page()
            complaints = Complaints(page)
            answer = page.goto(path.format(request=house.request_id), wait_until="load")
            if answer.status != 200:
                findings.append(f"{name}: status {answer.status}")
            findings += [f"{name}: {line}" for line in complaints.lines]
            if not page.locator("h1").count() == 1:
                findings.append(f"{name}: {page.locator('h1').count()} h1")
            # Without scripts the browser runs none of ours, nor axe's.
            if scripts:
                over = page.evaluate(OVERFLOW)
                if over > 0:
                    findings.append(f"{name}: {over} px too wide")
                findings += [f"{name}: {line}" for line in page.evaluate(SMALL_TARGETS)]
                for violation in axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]:
                    nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
                    findings.append(f"{name}: axe {violation['id']}: {nodes}")
                picture(page, f"{name}-{scheme}-{WIDTHS[width][0]}")
            page.close()
        context.close()
    assert not findings, "\n".join(findings)


@pytest.mark.parametrize("width", [320, 768])
def test_reflow(chromium, house, width):
    """No sideways scroll at 320 px (WCAG 1.4.10), nor in between."""
    context = chromium.new_context(
        base_url=house.gateway.url, viewport={"width": width, "height": 800}, storage_state=house.states["operator"])
    page = context.new_page()
    for name, path in ADMIN.items():
        page.goto(path.format(request=house.request_id))
        assert page.evaluate(OVERFLOW) <= 0, name
    context.close()

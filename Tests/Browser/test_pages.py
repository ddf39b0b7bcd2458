"""Every page, light and dark, on a desk and on a phone, with scripts and without."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from conftest import WIDTHS, Complaints, new_context, picture

ADMIN = {
    "overview": "/", "requests": "/requests", "request": "/requests/{request}", "keys": "/keys",
    "usage": "/usage", "usage-by-key": "/usage?by=key&of=requests&range=24h", "quotas": "/quotas",
    "plans": "/plans", "plan": "/plans/team", "chains": "/chains", "chain": "/chains/coding",
    "providers": "/providers", "provider": "/providers/acme", "guardrails": "/guardrails", "saving": "/saving",
    "guardrails-of-a-key": "/guardrails?kind=key&named=team-member", "saving-of-a-provider": "/saving?scope=provider:acme",
    "sessions": "/sessions", "audit": "/audit", "settings": "/settings",
    "first-request": "/welcome/connect", "sorted": "/requests?sort=cost", "nothing-fits": "/requests?model=none",
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

# Words that stand out of the panel they are in, where nothing says that they go on.
CLIPPED = """() => [...document.querySelectorAll('.panel, .bar, .seg, .figures > div')].flatMap(box => {
    const edge = box.getBoundingClientRect().right + 1;
    return [...box.querySelectorAll('span, p, b, h1, h2, code, a, button, label, small, td')]
        .filter(e => e.checkVisibility() && !e.closest('.scroll, .code, .vh, svg, pre')
            && !e.classList.contains('vh') && e.getClientRects().length
            && getComputedStyle(e).overflow !== 'hidden' && e.getBoundingClientRect().right > edge)
        .map(e => `${e.outerHTML.slice(0, 100)} stands ${Math.round(e.getBoundingClientRect().right - edge)} px out`)
}).slice(0, 5)"""


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


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_reflow(chromium, house, width):
    """No sideways scroll at 320 px (WCAG 1.4.10), in between, nor on a wide screen; nothing is cut off there either."""
    findings = []
    for who in ("operator", "member", None):
        context = chromium.new_context(
            base_url=house.gateway.url, viewport={"width": width, "height": 800}, storage_state=house.states.get(who))
        page = context.new_page()
        for name, path, owner in PAGES:
            if owner != who:
                continue
            page.goto(path.format(request=house.request_id))
            over = page.evaluate(OVERFLOW)
            if over > 0:
                findings.append(f"{name}: {over} px too wide")
            findings += [f"{name}: {line}" for line in page.evaluate(CLIPPED)]
            picture(page, f"{name}-light-{width}")
        context.close()
    assert not findings, "\n".join(findings)

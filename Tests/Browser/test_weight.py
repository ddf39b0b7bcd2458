"""What every page weighs, how soon it paints and how long it takes to make (dashboard.md G3, G4).

What is bytes holds in every build. Times hold for the release: a debug build on busy cores gets the bounds beside them.
"""

import os
import statistics

import pytest

from conftest import new_context
from test_pages import ADMIN, MEMBER, SIGNED_OUT

LIMITS = {"document": 12_000, "stylesheet": 12_000, "script": 15_000, "font": 65_000}
TOTAL, WARM = 105_000, 15_000
IS_RELEASE = "release" in os.environ.get("KEIROUTER_TEST_PRODUCTS", "")
FIRST_PAINT_MS = 200 if IS_RELEASE else 2_000
RENDER_P95_MS = 25 if IS_RELEASE else 500
LONG_TASK_MS = 50 if IS_RELEASE else 800

WATCH = """
    window.shift = 0; window.longest = 0;
    new PerformanceObserver(list => { for (const e of list.getEntries()) window.shift += e.value })
        .observe({type: 'layout-shift', buffered: true});
    new PerformanceObserver(list => { for (const e of list.getEntries()) window.longest = Math.max(window.longest, e.duration) })
        .observe({type: 'longtask', buffered: true});
"""


class Wire:
    """The bytes of bodies as they crossed the wire, by kind."""

    def __init__(self, context, page):
        self.kinds, self.sizes = {}, {}
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", lambda e: self.kinds.update({e["requestId"]: (
            e["type"].lower(), e["response"]["encodedDataLength"], e["response"].get("fromDiskCache", False))}))
        session.on("Network.loadingFinished", self.finished)

    def finished(self, event):
        kind, head, is_cached = self.kinds.get(event["requestId"], (None, 0, False))
        if kind in ("document", "stylesheet", "script", "font") and not is_cached:
            self.sizes[kind] = self.sizes.get(kind, 0) + max(0, event["encodedDataLength"] - head)

    def take(self):
        sizes, self.sizes = self.sizes, {}
        return sizes


@pytest.mark.parametrize("who", ["operator", "member", None], ids=["operator", "member", "signed-out"])
def test_weight(chromium, house, who):
    """G3: each page cold, and warm after it."""
    pages = {"operator": ADMIN, "member": MEMBER, None: SIGNED_OUT}[who]
    findings = []
    for name, path in pages.items():
        context = new_context(chromium, house.gateway, state=house.states.get(who))
        page = context.new_page()
        wire = Wire(context, page)
        page.goto(path.format(request=house.request_id), wait_until="load")
        page.wait_for_timeout(150)
        cold = wire.take()
        page.goto(path.format(request=house.request_id), wait_until="load")
        page.wait_for_timeout(100)
        warm = wire.take()
        print(f"{name}: cold {cold} = {sum(cold.values())}, warm {sum(warm.values())}")
        assert cold.get("document", 0) > 500 and cold.get("stylesheet", 0) > 5_000, (name, cold)
        findings += [f"{name}: {kind} {cold[kind]} > {limit}" for kind, limit in LIMITS.items()
                     if cold.get(kind, 0) > limit]
        if sum(cold.values()) > TOTAL or sum(warm.values()) > WARM:
            findings.append(f"{name}: {sum(cold.values())} cold, {sum(warm.values())} warm")
        context.close()
    assert not findings, "\n".join(findings)


def test_first_paint(chromium, house):
    """G4: first contentful paint on loopback, median of five; no layout shift, no long task, and the server's own time."""
    times, shifts, longest, renders = [], [], [], []
    for _ in range(5):
        context = new_context(chromium, house.gateway, state=house.states["operator"])
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto("/", wait_until="load")
        page.wait_for_timeout(200)
        times.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        renders.append(page.evaluate(
            "performance.getEntriesByType('navigation')[0].serverTiming.find(t => t.name === 'portal').duration"))
        shifts.append(page.evaluate("window.shift"))
        longest.append(page.evaluate("window.longest"))
        context.close()
    print("first paint", sorted(times), "render", sorted(renders), "shift", max(shifts), "long task", max(longest))
    assert statistics.median(times) <= FIRST_PAINT_MS
    assert statistics.median(renders) <= RENDER_P95_MS
    assert statistics.median(longest) <= LONG_TASK_MS
    assert max(shifts) < 0.01

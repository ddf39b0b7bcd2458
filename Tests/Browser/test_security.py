"""What a stranger, a teammate or a foreign page tries."""

import http.client
import json

import pytest

from conftest import new_context

HOSTILE = "<img src=x onerror=\"document.title='owned'\">'\"&{{x}}</script>"


def ask(gateway, method, path, headers=(), body=None):
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    connection.request(method, path, body, dict(headers))
    answer = connection.getresponse()
    answer.body = answer.read().decode(errors="replace")
    connection.close()
    return answer


@pytest.mark.parametrize("path", ["/", "/keys", "/requests", "/api/keys", "/api/audit", "/welcome/connect"])
def test_admin_needs_a_session(house, path):
    answer = ask(house.gateway, "GET", path)
    assert answer.status in (302, 303, 401), answer.status
    assert "kr_" not in answer.body


@pytest.mark.parametrize("name,value", [
    ("X-Forwarded-For", "127.0.0.1"), ("Forwarded", "for=127.0.0.1"), ("Via", "1.1 tunnel"), ("X-Forwarded-Proto", "https"),
])
def test_a_tunnel_is_refused(house, name, value):
    answer = ask(house.gateway, "GET", "/login", {name: value})
    assert answer.status == 403, (answer.status, answer.body[:300])


def test_a_foreign_host_is_refused(house):
    assert ask(house.gateway, "GET", "/login", {"Host": "evil.example"}).status == 403


def test_internal_headers_are_not_believed(house):
    """What the router adds cannot come from outside."""
    answer = ask(house.gateway, "GET", "/login", {"Host": "evil.example", "X-KeiRouter-Area": "admin"})
    assert answer.status == 403
    answer = ask(house.gateway, "GET", "/portal", {"X-KeiRouter-Scheme": "https"})
    assert "Secure" not in (answer.getheader("set-cookie") or "")


def test_csrf(chromium, house):
    """A write without the session's token changes nothing, nor does one from a foreign page."""
    context = new_context(chromium, house.gateway, state=house.states["operator"])
    refused = context.request.post("/keys", form={"name": "forged"})
    assert refused.status == 403
    refused = context.request.post("/keys", form={"name": "forged", "_csrf": "0" * 43})
    assert refused.status == 403
    refused = context.request.post("/api/keys", data=json.dumps({"name": "forged"}),
                                   headers={"content-type": "application/json"})
    assert refused.status == 403
    names = [key["name"] for key in context.request.get("/api/keys").json()["items"]]
    assert "forged" not in names
    context.close()


def test_headers(house):
    answer = ask(house.gateway, "GET", "/login")
    policy = answer.getheader("content-security-policy")
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy
    assert answer.getheader("x-content-type-options") == "nosniff"
    assert answer.getheader("referrer-policy")


def test_hostile_names_stay_text(chromium, house):
    """A name with markup in it is shown as it is, on every page that shows it."""
    context = new_context(chromium, house.gateway, state=house.states["operator"])
    page = context.new_page()
    page.goto("/keys")
    page.fill("#new [name=name]", HOSTILE[:60])
    page.get_by_role("button", name="Make key").click()
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for path in ("/keys", "/", "/requests", "/guardrails", "/saving"):
        page.goto(path)
        page.wait_for_timeout(100)
        assert page.title() != "owned" and page.locator("img[src=x]").count() == 0, path
    assert not dialogs
    context.close()


def test_member_sees_only_their_own(chromium, house):
    """A member's session opens nothing of the operator's, and no request of another key."""
    context = new_context(chromium, house.gateway, state=house.states["member"])
    for path in ("/", "/keys", "/requests", f"/requests/{house.request_id}", "/api/keys", "/api/usage", "/sessions"):
        answer = context.request.get(path, max_redirects=0)
        assert answer.status in (302, 303, 401, 403), (path, answer.status)
    page = context.new_page()
    page.goto("/portal")
    assert "acme/m2" not in page.content() and "m2" not in page.locator("main").inner_text()
    context.close()

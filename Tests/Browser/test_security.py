"""What a stranger, a teammate or a foreign page tries."""

import html
import http.client
import json
import re

import pytest

from conftest import PASSWORD, new_context

HOSTILE = "<img src=x onerror=\"document.title='owned'\">'\"&{{x}}</script>"


def ask(gateway, method, path, headers=(), body=None):
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    connection.request(method, path, body, dict(headers))
    answer = connection.getresponse()
    answer.body = answer.read().decode(errors="replace")
    connection.close()
    return answer


@pytest.mark.parametrize("path", ["/", "/keys", "/requests", "/usage", "/quotas", "/plans", "/plans/team", "/chains/coding",
                                  "/usage.csv", "/audit", "/settings", "/guardrails/policies.json", "/api/keys", "/api/audit", "/welcome/connect"])
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
    for path, form in (("/plans", {"name": "forged", "period": "monthly"}), ("/plans/team", {"money": "9"}),
                       ("/chains", {"name": "forged", "steps": "demo/echo"}), ("/chains/coding", {"step": "demo/echo"}),
                       ("/aliases", {"alias": "forged", "target": "demo/echo"}), ("/plans/team/delete", {"name": "team"}),
                       ("/chains/coding/delete", {"name": "coding"}), ("/providers/acme", {"name": "x", "url": "https://x/v1"}),
                       ("/providers/acme/accounts/bulk", {"lines": "sk-forged"}), ("/prices", {"model": "a/b"}),
                       ("/proxies", {"name": "forged", "url": "http://x:1"}), ("/guardrails", {"pii_enabled": "off"}),
                       ("/guardrails/template", {"template": "alerts-only"}), ("/guardrails/try", {"text": "x"}),
                       ("/guardrails/import", {"bundle": "{}"}), ("/saving", {"rtk": "off"})):
        assert context.request.post(path, form=form).status == 403, path
    assert [plan["name"] for plan in context.request.get("/api/plans").json()["items"]].count("forged") == 0
    assert context.request.get("/api/plans/team").json()["limit_nano_usd"] == 25_000_000_000
    assert len(context.request.get("/api/chains/coding").json()["steps"]) == 2
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


def spelled(path, house):
    """A path with an id of another key's, of a real request or of a provider in its place."""
    keys = {"key": house.other_id}
    place = house.request_id if "usage" in path or "requests" in path else keys["key"]
    return re.sub(r"\{[^}]+\}", place, path)


def test_no_id_route_opens_for_a_member(chromium, house):
    """Every route of the API and of the pages that names an item, asked for by a teammate with another's ids."""
    operator = new_context(chromium, house.gateway, state=house.states["operator"])
    paths = operator.request.get("/api/openapi.json").json()["paths"]
    keys = operator.request.get("/api/keys").json()["items"]
    house.other_id = next(key["id"] for key in keys if key["name"] == "other")
    assert operator.request.get(f"/api/keys/{house.other_id}").status == 200
    member = new_context(chromium, house.gateway, state=house.states["member"])
    tried, cookies = 0, "; ".join(f"{c['name']}={c['value']}" for c in house.states["member"]["cookies"])
    for path, operations in paths.items():
        for method in operations:
            if method not in ("get", "put", "post", "delete"):
                continue
            answer = ask(house.gateway, method.upper(), spelled(path, house), {
                "Cookie": cookies, "content-type": "application/json", "Accept": "application/json"}, "{}")
            public = path.endswith("openapi.json") and answer.status in (200, 401)
            assert answer.status in (401, 403) or public, (method, path, answer.status)
            assert house.other_id not in answer.body.replace(spelled(path, house), ""), path
            tried += 1
    assert tried > 50
    pages = [f"/requests/{house.request_id}", "/providers/acme", f"/keys/{house.other_id}/plan",
             f"/keys/{house.other_id}/revoke", "/keys/bulk", "/undo", "/accounts/acc_x/delete", "/providers/acme/delete",
             "/sessions/others/revoke", "/plans/team", "/plans/team/delete", "/chains/coding", "/chains/coding/delete",
             "/providers/acme", "/providers/acme/accounts", "/providers/acme/accounts/bulk", "/accounts/acc_x",
             "/accounts/acc_x/check", "/accounts/acc_x/switch", "/guardrails/template", "/guardrails/clear",
             "/guardrails/try", "/guardrails/import", "/guardrails/policies.json", "/prices", "/prices/delete",
             "/proxies", "/proxies/x/delete", "/audit", "/settings",
             "/aliases", "/aliases/x/delete", "/usage", "/quotas", "/usage.csv", "/quotas.json", "/keys.csv", "/requests.json", "/audit.csv"]
    for path in pages:
        for method in ("GET", "POST"):
            answer = ask(house.gateway, method, path, {"Cookie": cookies, "Accept": "text/html"}, "")
            assert answer.status in (302, 303, 401, 403, 404, 405), (method, path, answer.status)
    # The portal takes the key from the session alone, whatever its address says.
    for query in (f"key={house.other_id}", f"id={house.other_id}", f"key_id={house.other_id}&range=90d"):
        text = html.unescape(member.request.get(f"/portal?{query}").text())
        assert "first" in text and "m2" not in re.findall(r"<code[^>]*>([^<]*)</code>", text), query
        assert house.other_id not in text.replace(f"?{query}", "")
    member.close()
    operator.close()


def test_a_session_is_not_fixed(house):
    """Whatever token a browser brings to a sign-in is worth nothing afterwards."""
    planted = "ab" * 32

    def form(path, cookies):
        answer = ask(house.gateway, "GET", path, {"Cookie": cookies, "Accept": "text/html"})
        return re.search(r'name="_csrf" value="([0-9a-f]+)"', answer.body).group(1)

    for path, field, value, name, home in [
        ("/login", "password", PASSWORD, "kr_session", "/"), ("/portal", "key", house.key, "kr_member", "/portal"),
    ]:
        cookies = f"{name}={planted}; kr_pre={planted}"
        token = form(path, cookies)
        answer = ask(house.gateway, "POST", path, {
            "Cookie": cookies, "Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"},
            f"_csrf={token}&{field}={value.replace(' ', '+')}")
        assert answer.status == 303, (path, answer.status, answer.body[:300])
        given = re.search(name + r"=([0-9a-f]{64})", answer.getheader("set-cookie"))
        assert given and given.group(1) != planted
        for stale in (planted, "kr_pre"):
            answer = ask(house.gateway, "GET", home, {"Cookie": f"{name}={stale}", "Accept": "text/html"})
            assert answer.status in (302, 303) or 'name="key"' in answer.body, path
        answer = ask(house.gateway, "GET", home, {"Cookie": f"{name}={given.group(1)}", "Accept": "text/html"})
        assert answer.status == 200 and "Sign out" in answer.body or "Leave" in answer.body
        # The form's token of before the sign-in opens nothing after it.
        answer = ask(house.gateway, "POST", "/keys" if home == "/" else "/portal/logout", {
            "Cookie": f"{name}={given.group(1)}", "Accept": "text/html",
            "Content-Type": "application/x-www-form-urlencoded"}, f"_csrf={token}&name=forged")
        assert answer.status == 403, path


def test_the_form_token_is_masked_in_every_answer(chromium, house):
    """A packed page that repeats what its address says holds no constant secret (BREACH)."""
    context = new_context(chromium, house.gateway, state=house.states["operator"])
    guess = "_csrf"
    tokens, heads = [], []
    for _ in range(8):
        answer = context.request.get(f"/requests?model={guess}")
        assert answer.headers["content-encoding"] == "gzip" and guess in answer.text()
        found = set(re.findall(r'name="_csrf" value="([0-9a-f]+)"', answer.text()))
        assert len(found) == 1
        tokens += found
        heads += re.findall(r'<meta name="csrf" content="([0-9a-f]+)"', answer.text())
    assert len(set(tokens)) == 8 and tokens == heads
    # Neither half repeats; each still stands for the session's own token.
    halves = [token[:64] for token in tokens] + [token[64:] for token in tokens]
    assert len(set(halves)) == 16
    meant = {bytes(a ^ b for a, b in zip(bytes.fromhex(token[:64]), bytes.fromhex(token[64:]))) for token in tokens}
    assert len(meant) == 1
    for token in (tokens[0], tokens[-1]):
        assert context.request.post("/undo", form={"_csrf": token, "undo": "x"}).status == 200
    assert context.request.post("/undo", form={"_csrf": meant.pop().hex(), "undo": "x"}).status == 403
    context.close()

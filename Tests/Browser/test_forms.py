"""Providers, guardrails, savers, prices and proxies by their forms, and what the services then do."""

import json

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


def test_every_wire_can_be_declared(house, page):
    """The form offers what the router speaks, and a provider of each wire is taken and changed."""
    page.goto("/providers")
    wires = page.locator("#dialect option").evaluate_all("all => all.map(o => o.value)")
    assert {"openai", "openai-responses", "anthropic", "gemini", "ollama", "cohere", "bedrock"} <= set(wires)
    for wire in wires:
        page.goto("/providers")
        page.fill("[name=name]", f"Own {wire}")
        page.fill("[name=id]", f"own-{wire}-{page.suffix}")
        page.select_option("[name=dialect]", wire)
        page.fill("[name=url]", "https://models.example.com/v1")
        page.fill("[name=headers]", "x-team: ai")
        page.fill("[name=credential]", "sk-own-1234567890")
        page.click("button[value=save]")
        page.wait_for_url(f"**/providers/own-{wire}-{page.suffix}")
    page.locator("summary", has_text="Change how it is reached").click()
    page.fill("[name=headers]", "no colon")
    page.get_by_role("button", name="Save").last.click()
    assert "a name, a colon and a value" in page.text_content("main")
    page.fill("[name=headers]", "x-team: web")
    page.get_by_role("button", name="Save").last.click()
    name = f"own-{wires[-1]}-{page.suffix}"
    assert page.request.get(f"/api/providers/{name}").json()["headers"] == {"x-team": "web"}
    page.get_by_role("button", name="Undo").click()
    assert page.request.get(f"/api/providers/{name}").json()["headers"] == {"x-team": "ai"}
    for wire in wires:
        page.goto(f"/providers/own-{wire}-{page.suffix}")
        page.fill("#remove", f"own-{wire}-{page.suffix}")
        page.get_by_role("button", name="Remove").last.click()
        page.wait_for_url("**/providers")


def test_a_provider_whose_accounts_have_places(house, page):
    """An address with places: the page asks each account for them, refuses one without, and changes what few providers need."""
    name = f"azure-{page.suffix}"
    page.goto("/providers")
    page.fill("[name=name]", "Our Azure")
    page.fill("[name=id]", name)
    page.fill("[name=url]", "https://{resource}.openai.example.com/openai")
    page.locator("summary", has_text="What few providers need").click()
    page.select_option("[name=connector]", "azure")
    page.select_option("[name=stream]", "only")
    page.click("button[value=save]")
    page.wait_for_url(f"**/providers/{name}")
    assert "need settings of their own" in page.text_content("main")
    facts = page.text_content(".facts")
    assert "Azure OpenAI deployments" in facts and "Streamed alone" in facts
    page.fill("#label", "east")
    page.fill("#credential", "azure-key-1234567890")
    page.get_by_role("button", name="Add account").click()
    assert "needs the setting resource" in page.text_content("main")
    assert page.input_value("#label") == "east" and page.input_value("#credential") == ""
    page.fill("#setting-resource", "our-east")
    page.fill("#setting-deployment", "chat-large")
    page.fill("#credential", "azure-key-1234567890")
    page.get_by_role("button", name="Add account").click()
    page.wait_for_url(f"**/providers/{name}")
    accounts = page.request.get(f"/api/accounts?provider={name}").json()["items"]
    assert [item["settings"] for item in accounts] == [{"resource": "our-east", "deployment": "chat-large"}]
    page.locator("summary", has_text="Change how it is reached").click()
    page.select_option("[name=think_tags]", "on")
    page.get_by_role("button", name="Save").last.click()
    kept = page.request.get(f"/api/providers/{name}").json()
    assert (kept["connector"], kept["stream"], kept["think_tags"]) == ("azure", "only", True)
    page.fill("#remove", name)
    page.get_by_role("button", name="Remove").last.click()
    page.wait_for_url("**/providers")


def test_accounts_in_order(house, page):
    """Several accounts are pasted at once; one gets another name, priority and weight, which is taken back."""
    tail = page.suffix
    page.goto("/providers/acme")
    page.locator("summary", has_text="Add several at once").click()
    lines = f"# ours\r\nbulk-a-{tail} sk-bulk-a-{tail}\r\nbulk-b-{tail},sk-bulk-b-{tail}\r\nfirst sk-again\r\n"
    page.fill("[name=lines]", lines)
    page.get_by_role("button", name="Add them").click()
    assert "2 accounts of 3 added" in page.text_content("#res")
    assert "sk-bulk" not in page.content() and "sk-again" not in page.content()
    item = page.locator("ul.accounts > li", has_text=f"bulk-a-{tail}")
    item.locator("summary").click()
    item.locator("[name=priority]").fill("7")
    item.locator("[name=weight]").fill("many")
    item.get_by_role("button", name="Save").click()
    item = page.locator("ul.accounts > li", has_text=f"bulk-a-{tail}")
    assert item.locator("[name=weight]").get_attribute("aria-invalid") == "true"
    assert item.locator("[name=priority]").input_value() == "7"
    item.locator("[name=weight]").fill("3")
    item.get_by_role("button", name="Save").click()
    assert "priority 7, weight 3" in page.locator("ul.accounts > li", has_text=f"bulk-a-{tail}").inner_text()
    page.get_by_role("button", name="Undo").click()
    assert "priority 100, weight 1" in page.locator("ul.accounts > li", has_text=f"bulk-a-{tail}").inner_text()
    for name in (f"bulk-a-{tail}", f"bulk-b-{tail}"):
        item = page.locator("ul.accounts > li", has_text=name)
        item.locator("summary").click()
        item.locator("[name=name]").fill(name)
        item.get_by_role("button", name="Remove").click()
        expect(page.locator("ul.accounts > li", has_text=name)).to_have_count(0)
    house.gateway.chat(house.other_key, "acme/m1")


def test_guardrails_from_a_template_to_a_block(house, page):
    """A key's scope starts from a template, gets a list of words, is tried on the bench, and then holds for requests."""
    name = f"guarded-{page.suffix}"
    key = house.gateway.make_key(name)
    page.goto("/guardrails")
    page.locator("summary", has_text="Another scope").click()
    page.select_option("[name=kind]", "key")
    page.fill("[name=named]", name)
    page.get_by_role("button", name="Open", exact=True).click()
    page.wait_for_url("**/guardrails?*named=*")
    page.get_by_role("button", name="Use Alerts only").click()
    page.wait_for_url("**/guardrails?scope=*")
    effects = page.locator("table.effects")
    assert effects.locator("tr", has_text="Prompt injection").inner_text().count("Recorded") == 1
    assert f"Key {name}" in effects.inner_text()
    page.locator("summary", has_text="Add a pattern or a list").click()
    page.fill("#custom-name-1", "projects")
    page.select_option("#custom-kind-1", "words")
    page.fill("#custom-text-1", "Blue Heron\nTern")
    page.select_option("#custom-action-1", "block")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "Saved" in page.text_content("#says")
    page.fill("#bench [name=text]", "what about the blue heron, mira@example.com?")
    page.get_by_role("button", name="Look", exact=True).click()
    bench = page.locator("#bench").inner_text()
    assert "Blocked" in bench and "blue heron" in bench and "Mail addresses" in bench

    def refused():
        try:
            house.gateway.chat(key, "demo/echo", "all about Blue Heron", expect=400)
            return True
        except AssertionError:
            return False

    eventually(refused, 10, "the block")
    house.gateway.chat(key, "demo/echo", "all about herons")
    bundle = page.request.get("/guardrails/policies.json").json()
    assert any(policy["scope"] == f"key:{name}" for policy in bundle["policies"])
    page.goto(f"/guardrails?scope=key:{name}")
    page.get_by_role("button", name="Leave all of it open").click()
    assert page.request.get(f"/api/policies/key:{name}").status == 404
    page.get_by_role("button", name="Undo").click()
    assert page.request.get(f"/api/policies/key:{name}").status == 200
    page.get_by_role("button", name="Leave all of it open").click()
    page.locator("summary", has_text="Import").click()
    page.fill("[name=bundle]", json.dumps(bundle))
    page.get_by_role("button", name="See what would change").click()
    assert f"new: Key {name}" in page.text_content("main")
    assert page.request.get(f"/api/policies/key:{name}").status == 404
    page.get_by_role("button", name="Import", exact=True).click()
    assert page.request.get(f"/api/policies/key:{name}").status == 200
    page.fill("[name=bundle]", "{ nothing")
    page.get_by_role("button", name="Import", exact=True).click()
    assert "no export of policies" in page.text_content("main")
    page.goto(f"/guardrails?scope=key:{name}")
    page.get_by_role("button", name="Leave all of it open").click()


def test_entities_have_actions_of_their_own(house, page):
    name = f"cards-{page.suffix}"
    house.gateway.make_key(name)
    page.goto(f"/guardrails?scope=key:{name}")
    page.select_option("[name=pii_enabled]", "on")
    page.locator("summary", has_text="More about Personal data").click()
    page.select_option("[name=pii_entity_CREDIT_CARD]", "block")
    page.select_option("[name=pii_entity_EMAIL_ADDRESS]", "as")
    page.fill("[name=pii_min_score]", "0.5")
    page.get_by_role("button", name="Save", exact=True).click()
    policy = page.request.get(f"/api/policies/key:{name}").json()
    assert policy["pii"]["entities"] == {"CREDIT_CARD": "block", "EMAIL_ADDRESS": ""}
    assert policy["pii"]["min_score"] == 0.5 and policy["pii"]["enabled"] is True
    page.locator("summary", has_text="More about Personal data").click()
    page.fill("[name=pii_min_score]", "7")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "refused" in page.text_content("main") and page.input_value("[name=pii_min_score]") in ("7", "7.0")
    page.goto(f"/guardrails?scope=key:{name}")
    page.get_by_role("button", name="Leave all of it open").click()


def test_savers_have_levels(house, page):
    name = f"brief-{page.suffix}"
    house.gateway.make_key(name)
    page.goto(f"/saving?scope=key:{name}")
    page.select_option("[name=caveman]", "ultra")
    page.select_option("[name=ponytail]", "lite")
    page.fill("[name=holdout]", "2.5")
    page.get_by_role("button", name="Save", exact=True).click()
    setting = page.request.get(f"/api/settings/key:{name}").json()
    assert (setting["caveman"], setting["ponytail"], setting["holdout"]) == ("ultra", "lite", 0.025)
    page.get_by_role("button", name="Undo").click()
    assert page.request.get(f"/api/settings/key:{name}").status == 404
    page.fill("[name=holdout]", "101")
    page.get_by_role("button", name="Save", exact=True).click()
    assert page.get_attribute("[name=holdout]", "aria-invalid") == "true"


def test_a_price_of_ones_own(house, page):
    """A price is set, requests cost it, it is removed and put back."""
    model = f"priced-{page.suffix}"
    page.goto("/settings")
    page.fill("#price-model", f"acme/{model}")
    page.fill("#price-input", "2")
    page.fill("#price-output", "lots")
    page.get_by_role("button", name="Set price").click()
    assert page.get_attribute("#price-output", "aria-invalid") == "true"
    page.fill("#price-output", "$10")
    page.get_by_role("button", name="Set price").click()
    house.gateway.chat(house.other_key, f"acme/{model}")

    def cost():
        rows = page.request.get(f"/api/usage?page_size=5&model={model}").json()["items"]
        return rows and rows[0]["cost_nano_usd"]

    assert eventually(cost, 10, "the cost") > 0
    page.get_by_role("button", name=f"Remove the price of acme/{model}").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name=f"Remove the price of acme/{model}")).to_have_count(1)
    page.get_by_role("button", name=f"Remove the price of acme/{model}").click()


def test_a_proxy_for_an_account(house, page):
    """A proxy is added with its credential, which nobody sees again, and an account goes through it."""
    name = f"outlet-{page.suffix}"
    page.goto("/settings")
    page.fill("#proxy-name", name)
    assert page.eval_on_selector("#proxy-url", "field => getComputedStyle(field).webkitTextSecurity") == "disc"
    page.fill("#proxy-url", "http://user:proxy-password@proxy.example.com:3128\nsocks5://second.example.com:1080")
    page.get_by_role("button", name="Add proxy").click()
    shown = page.inner_text("#proxies")
    assert name in shown and "second.example.com:1080" in shown and "proxy-password" not in page.content()
    page.goto("/providers/acme")
    item = page.locator("ul.accounts > li").first
    item.locator("summary").click()
    item.locator("[name=proxy]").select_option(label=name)
    item.get_by_role("button", name="Save").click()
    # Without TLS the proxy reads what passes: the key has to be given for it.
    item = page.locator("ul.accounts > li").first
    assert "give the key again" in item.inner_text().lower() and f"through {name}" not in item.inner_text()
    item.locator("[name=credential]").fill("sk-acme-secret")
    item.get_by_role("button", name="Save").click()
    item = page.locator("ul.accounts > li").first
    assert f"through {name}" in item.inner_text()
    item.locator("summary").click()
    item.locator("[name=proxy]").select_option("")
    item.get_by_role("button", name="Save").click()
    assert f"through {name}" not in page.locator("ul.accounts > li").first.inner_text()
    made = f"through-{page.suffix}"
    page.goto("/providers")
    page.fill("[name=name]", "Through")
    page.fill("[name=id]", made)
    page.fill("[name=url]", "https://models.example.com/v1")
    page.fill("[name=credential]", "sk-own-1234567890")
    page.click("button[value=save]")
    page.wait_for_url(f"**/providers/{made}")
    page.locator("summary", has_text="Change how it is reached").click()
    if not page.locator("#provider-proxy").is_visible():
        page.locator("summary", has_text="What few providers need").click()
    page.select_option("#provider-proxy", label=name)
    page.get_by_role("button", name="Save").last.click()
    assert page.request.get(f"/api/providers/{made}").json()["proxy"]
    page.get_by_role("button", name="Undo").click()
    assert not page.request.get(f"/api/providers/{made}").json()["proxy"]
    page.fill("#remove", made)
    page.get_by_role("button", name="Remove").last.click()
    page.wait_for_url("**/providers")
    page.goto("/settings")
    item = page.locator("#proxies li", has_text=name)
    item.locator("summary").click()
    item.locator("[name=name]").fill(name)
    item.get_by_role("button", name="Remove").click()
    expect(page.locator("#proxies li", has_text=name)).to_have_count(0)


def test_the_audit_has_it_all(house, page):
    page.goto("/audit")
    assert page.locator("table.audit tbody tr").count() >= 5
    page.get_by_role("link", name="Plans", exact=True).last.click()
    page.wait_for_url("**/audit?about=plans")
    eventually(lambda: set(page.locator("table.audit tbody tr td:nth-child(2)").all_inner_texts()) <= {
        "Saved a plan", "Removed a plan"}, 5, "plans alone")
    assert "team" in page.locator("table.audit").inner_text()

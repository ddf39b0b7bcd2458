import Contracts
import PortalCore
import Synchronization
import TestSupport
import Testing

@testable import PortalServer

@Suite("Plans and chains", .bothEngines)
struct PlanAndChainTests {
    private static let plan = [
        "name": "team", "money": "$25.50", "tokens": "2,000,000", "period": "weekly", "timezone": "+07:00", "rpm": "60",
        "tpm": "", "concurrency": "0", "alerts": "50, 80,100 %", "models": " openai/gpt-* \r\n\r\ncoding ",
        "cache": "exact", "cutoff": "on",
    ]

    @Test("A plan's form makes the plan that it says, and opens with it")
    func makesPlan() async throws {
        try await withPortal(pages: PortalPages.make) { portal in
            var browser = try await PageTests.signIn(portal)
            let made = try await browser.post("/plans", Self.plan)
            #expect(made.status == 303)
            let item = try #require(portal.peers.state.withLock { $0.plans["team"] })
            #expect(item.limitNanoUSD == 25_500_000_000)
            #expect(item.limitTokens == 2_000_000)
            #expect(item.period == "weekly")
            #expect(item.timezone == "+07:00")
            #expect(item.rpm == 60)
            #expect(item.tpm == nil)
            #expect(item.concurrency == 0)
            #expect(item.alertAt == [50, 80, 100])
            #expect(item.allowedModels == ["openai/gpt-*", "coding"])
            #expect(item.cache == "exact")
            #expect(item.hardCutoff)
            #expect(!item.strictLossless)
            let page = try await browser.get("/plans/team").text
            #expect(page.contains("value=\"$25.50\"") && page.contains("openai/gpt-*\ncoding</textarea>"))
            var again = Self.plan
            again["money"] = "1"
            #expect(try await browser.post("/plans", again).status == 409)
            #expect(portal.peers.state.withLock { $0.plans["team"] } == item)
        }
    }

    @Test(
        "What a plan's form cannot mean is said at its field",
        arguments: [("money", "a lot"), ("rpm", "-1"), ("tokens", "1e6"), ("alerts", "half"), ("name", "")]
    )
    func refusesPlan(field: String, value: String) async throws {
        try await withPortal(pages: PortalPages.make) { portal in
            var browser = try await PageTests.signIn(portal)
            var form = Self.plan
            form[field] = value
            let answer = try await browser.post("/plans", form)
            #expect(answer.status == 422)
            #expect(answer.text.contains("id=\"\(field)-error\""))
            #expect(portal.peers.state.withLock(\.plans).isEmpty)
        }
    }

    @Test("A plan that keys are on stays, and the page says why; without them it goes")
    func removesPlan() async throws {
        try await withPortal(pages: PortalPages.make) { portal in
            _ = portal.peers.makeKey("k1")
            portal.peers.state.withLock { state in
                state.plans["team"] = PlanItem(id: "team", name: "team")
                state.keys["k1"]?.plan = "team"
            }
            var browser = try await PageTests.signIn(portal)
            #expect(try await browser.get("/plans/team").text.contains("Give it another plan first"))
            let held = try await browser.post("/plans/team/delete", ["name": "team"])
            #expect(held.status == 409)
            #expect(held.text.contains("there are keys on it"))
            portal.peers.state.withLock { $0.keys["k1"]?.plan = nil }
            #expect(try await browser.post("/plans/team/delete", ["name": "other"]).status == 422)
            #expect(try await browser.post("/plans/team/delete", ["name": "team"]).status == 303)
            #expect(portal.peers.state.withLock(\.plans).isEmpty)
        }
    }

    @Test("A key's form sets its models and its strictness; a bulk act's plan leaves both")
    func strictKey() async throws {
        try await withPortal(pages: PortalPages.make) { portal in
            _ = portal.peers.makeKey("k1")
            var browser = try await PageTests.signIn(portal)
            func key() -> KeyItem? { portal.peers.state.withLock { $0.keys["k1"] } }
            _ = try await browser.post("/keys/k1/plan", ["plan": "", "models": "acme/*", "strict": "on"])
            #expect(key()?.strictLossless == true)
            #expect(key()?.allowedModels == ["acme/*"])
            #expect(try await browser.get("/keys").text.contains("lossless only"))
            _ = try await browser.post("/keys/bulk", ["id": "k1", "plan": "", "act": "plan"])
            #expect(key()?.strictLossless == true)
            _ = try await browser.post("/keys/k1/plan", ["plan": "", "models": ""])
            #expect(key()?.strictLossless == false)
            #expect(key()?.allowedModels.isEmpty == true)
        }
    }

    @Test("Targets are moved, added and dropped on the page, and saved together")
    func editsChain() async throws {
        try await withPortal(pages: PortalPages.make) { portal in
            var browser = try await PageTests.signIn(portal)
            let form = ["name": "coding", "strategy": "priority", "steps": "acme/a\nacme/b\n\nacme/c"]
            #expect(try await browser.post("/chains", form).status == 303)
            func chain() -> ChainItem? { portal.peers.state.withLock { $0.chains["coding"] } }
            #expect(chain()?.steps == ["acme/a", "acme/b", "acme/c"])
            #expect(try await browser.post("/chains", form).status == 409)
            func order(_ text: String) -> [Substring] {
                text.split(separator: "name=\"step\" value=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
            }
            let draft = "strategy=weighted&step=acme%2Fa&weight=3&step=acme%2Fb&weight=1"
            let moved = try await browser.post(raw: "/chains/coding", draft + "&act=down-1")
            #expect(moved.status == 200)
            #expect(order(moved.text) == ["acme/b", "acme/a"])
            #expect(moved.text.contains("Not saved yet"))
            let more = try await browser.post(raw: "/chains/coding", draft + "&act=more")
            #expect(order(more.text) == ["acme/a", "acme/b", ""])
            let dropped = try await browser.post(raw: "/chains/coding", draft + "&act=drop-1")
            #expect(order(dropped.text) == ["acme/b"])
            for act in ["up-1", "down-2", "drop-9", "up-0", "drop-x", "nothing"] {
                let same = try await browser.post(raw: "/chains/coding", draft + "&act=\(act)")
                #expect(order(same.text) == ["acme/a", "acme/b"], "\(act)")
            }
            #expect(chain()?.steps.count == 3)
            #expect(try await browser.post(raw: "/chains/coding", draft + "&act=save").status == 303)
            #expect(chain()?.weights == [3, 1])
            #expect(chain()?.strategy == "weighted")
            let broken = draft.replacing("weight=3", with: "weight=many")
            #expect(try await browser.post(raw: "/chains/coding", broken + "&act=save").status == 422)
            #expect(try await browser.post(raw: "/chains/coding", "strategy=cost&step=&act=save").status == 422)
            #expect(try await browser.post("/chains/coding/delete", ["name": "coding"]).status == 303)
            #expect(chain() == nil)
        }
    }

    @Test("Another name is added, removed, and put back")
    func aliases() async throws {
        try await withPortal(pages: PortalPages.make) { portal in
            var browser = try await PageTests.signIn(portal)
            #expect(try await browser.post("/aliases", ["alias": "", "target": "acme/a"]).status == 422)
            #expect(try await browser.post("/aliases", ["alias": "fast", "target": "acme/a"]).status == 303)
            func alias() -> AliasItem? { portal.peers.state.withLock { $0.aliases["fast"] } }
            #expect(alias()?.target == "acme/a")
            #expect(try await browser.post("/aliases/fast/delete").status == 303)
            #expect(alias() == nil)
            let undo = try #require(browser.cookies["kr_undo"]?.value)
            _ = try await browser.post("/undo", ["undo": undo, "next": "/chains"])
            #expect(alias()?.target == "acme/a")
        }
    }
}

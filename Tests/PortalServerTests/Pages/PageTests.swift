import Contracts
import Foundation
import Hummingbird
import PortalCore
import Synchronization
import TestSupport
import Testing

@testable import PortalServer

@Suite("Pages", .bothEngines)
struct PageTests {
    private static let addresses = [
        "/", "/?range=24h", "/requests", "/requests?outcome=ok&model=x&page=t", "/keys", "/providers", "/guardrails",
        "/saving",
        "/guardrails?scope=key%3Amira", "/keys?sort=-spent", "/requests?sort=cost", "/providers?sort=latency",
        "/sessions", "/audit", "/audit?about=keys", "/settings", "/welcome/connect", "/welcome/connect?demo=1",
        "/plans", "/plans?sort=-keys", "/plans/team",
        "/chains", "/chains?sort=how", "/chains/coding", "/usage", "/usage?by=key&of=tokens&range=30d&sort=name",
        "/usage?from=2026-11-01&to=2026-11-03&by=provider", "/usage?from=x&to=y&range=1h", "/quotas",
        "/quotas?sort=ends",
    ]

    /// A browser that is signed in on the real pages.
    static func signIn(_ portal: PortalUnderTest) async throws -> Browser {
        var browser = Browser(portal)
        func token(_ text: String) -> String {
            text.components(after: "name=\"_csrf\" value=\"").map { String($0.prefix { $0 != "\"" }) } ?? ""
        }
        browser.csrf = token(try await browser.get("/welcome").text)
        #expect(try await browser.post("/welcome/claim", ["code": portal.claimCode ?? ""]).status == 303)
        browser.csrf = token(try await browser.get("/welcome").text)
        let fields = ["password": Browser.password, "repeat": Browser.password]
        #expect(try await browser.post("/welcome/password", fields).status == 303)
        browser.csrf = token(try await browser.get("/sessions").text)
        return browser
    }

    @Test("Every page of the operator answers whole, without a word of style or script in it")
    func all() async throws {
        try await withPortal(pages: PortalPages.make) { portal in
            _ = portal.peers.makeKey("k1")
            portal.peers.state.withLock { state in
                state.plans["team"] = PlanItem(id: "team", name: "team", limitNanoUSD: 10_000_000_000)
                state.keys["k1"]?.plan = "team"
                state.chains["coding"] = ChainItem(id: "coding", steps: ["acme/m1", "demo/echo"])
                state.aliases["fast"] = AliasItem(id: "fast", target: "acme/m1")
            }
            var browser = try await Self.signIn(portal)
            for address in Self.addresses {
                let answer = try await browser.get(address)
                #expect(answer.status == 200, "\(address)")
                #expect(answer.text.contains("</body></html>"), "\(address)")
                #expect(!answer.text.contains("{{"), "\(address)")
                Self.check(answer.text, address)
            }
        }
    }

    @Test("What the gateway asks for itself has a name wherever it is told of")
    func ownRequests() async throws {
        try await withPortal(pages: PortalPages.make) { portal in
            let item = UsageItem(
                requestID: "r1",
                keyID: UsageRecord.systemKey,
                startedUS: portal.clock.nowUS - 60_000_000,
                outcome: .ok,
                provider: "acme",
                model: "m1"
            )
            portal.peers.state.withLock { $0.usage = [item] }
            var browser = try await Self.signIn(portal)
            let addresses = [
                "/", "/requests", "/requests?key=system", "/requests/r1", "/usage?by=key", "/usage?key=system",
            ]
            for address in addresses {
                let text = try await browser.get(address).text
                #expect(text.contains("KeiRouter itself"), "\(address)")
                #expect(!text.contains(">system<") && !text.contains("Key system"), "\(address)")
            }
        }
    }

    @Test("A proxy's address is typed unseen, for its password, and does not come back with a refusal")
    func proxyAddress() async throws {
        try await withPortal(pages: PortalPages.make) { portal in
            var browser = try await Self.signIn(portal)
            let field = try await browser.get("/settings").text.components(after: "<textarea id=\"proxy-url\"")
            #expect(field?.prefix { $0 != ">" }.contains("class=\"mono secret\"") == true)
            let address = "http://user:hunter2-9@proxy.example:3128"
            let refused = try await browser.post("/proxies", ["name": "office", "url": address])
            #expect(refused.status >= 400 && refused.text.contains("value=\"office\""))
            #expect(!refused.text.contains("hunter2-9"))
        }
    }

    @Test("A page whose service is away says so and stands")
    func away() async throws {
        try await withPortal(pages: PortalPages.make) { portal in
            var browser = try await Self.signIn(portal)
            portal.peers.state.withLock { $0.isMeterAway = true }
            let answer = try await browser.get("/requests")
            #expect(answer.status == 200)
            #expect(answer.text.contains("The meter does not answer"))
            #expect(try await browser.get("/nothing").status == 404)
        }
    }

    @Test("A key is made by the form, shown once, and on no other page")
    func keyOnce() async throws {
        try await withPortal(pages: PortalPages.make) { portal in
            var browser = try await Self.signIn(portal)
            let made = try await browser.post("/keys", ["name": "mira", "plan": ""])
            #expect(made.status == 200)
            #expect(made.text.contains("kr_shown_once_0123456789abcdefghijklmn"))
            for address in Self.addresses {
                #expect(!(try await browser.get(address).text.contains("kr_shown_once")), "\(address)")
            }
            let empty = try await browser.post("/keys", ["name": ""])
            #expect(empty.status == 422)
            #expect(empty.text.contains("aria-invalid=\"true\""))
        }
    }

    @Test(
        "A name of any characters is found by its address",
        arguments: ["my team", "a/b", "50% & more", "<b>'\"{{x}}#y", "größe", "%2F", "+1", "%zz"]
    )
    func names(name: String) {
        let path = PathText.segment(name)
        #expect(PathText.decoded(path[...]) == name)
        #expect(path.utf8.allSatisfy { $0 < 0x80 } && !path.contains { "/?#&+ \"'".contains($0) })
    }

    @Test("What is typed into a form comes back as text, and a credential does not come back")
    func typed() async throws {
        try await withPortal(pages: PortalPages.make) { portal in
            var browser = try await Self.signIn(portal)
            let answer = try await browser.post(
                "/providers",
                [
                    "name": SamplePages.hostile, "id": "x", "url": "https://x.example/v1", "dialect": "openai",
                    "credential": "sk-secret-typed", "act": "check",
                ]
            )
            #expect(answer.text.contains("&lt;script&gt;"))
            #expect(!answer.text.contains("<script>alert"))
            #expect(!answer.text.contains("sk-secret-typed"))
        }
    }

    @Test("Hostile texts stay text in every field that is shown", arguments: ["overview", "request", "member"])
    func hostile(page: String) async throws {
        try await withPortal(pages: Self.hostilePages) { portal in
            var browser = Browser(portal)
            let text = try await browser.get("/portal/sample/\(page)").text
            #expect(text.contains("&lt;script&gt;alert(1)"))
            #expect(!text.contains("<script>alert"))
            #expect(!text.contains("<img"))
            Self.check(text, page)
        }
    }

    @Test("A busy week fits its weight: 12 KB of HTML, packed")
    func weight() async throws {
        try await withPortal(pages: Self.plainPages) { portal in
            var browser = Browser(portal)
            for page in ["overview", "request", "member"] {
                let text = try await browser.get("/portal/sample/\(page)").text
                #expect(GZip.compressed(Array(text.utf8)).count <= 12 * 1024, "\(page)")
                try await Self.keep(page, text, &browser)
            }
        }
    }

    /// Nothing that the content policy would refuse, and one of everything that must be unique.
    private static func check(_ text: String, _ address: String) {
        #expect(!text.contains(" style="), "\(address)")
        #expect(!text.contains("<style"), "\(address)")
        #expect(!text.contains(" onclick="), "\(address)")
        #expect(
            text.components(after: "<script")?.hasPrefix(" type=\"module\" src=\"/static/portal.") == true,
            "\(address)"
        )
        #expect(text.contains("<html lang=\"en\" data-palette=\"sage-terra\""), "\(address)")
        let ids = text.split(separator: " id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
        #expect(Set(ids).count == ids.count, "\(address): an id stands twice")
    }

    private static let hostilePages: PortalService.Pages = { try samples($0, SamplePages.hostile) }
    private static let plainPages: PortalService.Pages = { try samples($0, "") }

    private static func samples(_ parts: PortalParts, _ suffix: String) throws -> PortalPageSet {
        let files = StaticFiles(fonts: nil)
        let view = PageView(templates: try Templates(), files: files, parts: parts)
        return PortalPageSet(groups: [files, SamplePages(view: view, suffix: suffix)], entry: EntryForms(view: view))
    }

    /// Writes a page and what it loads where `KEIROUTER_PAGES` says, to be looked at.
    private static func keep(_ name: String, _ text: String, _ browser: inout Browser) async throws {
        guard let folder = ProcessInfo.processInfo.environment["KEIROUTER_PAGES"] else { return }
        let manager = FileManager.default
        try manager.createDirectory(atPath: "\(folder)/static", withIntermediateDirectories: true)
        try text.write(toFile: "\(folder)/\(name).html", atomically: true, encoding: .utf8)
        for part in text.split(separator: "\"") where part.hasPrefix("/static/") {
            let file = try await browser.get(String(part))
            try file.text.write(toFile: "\(folder)\(part)", atomically: true, encoding: .utf8)
        }
    }
}

import Contracts
import PortalServer
import Synchronization
import TestSupport
import Testing

@Suite("Events", .bothEngines)
struct EventTests {
    @Test("a row is on the page within a second of its settlement")
    func live() async throws {
        try await withPortal { portal in
            var admin = Browser(portal)
            try await admin.claim()
            add(portal, "old")
            let page = try await open(admin)
            try await Poll.until("the ledger is looked at") { portal.peers.state.withLock { $0.listsOfUsage } >= 1 }
            let settled = ContinuousClock.now
            add(portal, "fresh")
            let response = try await page.body(containing: "fresh")
            // A busy machine is no reason to fail; what is measured is that no longer timer is in the way.
            #expect(settled.duration(to: .now) < .seconds(5))
            #expect(response.text.contains("event: usage\ndata: {\"request_id\":\"fresh\""))
            #expect(!response.text.contains("old"))
            #expect(try await page.body(containing: "event: figures").text.contains("\"requests\":2"))
            await page.close()
            try await Poll.until("nobody listens") {
                portal.parts.events.publish("usage", "{}")
                return portal.parts.events.listeners == 0
            }
            let looks = portal.peers.state.withLock { $0.listsOfUsage }
            try await Task.sleep(for: .milliseconds(1200))
            #expect(portal.peers.state.withLock { $0.listsOfUsage } <= looks + 1)
        }
    }

    @Test("a page that comes back has what it missed, or hears that it cannot")
    func resume() async throws {
        try await withPortal { portal in
            var admin = Browser(portal)
            try await admin.claim()
            let first = try await open(admin)
            _ = try await first.body(containing: "retry")
            // Another listener keeps the feed alive meanwhile.
            let other = try await open(admin)
            _ = try await other.body(containing: "retry")
            portal.parts.events.publish("usage", "{\"n\":1}")
            let seen = try await first.body(containing: "{\"n\":1}")
            let id = try #require(seen.text.components(after: "id: ")?.prefix { $0 != "\n" }.description)
            await first.close()
            portal.parts.events.publish("usage", "{\"n\":2}")
            let back = try await open(admin, last: id)
            let text = try await back.body(containing: "{\"n\":2}").text
            #expect(!text.contains("{\"n\":1}"))
            #expect(!text.contains("resync"))
            let lost = try await open(admin, last: "0000-7")
            #expect(try await lost.body(containing: "resync").text.contains("resync"))
        }
    }

    @Test("as many pages are live as may be; one more is refused clearly")
    func bounded() async throws {
        var limits = EventFeed.Limits()
        limits.listeners = 2
        try await withPortal(events: limits) { portal in
            var admin = Browser(portal)
            try await admin.claim()
            let pages = [try await open(admin), try await open(admin)]
            for page in pages { _ = try await page.body(containing: "retry") }
            let refused = try await open(admin).end()
            #expect(refused.status == 503)
            #expect(refused.header("retry-after") == "30")
            #expect(refused.text.contains("too_many_listeners"))
            await pages[0].close()
        }
    }

    @Test("a heartbeat comes, and an ended session hears no more")
    func heartbeat() async throws {
        var limits = EventFeed.Limits()
        limits.heartbeat = .milliseconds(200)
        limits.interval = .milliseconds(50)
        try await withPortal(events: limits) { portal in
            var admin = Browser(portal)
            try await admin.claim()
            let page = try await open(admin)
            _ = try await page.body(containing: ": still here")
            portal.peers.state.withLock { $0.isMeterAway = true }
            _ = try await page.body(containing: "event: stale")
            portal.peers.state.withLock { $0.isMeterAway = false }
            _ = try await page.body(containing: "event: live")
            try await admin.post("/logout")
            #expect(try await page.end().isComplete)
            try await Poll.until("nobody listens") { portal.parts.events.listeners == 0 }
        }
    }

    @Test("a decision of the guard is told in its own feed, and nobody else's")
    func decisions() async throws {
        try await withPortal { portal in
            var admin = Browser(portal)
            try await admin.claim()
            func decide(_ id: String) {
                let item = DecisionItem(
                    id: id,
                    atUS: 1,
                    requestID: "req_1",
                    direction: .inbound,
                    scope: RequestScope(tenant: "default"),
                    action: .block,
                    reason: "pii CREDIT_CARD"
                )
                portal.peers.state.withLock { $0.decisions.append(item) }
            }
            decide("gd_old")
            let other = try await open(admin)
            let page = try await open(admin, path: "/api/guard/events")
            try await Poll.until("the audit is looked at") { portal.peers.state.withLock { $0.listsOfDecisions } >= 1 }
            decide("gd_new")
            let text = try await page.body(containing: "gd_new").text
            #expect(text.contains("event: decision\ndata: {\"id\":\"gd_new\""))
            #expect(text.contains("pii CREDIT_CARD") && !text.contains("gd_old"))
            add(portal, "fresh")
            #expect(try await !other.body(containing: "fresh").text.contains("gd_new"))
            await page.close()
            await other.close()
        }
    }

    private func add(_ portal: PortalUnderTest, _ id: String) {
        portal.peers.state.withLock {
            $0.usage.append(UsageItem(requestID: id, keyID: "k1", startedUS: 1, outcome: .ok))
        }
    }

    private func open(
        _ browser: Browser,
        path: String = "/api/events",
        last: String? = nil
    ) async throws -> RawExchange {
        let exchange = try await RawExchange.connect(path: browser.portal.socket)
        let headers = last.map { [HeaderField("Last-Event-ID", $0)] } ?? []
        exchange.send(browser.request("GET", path, headers: headers))
        return exchange
    }
}

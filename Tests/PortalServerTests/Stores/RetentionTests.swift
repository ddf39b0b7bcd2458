import PortalCore
import PortalServer
import Storage
import TestSupport
import Testing

@Suite("What is kept", .bothEngines)
struct RetentionTests {
    @Test("sessions that ended and audit rows past 400 days go, the rest stays")
    func sweep() async throws {
        let folder = try TemporaryFolder()
        try await withPortal(in: folder) { portal in
            var admin = Browser(portal)
            try await admin.claim()
            portal.clock.advance(seconds: 13 * 3600)
            // Another browser: the first one's cookie would end its session before the sweep does.
            var other = Browser(portal)
            _ = try await other.login()
            #expect(try await portal.parts.sweep() == 1)
            #expect(try await portal.parts.sessions.list(.operator).count == 1)
            let before = try await portal.parts.audit.page().rows.count
            portal.clock.advance(seconds: 400 * 86_400 - 3600)
            #expect(try await portal.parts.sweep() == 1 + before - 1)
            #expect(try await portal.parts.audit.page().rows.count == 1)
        }
    }
}

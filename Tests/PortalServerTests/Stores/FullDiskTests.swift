import Contracts
import TestSupport
import Testing

/// A store that has no room left: who is signed in stays so, who comes is told, and it passes.
@Suite("A full disk")
struct FullDiskTests {
    @Test("sign-ins are refused as unavailable, sessions and password are kept")
    func passing() async throws {
        let folder = try TemporaryFolder()
        try await withPortal(in: folder, maximumPages: 24) { portal in
            let key = portal.peers.makeKey("k")
            var admin = Browser(portal)
            try await admin.claim()
            var first = Browser(portal, area: "open", peer: "10.9.9.9")
            #expect(try await first.memberLogin(key).status == 303)
            var refused: RawResponse?
            for number in 0..<4000 where refused == nil {
                // Sign-ins are limited for each address.
                var next = Browser(portal, area: "open", peer: "10.0.\(number / 200).\(number % 200 + 1)")
                let response = try await next.memberLogin(key)
                if response.status != 303 { refused = response }
            }
            #expect(refused?.status == 503)
            #expect(portal.log.lines.contains { $0.contains("no space left") })
            #expect(try await first.get("/portal").text.contains("own page of k"))
            #expect(try await admin.get("/").text.contains("overview"))
        }
        try await withPortal(in: folder) { portal in
            let key = portal.peers.makeKey("k")
            var admin = Browser(portal)
            #expect(try await admin.login().status == 303)
            var member = Browser(portal, area: "open", peer: "10.9.9.9")
            #expect(try await member.memberLogin(key).status == 303)
        }
    }
}

import Contracts
import JSON
import Synchronization
import TestSupport
import Testing

extension Integration {
    /// The data folder on a disk that fills up: spool, meter and portal say so, and lose nothing.
    @Suite("A full disk", .enabled(if: SmallDisk.isAvailable, "a small disk takes the right to mount"))
    struct FullDiskTests {
        private static let secret = GatewaySetup.secret("full")
        private static let clients = 8
        private static let browser = [HeaderField("Host", "localhost"), HeaderField("Accept", "text/html")]

        /// What clients were answered.
        private final class Answers: Sendable {
            private let state = Mutex<(served: Set<String>, refused: [RawResponse])>(([], []))

            var served: Set<String> { state.withLock { $0.served } }
            var refused: [RawResponse] { state.withLock { $0.refused } }

            func add(_ response: RawResponse) {
                state.withLock { state in
                    if response.status == 200 {
                        state.served.insert(response.requestID ?? "")
                    } else {
                        state.refused.append(response)
                    }
                }
            }
        }

        private func ask(_ gateway: Gateway) async throws -> RawResponse {
            let body = Gateway.body(.openAI, model: "acme/plain")
            return try await gateway.send(Gateway.chat(.openAI, key: Self.secret, body: body))
        }

        /// The usage portal's form, sent with the key.
        private func signIn(_ gateway: Gateway) async throws -> RawResponse {
            let page = try await gateway.send(RawRequest("GET", "/portal", headers: Self.browser))
            let field = "name=\"_csrf\" value=\""
            let start = try #require(ByteSearch.first(page.body, field), "the page has no form")
            let rest = page.body[(start + field.utf8.count)...]
            let token = String(decoding: rest.prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
            let cookies = page.headers.filter { $0.name.lowercased() == "set-cookie" }
                .map { String($0.value.prefix { $0 != ";" }) }
            let headers = [
                HeaderField("Content-Type", "application/x-www-form-urlencoded"),
                HeaderField("Cookie", cookies.joined(separator: "; ")),
            ]
            let form = Array("_csrf=\(token)&key=\(Self.secret)".utf8)
            return try await gateway.send(RawRequest("POST", "/portal", headers: Self.browser + headers, body: form))
        }

        @Test(
            "requests are refused once nothing can be kept of them, and all that was answered is booked",
            .timeLimit(.minutes(5))
        )
        func whole() async throws {
            let mock = try await MockProvider.start()
            var setup = GatewaySetup(
                providers: [.init("acme", .openAI, mock, credentials: ["sk-acme"])],
                keys: [.init("full", Self.secret, plan: "full")]
            )
            setup.plans = ["{ name: full, limit_usd: 1000, period: total, concurrency: 0, rpm: 0, tpm: 0 }"]
            setup.prices = ["{ model: \"acme/*\", input: 1, output: 10 }"]
            setup.diskBytes = 24 << 20
            let gateway = try await Gateway.start(setup, supervised: true)
            let disk = try #require(gateway.disk)
            try await Poll.until("the portal answers", deadline: .seconds(30)) {
                try await gateway.send(RawRequest("GET", "/portal", headers: Self.browser)).status == 200
            }
            #expect(try await signIn(gateway).status == 303)
            let answers = Answers()
            try disk.fill()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.clients {
                    group.addTask {
                        for _ in 0..<2500 where answers.refused.isEmpty { answers.add(try await ask(gateway)) }
                    }
                }
                try await group.waitForAll()
            }
            let refusal = try #require(answers.refused.first, "no request was refused on a full disk")
            #expect(refusal.status == 503)
            #expect(refusal.json?["error"]?["message"]?.string?.contains("cannot keep account") == true)
            #expect(refusal.header("retry-after") != nil)
            #expect(try await gateway.send(RawRequest("GET", "/healthz")).status == 200)
            #expect(gateway.log.contains("the spool takes no more") && gateway.log.contains("settlement failed"))
            #expect(gateway.log.contains("No space left on device"))
            // The portal's pages have room in their log still, or say that they have none; nothing else.
            let full = try await signIn(gateway)
            #expect(full.status == 303 || full.status == 503)
            disk.empty()
            try await Poll.until("a request is served again", deadline: .seconds(30)) {
                let response = try await ask(gateway)
                answers.add(response)
                return response.status == 200
            }
            #expect(try await signIn(gateway).status == 303)
            try await gateway.waitUntilIdle(key: "full", deadline: .seconds(60))
            let rows = try await gateway.ledger()
            let booked = Set(rows.filter { $0.outcome == .ok }.map(\.requestID))
            #expect(answers.served.count > 100 && answers.served.subtracting(booked).isEmpty)
            #expect(rows.count == Set(rows.map(\.requestID)).count)
            let refused = Set(answers.refused.compactMap(\.requestID))
            #expect(rows.filter { refused.contains($0.requestID) }.allSatisfy { ($0.costNanoUSD ?? 0) == 0 })
            try await gateway.stop()
            await mock.stop()
        }
    }
}

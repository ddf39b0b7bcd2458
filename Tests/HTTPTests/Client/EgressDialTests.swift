import HTTP
import NIOCore
import Testing

@Suite("Egress while dialing", .timeLimit(.minutes(2)))
struct EgressDialTests {
    @Test(
        "hosts that are or resolve to this machine are refused, however they are spelled",
        arguments: [
            "127.0.0.1", "localhost", "0x7f.1", "2130706433", "0177.0.0.1", "127.1", "0", "0.0.0.0", "::1",
            "::ffff:127.0.0.1",
        ]
    )
    func spellings(host: String) async throws {
        let server = try await RawServer.start {
            try await $0.answerAll("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        }
        try await withClient(egress: EgressPolicy()) { client async throws in
            let failure = await client.failure(from: UpstreamOrigin(scheme: .http, host: host, port: server.port))
            #expect(failure == .refusedByPolicy("a loopback address"))
        }
        #expect(server.connections == 0)
        await server.stop()
    }

    @Test("the address that was judged is the one dialed: a name that changes in between gains nothing")
    func rebinding() async throws {
        let server = try await RawServer.start {
            try await $0.answerAll("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        }
        let lookups = Tally()
        try await withClient { configuration in
            configuration.resolve = { _, port in
                lookups.add()
                // Public at first sight, loopback at the second.
                return [try SocketAddress(ipAddress: lookups.count == 1 ? "192.0.2.1" : "127.0.0.1", port: port)]
            }
        } _: { client async throws in
            let failure = await client.failure(
                from: UpstreamOrigin(scheme: .http, host: "rebind.test", port: server.port)
            )
            #expect(failure == .refusedByPolicy("a special-purpose address"))
            #expect(lookups.count == 1)
        }
        #expect(server.connections == 0)
        await server.stop()
    }

    @Test("of several addresses only those allowed are dialed")
    func mixedAddresses() async throws {
        let server = try await RawServer.start {
            try await $0.answerAll("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        }
        let metadata = try SocketAddress(ipAddress: "169.254.169.254", port: server.port)
        let live = try SocketAddress(ipAddress: "127.0.0.1", port: server.port)
        try await withClient {
            $0.resolve = { _, _ in [metadata, live] }
        } _: { client async throws in
            #expect(
                try await client.text(from: UpstreamOrigin(scheme: .http, host: "mixed.test", port: server.port))
                    == "ok"
            )
        }
        await server.stop()
    }

    @Test("a declared host may be loopback, but only on its port")
    func declared() async throws {
        let server = try await RawServer.start {
            try await $0.answerAll("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        }
        let policy = EgressPolicy(declared: [HostPort(host: "localhost", port: server.port)])
        try await withClient(egress: policy) { client async throws in
            #expect(
                try await client.text(from: UpstreamOrigin(scheme: .http, host: "localhost", port: server.port)) == "ok"
            )
            let other = await client.failure(from: UpstreamOrigin(scheme: .http, host: "localhost", port: 1))
            #expect(other == .refusedByPolicy("a loopback address"))
        }
        await server.stop()
    }

    @Test("a name without an address")
    func unknownName() async throws {
        try await withClient {
            $0.resolve = { _, _ in [] }
        } _: { client async throws in
            let failure = await client.failure(from: UpstreamOrigin(scheme: .http, host: "nowhere.test", port: 80))
            #expect(failure == .resolveFailed)
        }
    }
}

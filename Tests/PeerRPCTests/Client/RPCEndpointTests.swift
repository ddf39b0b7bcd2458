import PeerRPC
import Testing

@Suite("Endpoints")
struct RPCEndpointTests {
    @Test(
        "the four forms are read",
        arguments: [
            "unix:///run/keirouter/meter.sock", "unix:///run/keirouter/guard/*.sock", "unix:///a?.sock",
            "tcp://localhost:7000", "tcp://[::1]:7000", "tls://guard.example.com:443", "tls://10.0.0.1:65535",
        ]
    )
    func forms(text: String) throws {
        #expect(try RPCEndpoint.parse(text).description == text)
    }

    @Test(
        "what names no server is refused",
        arguments: [
            "", "meter.sock", "http://localhost:80", "unix://relative.sock", "unix:///", "unix:///run/",
            "unix:///*/a.sock",
            "tcp://localhost", "tcp://:80", "tcp://localhost:0", "tcp://localhost:65536", "tcp://::1:80", "tls://a b:1",
            "tcp://user@host:1", "unix:///" + String(repeating: "a", count: 103),
        ]
    )
    func refused(text: String) {
        #expect(throws: RPCEndpointError.self) { try RPCEndpoint.parse(text) }
    }

    @Test("the longest path of a socket has 103 bytes")
    func pathLength() throws {
        #expect(throws: Never.self) { try RPCEndpoint.parse("unix:///" + String(repeating: "a", count: 102)) }
    }
}

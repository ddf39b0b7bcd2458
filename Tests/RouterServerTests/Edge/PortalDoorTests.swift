import Bootstrap
import NIOHTTP1
import TestSupport
import Testing

@testable import RouterServer

/// Which paths are whose, and which fields go on.
@Suite("The portal's doors")
struct PortalDoorTests {
    @Test(
        "what is for anybody is exactly that",
        arguments: [
            ("/portal", PortalArea.open), ("/portal/", .open), ("/portal/logout", .open), ("/static/app.1f.css", .open),
            ("/", .admin), ("/portals", .admin), ("/static", .admin), ("/keys", .admin), ("/api/keys", .admin),
            ("/portal/../keys", .admin), ("/portal/%2e%2e/keys", .admin), ("/static/..%2fkeys", .admin),
            ("/static//keys", .admin), ("/portal\\..\\keys", .admin), ("/Portal", .admin), ("", .admin),
        ]
    )
    func areas(path: String, area: PortalArea) {
        #expect(PortalArea(path: path[...]) == area)
    }

    @Test(
        "the client API's paths are not the portal's",
        arguments: [
            ("/v1", true), ("/v1/nothing", true), ("/v1beta/models", true), ("/v2", true), ("/v", false),
            ("/vault", false), ("/", false), ("/api/v1", false),
        ]
    )
    func clientAPI(path: String, isAPI: Bool) {
        #expect(PortalArea.isClientAPI(path[...]) == isAPI)
    }

    @Test("no field of the router's own comes from outside, and none of a connection goes on")
    func headers() {
        let sent: HTTPHeaders = [
            "Host": "localhost", "X-KeiRouter-Area": "admin", "x-keirouter-peer": "127.0.0.1",
            "X-KEIROUTER-SCHEME": "https",
            "x-keirouter-anything": "1", "Connection": "keep-alive, X-Secret-Hop", "x-secret-hop": "1",
            "Upgrade": "h2c",
            "TE": "trailers", "Transfer-Encoding": "chunked", "Content-Length": "5", "Expect": "100-continue",
            "Cookie": "kr_session=abc", "X-Forwarded-For": "1.2.3.4",
        ]
        let forwarded = PortalHeaders.forwarded(
            sent,
            area: .open,
            origin: RequestOrigin(peer: "192.0.2.7", isSecure: false)
        )
        #expect(
            forwarded.map { "\($0.name.lowercased()): \($0.value)" } == [
                "cookie: kr_session=abc", "x-forwarded-for: 1.2.3.4", "x-keirouter-area: open",
                "x-keirouter-peer: 192.0.2.7", "x-keirouter-scheme: http",
            ]
        )
    }
}

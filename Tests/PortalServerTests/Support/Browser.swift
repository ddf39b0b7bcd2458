import JSON
import PortalCore
import TestSupport

/// A browser as the portal sees it: keeps cookies by path and sends the token of the page it read last.
struct Browser: Sendable {
    let portal: PortalUnderTest
    var area = "admin"
    var peer = "127.0.0.1"
    var scheme = "http"
    var cookies: [String: (value: String, path: String)] = [:]
    var csrf = ""
    /// The `Set-Cookie` lines of the last answer.
    var set: [String] = []

    init(_ portal: PortalUnderTest, area: String = "admin", peer: String = "127.0.0.1") {
        self.portal = portal
        self.area = area
        self.peer = peer
    }

    static let password = "correct horse battery"

    // MARK: Requests

    @discardableResult
    mutating func get(_ path: String, headers: [HeaderField] = []) async throws -> RawResponse {
        let response = try await send("GET", path, headers: [HeaderField("Accept", "text/html")] + headers)
        if let token = response.text.components(after: "csrf=")?.prefix(while: { $0 != " " }), !token.isEmpty {
            csrf = String(token)
        }
        return response
    }

    @discardableResult
    mutating func post(
        _ path: String,
        _ fields: [String: String] = [:],
        csrf token: String? = nil,
        headers: [HeaderField] = []
    ) async throws -> RawResponse {
        let body = fields.sorted { $0.key < $1.key }.map { "\(Self.encode($0.key))=\(Self.encode($0.value))" }
            .joined(separator: "&")
        return try await post(raw: path, body, csrf: token, headers: headers)
    }

    /// A form whose fields are encoded already: for those that are sent several times.
    @discardableResult
    mutating func post(
        raw path: String,
        _ fields: String,
        csrf token: String? = nil,
        headers: [HeaderField] = []
    ) async throws -> RawResponse {
        let body = fields + (fields.isEmpty ? "" : "&") + "_csrf=" + Self.encode(token ?? csrf)
        let usual = [
            HeaderField("Accept", "text/html"), HeaderField("Content-Type", "application/x-www-form-urlencoded"),
        ]
        return try await send("POST", path, headers: usual + headers, body: Array(body.utf8))
    }

    /// A call of the API; a write carries the session's token.
    mutating func api(
        _ method: String,
        _ path: String,
        json: String? = nil,
        headers: [HeaderField] = []
    ) async throws -> RawResponse {
        var all = [HeaderField("Accept", "application/json")]
        if method != "GET" { all.append(HeaderField("X-CSRF-Token", csrf)) }
        if json != nil { all.append(HeaderField("Content-Type", "application/json")) }
        return try await send(method, path, headers: all + headers, body: Array((json ?? "").utf8))
    }

    mutating func send(
        _ method: String,
        _ path: String,
        headers: [HeaderField] = [],
        body: [UInt8] = []
    ) async throws -> RawResponse {
        let response = try await portal.send(request(method, path, headers: headers, body: body))
        set = response.headers.filter { $0.name.lowercased() == "set-cookie" }.map(\.value)
        for line in set { keep(line) }
        return response
    }

    func request(
        _ method: String,
        _ path: String,
        headers: [HeaderField] = [],
        body: [UInt8] = []
    ) -> RawRequest {
        var all = [
            HeaderField("X-KeiRouter-Area", area), HeaderField("X-KeiRouter-Peer", peer),
            HeaderField("X-KeiRouter-Scheme", scheme),
        ]
        let sent = cookies.filter { path.hasPrefix($0.value.path) }.map { "\($0.key)=\($0.value.value)" }.sorted()
        if !sent.isEmpty { all.append(HeaderField("Cookie", sent.joined(separator: "; "))) }
        return RawRequest(method, path, headers: all + headers, body: body)
    }

    private mutating func keep(_ line: String) {
        let parts = line.split(separator: ";").map { $0.drop { $0 == " " } }
        guard let pair = parts.first?.split(separator: "=", maxSplits: 1), let name = pair.first else { return }
        let path = parts.first { $0.lowercased().hasPrefix("path=") }.map { String($0.dropFirst(5)) } ?? "/"
        if parts.contains(where: { $0.lowercased() == "max-age=0" }) {
            cookies[String(name)] = nil
        } else {
            cookies[String(name)] = (pair.count > 1 ? String(pair[1]) : "", path)
        }
    }

    private static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }

    // MARK: Ways in

    /// Claims the portal and sets the password; signed in afterwards.
    mutating func claim() async throws {
        try await get("/welcome")
        guard let code = portal.claimCode else { throw TestSupportError("no claim code in the log") }
        try await expect(303, try await post("/welcome/claim", ["code": code]))
        try await get("/welcome")
        let fields = ["password": Self.password, "repeat": Self.password]
        try await expect(303, try await post("/welcome/password", fields))
        try await get("/")
    }

    mutating func login(_ password: String = Browser.password) async throws -> RawResponse {
        try await get("/login")
        let response = try await post("/login", ["password": password])
        if response.status == 303 { try await get("/") }
        return response
    }

    mutating func memberLogin(_ key: String) async throws -> RawResponse {
        try await get("/portal")
        let response = try await post("/portal", ["key": key])
        if response.status == 303 { try await get("/portal") }
        return response
    }

    private func expect(_ status: Int, _ response: RawResponse) async throws {
        guard response.status == status else {
            throw TestSupportError("expected \(status), came \(response.status) \(response.text.prefix(300))")
        }
    }
}

import Crypto

/// Signs requests to Amazon Web Services.
///
/// Source: "AWS Signature Version 4 for API requests" in the AWS Identity and Access Management user guide.
package struct AmazonSignature: Sendable {
    private static let algorithm = "AWS4-HMAC-SHA256"

    private let credential: AmazonCredential
    private let service: String

    /// - Parameters:
    ///   - credential: Who signs, and for which region.
    ///   - service: The service's name in signatures, such as `bedrock`.
    package init(_ credential: AmazonCredential, service: String) {
        self.credential = credential
        self.service = service
    }

    /// The headers that make a request a signed one.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: The path as it is sent, percent-encoded, with its query.
    ///   - headers: The headers that are signed beside those made here; `host` must be among them.
    ///   - body: The whole body.
    ///   - stamp: Now, as `20150830T123600Z`; a signature is good for some minutes.
    /// - Returns: `x-amz-date`, `authorization`, and `x-amz-security-token` for a temporary credential.
    package func headers(
        _ method: String,
        _ target: String,
        headers: [(name: String, value: String)],
        body: some Sequence<UInt8>,
        at stamp: String
    ) -> [(name: String, value: String)] {
        let day = String(stamp.prefix(8))
        var added = [(name: "x-amz-date", value: stamp)]
        if let token = credential.sessionToken { added.append(("x-amz-security-token", token)) }
        var digest = SHA256()
        digest.update(data: Array(body))
        let signed = Self.canonical(headers + added)
        let names = signed.map(\.name).joined(separator: ";")
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let request = [
            method, Self.path(parts.first ?? ""), Self.query(parts.count > 1 ? parts[1] : ""),
            signed.map { "\($0.name):\($0.value)\n" }.joined(), names, Self.hex(digest.finalize()),
        ].joined(separator: "\n")
        let scope = "\(day)/\(credential.region)/\(service)/aws4_request"
        let text = [
            Self.algorithm, stamp, scope, Self.hex(SHA256.hash(data: Array(request.utf8))),
        ].joined(separator: "\n")
        let signature = Self.hex(Self.code(text, key: key(day: day)))
        let credit = "Credential=\(credential.accessKeyID)/\(scope)"
        added.append(("authorization", "\(Self.algorithm) \(credit), SignedHeaders=\(names), Signature=\(signature)"))
        return added
    }

    private func key(day: String) -> SymmetricKey {
        var key = SymmetricKey(data: Array("AWS4\(credential.secretAccessKey)".utf8))
        for part in [day, credential.region, service, "aws4_request"] {
            key = SymmetricKey(data: Self.code(part, key: key))
        }
        return key
    }

    private static func code(_ text: String, key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    // MARK: The canonical request

    /// Names in lower case and order, values without needless spaces.
    private static func canonical(_ headers: [(name: String, value: String)]) -> [(name: String, value: String)] {
        let plain = headers.map { header -> (name: String, value: String) in
            (header.name.lowercased(), header.value.split(separator: " ").joined(separator: " "))
        }
        return plain.sorted { $0.name < $1.name }
    }

    /// Each step of the path encoded once more, as every service but storage wants it.
    private static func path(_ path: Substring) -> String {
        guard !path.isEmpty else { return "/" }
        return encoded(path.utf8)
    }

    private static func query(_ query: Substring) -> String {
        let fields = query.split(separator: "&").map { field -> (name: String, value: String) in
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        return fields.sorted { ($0.name, $0.value) < ($1.name, $1.value) }.map { "\($0.name)=\($0.value)" }
            .joined(separator: "&")
    }

    private static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.append(byte)
            case UInt8(ascii: "/"): out.append(byte)
            default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}

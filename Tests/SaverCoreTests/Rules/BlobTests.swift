import Foundation
import SaverCore
import Testing

/// Base64 and hexadecimal go; what looks like them stays.
@Suite("Blobs")
struct BlobTests {
    private static func letters(_ count: Int, seed: Int) -> String {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        return String((0..<count).map { _ in alphabet[Int.random(in: 0..<64, using: &random)] })
    }

    @Test("bodies go, headings and everything beside them stay")
    func pem() throws {
        let body = (1...20).map { Self.letters(64, seed: $0) }
        let lines =
            ["key of web", "-----BEGIN CERTIFICATE-----"] + body + ["-----END CERTIFICATE-----", "error: expired"]
        let saving = try #require(shrunk(lines.joined(separator: "\n")))
        #expect(saving.rule == "blobs")
        #expect(
            saving.lines.dropLast() == [
                "key of web", "-----BEGIN CERTIFICATE-----", "~ 1280 characters", "-----END CERTIFICATE-----",
                "error: expired",
            ]
        )
    }

    /// What `openssl x509 -text` prints.
    private static func certificate(_ name: String, days: (String, String), extensions: [String] = []) -> [String] {
        let bytes = { (count: Int) in (0..<count).map { String(format: "%02x", ($0 * 37 + name.count) % 256) } }
        let rows = { (indent: Int, bytes: [String]) in
            stride(from: 0, to: bytes.count, by: 15).map {
                String(repeating: " ", count: indent) + bytes[$0..<min($0 + 15, bytes.count)].joined(separator: ":")
                    + ($0 + 15 < bytes.count ? ":" : "")
            }
        }
        return [
            "Certificate:", "    Data:", "        Version: 3 (0x2)", "        Serial Number:",
            "            \(bytes(20).joined(separator: ":"))", "        Signature Algorithm: ecdsa-with-SHA256",
            "        Issuer: C = SE, O = Example Trust, CN = Example R3", "        Validity",
            "            Not Before: \(days.0)", "            Not After : \(days.1)", "        Subject: CN = \(name)",
            "        Subject Public Key Info:", "            Public Key Algorithm: id-ecPublicKey",
            "                Public-Key: (256 bit)", "                pub:",
        ] + rows(20, bytes(61)) + [
            "                ASN1 OID: prime256v1", "                NIST CURVE: P-256", "        X509v3 extensions:",
            "            X509v3 Key Usage: critical", "                Digital Signature",
            "            X509v3 Subject Key Identifier: ", "                \(bytes(20).joined(separator: ":"))",
            "            X509v3 Authority Key Identifier: ",
            "                keyid:\(bytes(20).joined(separator: ":"))",
            "            X509v3 Subject Alternative Name: ", "                DNS:\(name), DNS:www.\(name)",
        ] + extensions + ["    Signature Algorithm: ecdsa-with-SHA256", "    Signature Value:"] + rows(8, bytes(71)) + [
            "-----BEGIN CERTIFICATE-----"
        ] + (1...9).map { letters(64, seed: $0 + name.count) } + ["-----END CERTIFICATE-----"]
    }

    @Test("of a certificate stay names, dates, algorithms and uses, a field to a line, once where they are the same")
    func certificates() throws {
        let from = "Nov  3 12:00:00 2026 GMT"
        let lines =
            Self.certificate("a.example.com", days: (from, "Feb  1 12:00:00 2027 GMT"))
            + Self.certificate("api.example.com", days: (from, "Mar  9 08:30:00 2027 GMT"))
            + ["error 10 at 0 depth lookup: certificate has expired"]
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "openssl x509 -text"))
        #expect(
            saving.lines.dropLast() == [
                "Certificate:", "Signature Algorithm: ecdsa-with-SHA256",
                "Issuer: C = SE, O = Example Trust, CN = Example R3", "Not Before: Nov 3 2026",
                "Not After : Feb  1 12:00:00 2027 GMT", "Subject: CN = a.example.com",
                "Public Key Algorithm: id-ecPublicKey (256 bit), ASN1 OID: prime256v1, NIST CURVE: P-256",
                "Key Usage: critical, Digital Signature",
                "Subject Alternative Name: DNS:a.example.com, DNS:www.a.example.com", "Certificate:",
                "Not After : Mar  9 08:30:00 2027 GMT", "Subject: CN = api.example.com",
                "Subject Alternative Name: DNS:api.example.com, DNS:www.api.example.com",
                "error 10 at 0 depth lookup: certificate has expired",
            ]
        )
        #expect(saving.lines.last?.contains("what is missing is as above") == true)
    }

    @Test("a field that comes back after another value is told again, and unknown lines of a certificate stay")
    func changingCertificates() throws {
        let day = "Nov  3 12:00:00 2026 GMT"
        let ends = ["Feb  1 12:00:00 2027 GMT", "Mar  1 12:00:00 2027 GMT", "Feb  1 12:00:00 2027 GMT"]
        let lines = ends.enumerated().flatMap { index, end in
            Self.certificate(
                "n\(index).example.com",
                days: (day, end),
                extensions: ["            1.2.3.4: ", "                remark \(index)"]
            )
        }
        let saving = try #require(shrunk(lines.joined(separator: "\n")))
        #expect(saving.lines.count { $0 == "Not After : Feb  1 12:00:00 2027 GMT" } == 2)
        for index in 0..<3 { #expect(saving.lines.contains("remark \(index)")) }
        #expect(saving.lines.contains("1.2.3.4:"))
    }

    @Test("a data URI keeps its type and the text around it")
    func uri() throws {
        let line = "<img src=\"data:image/png;base64,\(Self.letters(2000, seed: 5))\" alt=\"logo\">"
        let saving = try #require(shrunk("before\n\(line)\nafter\n"))
        #expect(saving.lines[1] == "<img src=\"data:image/png;base64,(2000 characters)\" alt=\"logo\">")
    }

    @Test("paths, words and hashes are no blobs")
    func lookalikes() {
        let paths = (1...60).map {
            "usr/share/Documentation/packages/Version\($0)/examples/Makefile/Readme/Folder\($0)x"
        }
        #expect(shrunk(paths.joined(separator: "\n"))?.rule != "blobs")
        let hashes = (1...60).map { "sha\($0) \(String($0 * 7_919_317, radix: 16)) file_\($0).bin of the release" }
        #expect(shrunk(hashes.joined(separator: "\n")) == nil)
    }
}

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

import Foundation
import TestSupport
import Testing

@testable import PortalServer

@Suite("Files that pages load")
struct AssetTests {
    /// What another program reads out of the bytes.
    private func gunzip(_ bytes: [UInt8]) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let path = folder.file("x.gz")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return Array(data)
    }

    @Test("What is packed comes back whole", arguments: [0, 1, 3, 300, 70_000])
    func packing(count: Int) throws {
        var seed: UInt32 = 7
        let bytes = (0..<count).map { index -> UInt8 in
            seed = seed &* 1_664_525 &+ 1_013_904_223
            return index % 700 < 400
                ? UInt8(truncatingIfNeeded: index % 400 % 97) : UInt8(truncatingIfNeeded: seed >> 24)
        }
        #expect(try gunzip(GZip.compressed(bytes)) == bytes)
    }

    @Test(
        "Who takes gzip",
        arguments: [("gzip, br", true), ("br;q=1, gzip;q=0.5", true), ("gzip;q=0", false), ("br", false)]
    )
    func accepting(header: String, isAccepted: Bool) { #expect(GZip.isAccepted(header) == isAccepted) }

    @Test("A style sheet loses its comments and keeps its rules")
    func minifying() {
        let text = StyleSheet.minified(Array("/* a { } */\na  >  b {\n  c: d  e;\n}\n\n@media (x) { f { g: h } }".utf8))
        #expect(String(decoding: text, as: UTF8.self) == "a > b{c: d e;}@media (x){f{g: h}}")
    }

    @Test("The style sheet and the script fit their weight, packed")
    func weight() async throws {
        try await withPortal(pages: PortalPages.make) { portal in
            var browser = Browser(portal)
            let page = try await browser.get("/welcome").text
            for (name, most) in [("portal.", 12 * 1024), ("portal.", 15 * 1024)] {
                #expect(page.contains("/static/\(name)"))
                let kind = most == 12 * 1024 ? ".css" : ".js"
                let address = page.split(separator: "\"").first { $0.hasPrefix("/static/") && $0.hasSuffix(kind) }
                let path = String(try #require(address))
                let plain = try await browser.get(path)
                #expect(plain.status == 200)
                #expect(plain.headers.contains { $0.value.contains("immutable") })
                let packed = GZip.compressed(Array(plain.text.utf8))
                #expect(packed.count <= most, "\(path) has \(packed.count) bytes")
                #expect(try await browser.get("/static/portal.0000000000000000\(kind)").status == 404)
            }
        }
    }
}

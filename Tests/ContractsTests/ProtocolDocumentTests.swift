import Contracts
import Foundation
import JSON
import Testing

/// The examples of docs/guard-protocol.md are the contract's samples, and its frames are frames.
@Suite("docs/guard-protocol.md")
struct ProtocolDocumentTests {
    /// A fenced block: what stands behind the fence, and the lines.
    private struct Block {
        var label: String
        var lines: [Substring]
    }

    private static let file = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/guard-protocol.md")

    private static func blocks() throws -> [Block] {
        let text = try String(contentsOf: file, encoding: .utf8)
        var blocks: [Block] = []
        var open: Block?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("```") else {
                open?.lines.append(line)
                continue
            }
            if let block = open {
                blocks.append(block)
                open = nil
            } else {
                open = Block(label: String(line.dropFirst(3)), lines: [])
            }
        }
        #expect(open == nil, "a fence is not closed")
        return blocks
    }

    @Test("every message of guard.v1.Guard is shown as its sample")
    func messages() throws {
        var shown: Set<String> = []
        for block in try Self.blocks() where block.label.hasPrefix("json ") {
            let name = String(block.label.dropFirst(5))
            let sample = try #require(Sample.guardService.first { $0.name == name }, "there is no message \(name)")
            let text = Array(block.lines.joined(separator: "\n").utf8)
            #expect(try sample.isEqual(text), "\(name) is not its sample")
            // Also the members are shown that a reader would leave out.
            let root = try JSONDocument(text).root
            #expect(sample.members.map(\.name).allSatisfy { root[$0] != nil }, "\(name) lacks a member")
            shown.insert(name)
        }
        #expect(
            shown == [
                "InspectRequest", "InspectReply", "ScanRequest", "ScanChunk", "ScanRelease", "ScanReply", "PolicyList",
            ]
        )
    }

    @Test("a frame's length is its body's, and its body is a message of the contract")
    func frames() throws {
        let frames = try Self.blocks().filter { $0.label == "wire" }
        #expect(frames.count == 3)
        for frame in frames {
            let head = frame.lines.prefix { !$0.isEmpty }
            let body = frame.lines.dropFirst(head.count + 1).joined(separator: "\n")
            let length = try #require(head.first { $0.hasPrefix("Content-Length: ") }).dropFirst(16)
            #expect(Int(length) == body.utf8.count)
            let root = try JSONDocument(Array(body.utf8)).root
            #expect(root["jsonrpc"]?.string == "2.0" && root["id"] != nil)
            if let params = root["params"] {
                #expect(root["method"]?.string == GuardMethods.inspect.name)
                #expect(try !InspectRequest(from: params).segments.isEmpty)
            } else if let result = root["result"] {
                #expect(try InspectReply(from: result).action == .mask)
            } else {
                let code = try #require(root["error"]?["code"]?.integer)
                #expect(code == ServiceError.Code.methodNotFound.rawValue)
            }
        }
    }

    @Test("every member of the messages has its row")
    func members() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        for sample in Sample.guardService {
            for member in sample.members {
                let names = ["`\(member.name)`", "\"\(member.name)\"", "[].\(member.name)`"]
                #expect(names.contains { text.contains($0) }, "\(sample.name).\(member.name) is not described")
            }
        }
    }
}

import Foundation
import SaverCore
import Tokens

/// Tool outputs beside the tests.
enum Fixture {
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        return Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    /// The facts of an output that must not be lost.
    static func facts(_ name: String) throws -> [ArraySlice<UInt8>] {
        try bytes(name + ".keep").split(separator: .newline)
    }
}

/// The engine as the service runs it.
let engine = SaverEngine { TokenCounter.o200k.count($0) }

/// What becomes of a text.
func shrunk(_ text: String, command: String? = nil, tool: String? = "bash", isError: Bool = false) -> Saving? {
    engine.shrink(ToolResult(text: Array(text.utf8), toolName: tool, command: command, isError: isError))
}

extension Saving {
    var string: String { String(decoding: text, as: UTF8.self) }
    var percent: Int { (tokensBefore - tokensAfter) * 100 / max(1, tokensBefore) }
    var lines: [String] { string.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
}

/// A generator whose numbers depend on its seed alone.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) {
        state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

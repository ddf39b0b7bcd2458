import Dialects
import Foundation

/// Recorded-wire files beside the tests.
enum Fixture {
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        return Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    /// What a recording's upstream speaks, by its name.
    static func dialect(_ name: String) -> Dialect {
        if name.hasPrefix("responses") { return .openAIResponses }
        if name.hasPrefix("ollama") { return .ollama }
        if name.hasPrefix("cohere") { return .cohere }
        if name.hasPrefix("bedrock") { return .bedrock }
        return name.hasPrefix("openai") ? .openAIChat : .anthropicMessages
    }

    /// The frames of a recorded stream, each with its blank line.
    static func frames(_ name: String) throws -> [[UInt8]] {
        let text = String(decoding: try bytes(name), as: UTF8.self)
        return text.components(separatedBy: "\n\n").filter { !$0.isEmpty }.map { Array("\($0)\n\n".utf8) }
    }

    /// The lines of a recorded stream that has no events, as the frames that the router makes of them.
    static func lines(_ name: String) throws -> [[UInt8]] {
        try bytes(name).split(separator: 0x0A).map { Array("data: ".utf8) + $0 + [0x0A, 0x0A] }
    }
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

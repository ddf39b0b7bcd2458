import JSON

/// What a model behind Bedrock accepts, judged by its name.
struct BedrockModel: Sendable {
    private let name: ModelName
    /// Whether it is one of Anthropic's.
    let isClaude: Bool

    init(_ name: String) {
        self.name = ModelName(name)
        isClaude = AnthropicModel(name).isClaude
    }

    /// Whether it is told how hard to think, in OpenAI's words.
    var takesEffort: Bool { name.holds("gpt-oss") }

    /// Amazon's own keep what is said and not their tools; others than these and Anthropic's refuse every mark.
    var cacheMarks: ForeignParts.CacheMarks {
        if isClaude { return .everywhere }
        return name.holds("nova") ? .inTexts : .nowhere
    }
}

extension CanonicalCacheMark {
    /// Writes it as Bedrock's dialect has it: a block behind what is kept.
    func writePoint(_ blocks: inout JSONItems) {
        blocks.object { block in
            block.object("cachePoint") { point in
                point.string("type", "default")
                writeTime(&point)
            }
        }
    }
}

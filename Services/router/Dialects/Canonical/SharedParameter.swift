import JSON

/// Parameters that some dialects share and others do not have.
///
/// A reader leaves them among the extensions under the client's own name; a writer whose dialect has one takes it from
/// there, and what no writer takes is named as any other extension.
enum SharedParameter: CaseIterable {
    case seed
    case presencePenalty
    case frequencyPenalty
    case logprobs
    case topLogprobs
    case choices

    /// What the dialects call it.
    var names: [String] {
        switch self {
        case .seed: ["seed", "generationConfig.seed", "options.seed"]
        case .presencePenalty: ["presence_penalty", "generationConfig.presencePenalty", "options.presence_penalty"]
        case .frequencyPenalty:
            ["frequency_penalty", "generationConfig.frequencyPenalty", "options.frequency_penalty"]
        case .logprobs: ["logprobs", "generationConfig.responseLogprobs"]
        case .topLogprobs: ["top_logprobs", "generationConfig.logprobs"]
        case .choices: ["n", "generationConfig.candidateCount"]
        }
    }
}

extension CanonicalRequest {
    /// A shared parameter, whatever the client calls it.
    ///
    /// How many alternatives are shown of each token is told only where any are asked for.
    func shared(_ parameter: SharedParameter) -> JSONCursor? {
        if parameter == .topLogprobs, shared(.logprobs)?.boolean != true { return nil }
        return extensions.first { parameter.names.contains($0.name) }?.value
    }

    /// Whether a writer that takes shared parameters has taken this extension.
    func isShared(_ parameter: CanonicalExtension) -> Bool {
        SharedParameter.allCases.contains { $0.names.contains(parameter.name) && shared($0) != nil }
    }
}

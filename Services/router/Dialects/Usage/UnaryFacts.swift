public import Contracts
import JSON

/// What the router reads from a whole response body, which it forwards as it is.
public struct UnaryFacts: Hashable, Sendable {
    /// The provider's own count; `nil` when it gave none.
    public var usage: TokenUsage?
    /// Why the model stopped, in the provider's word.
    public var stopReason: String?
    /// Set when the body is no answer, whatever its status said: an error object, a page, half a body.
    public var fault: UpstreamFault?
    /// Output tokens by rule of thumb, for answers without a count.
    public var estimatedOutputTokens = 0

    /// Reads the body of a response with a 2xx status.
    ///
    /// One walk over the bytes; only usage, stop reason and errors are parsed.
    ///
    /// - Parameters:
    ///   - body: The whole body, valid during the call.
    ///   - dialect: What the upstream speaks.
    ///   - readsUsage: Whether the count is read.
    /// - Returns: What was found; a body that is no answer has a fault.
    public static func read(
        _ body: UnsafeRawBufferPointer,
        dialect: Dialect,
        readsUsage: Bool = true
    ) -> UnaryFacts {
        var reader = UnaryReader(dialect: dialect, scanner: ShallowScanner(body), readsUsage: readsUsage)
        return reader.read()
    }

    /// Reads a body that is held in some other collection.
    public static func read(_ body: some Collection<UInt8>, dialect: Dialect, readsUsage: Bool = true) -> UnaryFacts {
        let facts = body.withContiguousStorageIfAvailable {
            read(UnsafeRawBufferPointer($0), dialect: dialect, readsUsage: readsUsage)
        }
        return facts ?? Array(body).withUnsafeBytes { read($0, dialect: dialect, readsUsage: readsUsage) }
    }
}

/// Walks one response body.
private struct UnaryReader {
    let dialect: Dialect
    var scanner: ShallowScanner
    let readsUsage: Bool
    var facts = UnaryFacts()
    var isError = false
    /// Of Responses: how far the answer came.
    var status: Range<Int>?
    var details: Range<Int>?

    mutating func read() -> UnaryFacts {
        guard scanner.openObject() else { return malformed("the response is not a JSON object") }
        while let key = scanner.nextKey() { read(member: key) }
        guard !scanner.failed else { return malformed("the response is not complete JSON") }
        guard scanner.peek() == 0, scanner.position == scanner.bytes.count else {
            return malformed("bytes follow the response")
        }
        if dialect == .openAIResponses, facts.fault == nil, !isError { readStatus() }
        if dialect == .ollama { readOllama() }
        if dialect == .cohere, let word = facts.stopReason { facts.fault = UpstreamFault(cohere: word) }
        if isError { facts.fault = UpstreamFault.read(event: scanner.bytes) }
        return facts
    }

    /// Its counts stand beside the answer and have no object of their own.
    private mutating func readOllama() {
        guard let root = scanner.document(0..<scanner.bytes.count)?.root else { return }
        if readsUsage { facts.usage = OllamaUsage(root)?.tokens }
        facts.stopReason = root.member("done_reason")?.string
        facts.estimatedOutputTokens = ((root.member("message")?.range.count ?? 0) + 3) / 4
    }

    private mutating func read(member key: ShallowScanner.Key) {
        if scanner.matches(key, "usage") || scanner.matches(key, "usageMetadata")
            || (dialect == .cohere && scanner.matches(key, "meta"))
        {
            let range = scanner.skip()
            if readsUsage, !scanner.failed { facts.usage = usage(range) }
        } else if scanner.matches(key, "error") {
            if scanner.skipIsPresent().isPresent { isError = true }
        } else if scanner.matches(key, "object") || scanner.matches(key, "type") {
            if scanner.holds(scanner.skip(), string: "error") { isError = true }
        } else if scanner.matches(key, "stop_reason") || (dialect == .cohere && scanner.matches(key, "finish_reason")) {
            facts.stopReason = stopReason(scanner.skip())
        } else if dialect == .bedrock, scanner.matches(key, "stopReason") {
            facts.stopReason = stopReason(scanner.skip())
        } else if scanner.matches(key, dialect == .bedrock ? "output" : "message"),
            dialect == .cohere || dialect == .bedrock
        {
            facts.estimatedOutputTokens = (scanner.skip().count + 3) / 4
        } else if dialect == .openAIResponses, scanner.matches(key, "status") {
            status = scanner.skip()
        } else if dialect == .openAIResponses, scanner.matches(key, "incomplete_details") {
            details = scanner.skip()
        } else if scanner.matches(key, "content") || (dialect == .openAIResponses && scanner.matches(key, "output")) {
            facts.estimatedOutputTokens = (scanner.skip().count + 3) / 4
        } else if scanner.matches(key, "promptFeedback") {
            if let feedback = scanner.document(scanner.skip())?.root {
                facts.stopReason = feedback.member("blockReason")?.string ?? facts.stopReason
            }
        } else if scanner.matches(key, "choices") || scanner.matches(key, "candidates") {
            readChoices()
        } else {
            scanner.skip()
        }
    }

    /// Says why a response stopped; one that failed without an error is a failure all the same.
    private mutating func readStatus() {
        guard let word = status.flatMap({ stopReason($0) }) else { return }
        facts.stopReason = word
        if let details, let reason = StreamMachine.member("reason", of: details, scanner) {
            facts.stopReason = stopReason(reason) ?? word
        }
        if word == "failed" || word == "cancelled" {
            facts.fault = UpstreamFault(kind: .serverError, message: "the response has the status \(word)")
        }
    }

    private mutating func readChoices() {
        guard scanner.openArray() else {
            scanner.skip()
            return
        }
        let start = scanner.position
        while scanner.nextElement() {
            guard scanner.openObject() else {
                scanner.skip()
                continue
            }
            while let key = scanner.nextKey() {
                let isFinish = scanner.matches(key, "finish_reason") || scanner.matches(key, "finishReason")
                let range = scanner.skip()
                if isFinish, let reason = stopReason(range) { facts.stopReason = reason }
            }
        }
        facts.estimatedOutputTokens = (scanner.position - start + 3) / 4
    }

    private func stopReason(_ range: Range<Int>) -> String? {
        scanner.failed ? nil : scanner.text(range)
    }

    private func usage(_ range: Range<Int>) -> TokenUsage? {
        guard let usage = scanner.document(range)?.root, usage.kind == .object else { return nil }
        return switch dialect {
        case .openAIChat: OpenAIUsage(usage).tokens
        case .anthropicMessages: AnthropicUsage(usage).tokens
        case .gemini: GeminiUsage(usage).tokens
        case .openAIResponses: ResponsesUsage(usage).tokens
        case .cohere: CohereUsage(usage).tokens
        case .bedrock: BedrockUsage(usage).tokens
        // It has no member of this name.
        case .ollama: nil
        }
    }

    private func malformed(_ problem: String) -> UnaryFacts {
        var facts = UnaryFacts()
        facts.fault = UpstreamFault(kind: .malformed, message: problem)
        return facts
    }
}

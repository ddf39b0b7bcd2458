import Contracts
import Dialects
import JSON
import Observability
import RouterCore

/// One request while it is prepared, and what is known of it from target to target; confined to its event loop.
final class PreparationRequest {
    /// The most that a header or a record says of what fired.
    private static let firedLimit = 16

    let requestID: String
    let trace: TraceContext
    let facts: Dialects.RequestFacts
    let conversation: ConversationID
    let tenant: String
    let keyID: String
    /// What policies and settings know the key by.
    let keyName: String
    /// Whether the key's plan leaves its conversations alone.
    let isHoldout: Bool

    /// The texts, read when they are first asked for.
    private(set) lazy var segments = RequestSegments.read(facts)
    /// What the texts are known as, where that was asked for.
    var digests: TextDigests?
    /// Verdicts by what the policies are known as.
    var guarded: [MemoryKey: Result<GuardedTexts, ClientError>] = [:]
    /// Outcomes by policies and settings.
    var prepared: [MemoryKey: PreparedEdits] = [:]

    /// The strictest thing that was done; `nil` while the guard was not asked and nothing is remembered.
    private(set) var guardAction: GuardAction?
    private(set) var decisionIDs: [String] = []
    private(set) var fired: [String] = []
    /// Whether a policy stopped it.
    private(set) var isBlocked = false

    init(
        requestID: String,
        trace: TraceContext,
        facts: Dialects.RequestFacts,
        conversation: ConversationID,
        tenant: String,
        keyID: String,
        keyName: String,
        isHoldout: Bool = false
    ) {
        self.requestID = requestID
        self.trace = trace
        self.facts = facts
        self.conversation = conversation
        self.tenant = tenant
        self.keyID = keyID
        self.keyName = keyName
        self.isHoldout = isHoldout
    }

    /// What the record says; `nil` when no policy applied.
    var guardSummary: GuardSummary? {
        guardAction.map { GuardSummary(action: $0, decisionIDs: decisionIDs) }
    }

    /// The value of `X-KeiRouter-Guard`: what fired, never a text; `nil` when nothing did.
    var guardHeader: String? {
        fired.isEmpty ? nil : HeaderText.safe(fired.joined(separator: ", "))
    }

    /// Takes note of what the guard did to a text of the request or of its answer.
    func note(_ action: GuardAction, decisionID: String = "", fired labels: [String] = []) {
        guardAction = guardAction?.stricter(action) ?? action
        if action == .block { isBlocked = true }
        if !decisionID.isEmpty, decisionIDs.count < Self.firedLimit, !decisionIDs.contains(decisionID) {
            decisionIDs.append(decisionID)
        }
        for label in labels where fired.count < Self.firedLimit && !fired.contains(label) { fired.append(label) }
    }

    /// The longest schema that a guard is told.
    private static let longestSchema = 64 << 10

    /// The JSON Schema that the client asked the answer to follow, as it was written; `{}` where any JSON will do.
    private(set) lazy var answerSchema: [UInt8]? = {
        guard isStructured else { return nil }
        guard let schema = schemaMember, schema.kind == .object else { return Array("{}".utf8) }
        return schema.raw.count <= Self.longestSchema ? Array(schema.raw) : Array("{}".utf8)
    }()

    private var schemaMember: JSONCursor? {
        let root = facts.root
        if facts.dialect == .ollama { return root.member("format") }
        if facts.dialect == .gemini {
            let generation = root.member("generationConfig") ?? root.member("generation_config")
            let names: [StaticString] = [
                "responseSchema", "response_schema", "responseJsonSchema", "response_json_schema",
            ]
            return names.lazy.compactMap { generation?.member($0) }.first
        }
        for name in ["response_format", "output_format", "output_config", "text"] {
            guard let format = root[name], format.kind == .object else { continue }
            let inner = format.member("format") ?? format
            let named = inner.member("json_schema")
            if let schema = named?.member("schema") ?? inner.member("schema") ?? named { return schema }
        }
        return nil
    }

    /// Whether the answer must follow a schema.
    var isStructured: Bool {
        if facts.dialect == .gemini { return facts.asksForJSON }
        if facts.dialect == .ollama, let format = facts.root.member("format") {
            return format.kind == .object || format.equals("json")
        }
        for name in ["response_format", "output_format", "output_config", "text"] {
            guard let format = facts.root[name], format.kind == .object else { continue }
            let inner = format.member("format") ?? format
            if let type = inner.member("type"), !type.equals("text") { return true }
        }
        return false
    }
}

/// What the guard decided about the texts of one request.
struct GuardedTexts: Sendable {
    /// By the place of the text; `nil` for one that passes as it is.
    var verdicts: [RememberedVerdict?] = []
    var action = GuardAction.allow
    var decisionIDs: [String] = []
    /// Why the request goes no further, when it does not.
    var block: String?

    static let untouched = GuardedTexts()

    func verdict(_ index: Int) -> RememberedVerdict? {
        verdicts.indices.contains(index) ? verdicts[index] : nil
    }
}

import Contracts
import GuardCore
import Patterns

/// What the texts and numbers of policies may be, for edits and declarations alike.
enum PolicyRules {
    static let longestName = 100
    static let longestText = 1024
    static let mostCustom = 200
    static let mostWords = 256

    private static let actions = GuardAction.known.map(\.rawValue)

    /// A policy that can be stored.
    static func checked(_ item: PolicyItem, _ catalogue: Catalogue) throws(ServiceError) -> PolicyItem {
        guard PolicyScopeName(item.scope) != nil, isPlain(item.scope), item.scope.utf8.count <= 256 else {
            throw .invalid("scope", "expected global, provider:ID, model:ID, chain:NAME or key:NAME")
        }
        try word(item.onFailure, of: ["auto", "open", "closed"], field: "on_failure")
        if let section = item.pii { try check(section, catalogue) }
        if let section = item.injection { try check(section) }
        if let section = item.topics { try check(section) }
        if let section = item.toxicity { try check(section, .toxicity, catalogue) }
        if let section = item.bias { try check(section, .bias, catalogue) }
        if let section = item.code { try check(section, .code, catalogue) }
        if let section = item.json { try check(section) }
        guard item.custom.count <= mostCustom else { throw .invalid("custom", "at most \(mostCustom) patterns") }
        var names: Set<String> = []
        for pattern in item.custom {
            try check(pattern)
            guard names.insert(pattern.name).inserted else {
                throw .invalid("custom", "\(pattern.name) is there twice")
            }
        }
        return item
    }

    private static func check(_ section: PIISection, _ catalogue: Catalogue) throws(ServiceError) {
        try direction(section.direction, field: "pii.direction")
        try action(section.action, field: "pii.action")
        let strategies = MaskStrategy.allCases.map(\.rawValue)
        if let strategy = section.strategy { try word(strategy, of: strategies, field: "pii.strategy") }
        if let engine = section.engine {
            try word(engine, of: ["native", PlanBuilder.presidio], field: "pii.engine")
        }
        if let score = section.minScore, !(0...1).contains(score) { throw .invalid("pii.min_score", "0 to 1") }
        let known = catalogue.entities(of: .pii)
        for (entity, own) in section.entities.sorted(by: { $0.key < $1.key }) {
            // An analyzer has more, and which is its own matter.
            let isForeign = section.engine == PlanBuilder.presidio && ExternalPlan.isName(entity)
            guard known.contains(entity) || isForeign else {
                throw .invalid("pii.entities.\(entity)", "not known here; there are: \(known.joined(separator: ", "))")
            }
            if !own.isEmpty { try word(own, of: actions, field: "pii.entities.\(entity)") }
        }
    }

    private static func check(_ section: JSONSection) throws(ServiceError) {
        if let action = section.action {
            try word(action.rawValue, of: ["allow", "log_only", "warn", "block"], field: "json.action")
        }
        guard let schema = section.answerSchema else { return }
        do throws(SchemaError) {
            _ = try AnswerSchema(schema, isStrict: true)
        } catch {
            throw .invalid("json.schema", "\(error)")
        }
    }

    private static func check(_ section: InjectionSection) throws(ServiceError) {
        try direction(section.direction, field: "injection.direction")
        try action(section.action, field: "injection.action")
        guard let severity = section.severity else { return }
        try word(severity.rawValue, of: Severity.known.map(\.rawValue), field: "injection.severity")
    }

    private static func check(_ section: TopicsSection) throws(ServiceError) {
        try direction(section.direction, field: "topics.direction")
        try action(section.action, field: "topics.action")
        if let mode = section.mode { try word(mode, of: ["block", "allow"], field: "topics.mode") }
        if let engine = section.engine {
            try word(engine, of: ["keyword", PlanBuilder.embedding, PlanBuilder.hybrid], field: "topics.engine")
        }
        if let embedder = section.embedder {
            guard MeaningPlan.isEmbedder(embedder), isPlain(embedder) else {
                let most = MeaningPlan.longestEmbedder
                throw .invalid("topics.embedder", "expected provider/model, at most \(most) bytes; no chain or alias")
            }
        }
        if let threshold = section.similarityThreshold, !(0...1).contains(threshold) {
            throw .invalid("topics.similarity_threshold", "0 to 1")
        }
        try words(section.topics, field: "topics.topics")
    }

    private static func check(
        _ section: ScoredSection,
        _ detector: Detector,
        _ catalogue: Catalogue
    ) throws(ServiceError) {
        let field = detector.rawValue
        try direction(section.direction, field: "\(field).direction")
        try action(section.action, field: "\(field).action")
        if let threshold = section.threshold, !(0...100).contains(threshold) {
            throw .invalid("\(field).threshold", "0 to 100")
        }
        if let engine = section.engine {
            let engines = detector == .toxicity ? ["native", PlanBuilder.openAI] : ["native"]
            try word(engine, of: engines, field: "\(field).engine")
        }
        let known = catalogue.entities(of: detector)
        for category in section.categories where !known.contains(where: { $0.lowercased() == category.lowercased() }) {
            throw .invalid(
                "\(field).categories",
                "\(category): not known here; there are: \(known.joined(separator: ", "))"
            )
        }
    }

    private static func check(_ custom: CustomPattern) throws(ServiceError) {
        guard (1...longestName).contains(custom.name.utf8.count), isPlain(custom.name) else {
            throw .invalid("custom.name", "1 to \(longestName) bytes without control characters")
        }
        try action(custom.action, field: "custom.\(custom.name).action")
        try direction(custom.direction, field: "custom.\(custom.name).direction")
        guard custom.words.isEmpty || custom.pattern.isEmpty else {
            throw .invalid("custom.\(custom.name)", "has a pattern and words; one of the two")
        }
        guard custom.words.isEmpty else { return try check(words: custom.words, of: custom.name) }
        do {
            try PatternProbe.check(custom.pattern)
        } catch {
            throw .invalid("custom.\(custom.name).pattern", "\(error)")
        }
    }

    private static func check(words: [String], of name: String) throws(ServiceError) {
        let field = "custom.\(name).words"
        guard words.count <= WordList.most,
            words.allSatisfy({ (2...WordList.longest).contains($0.utf8.count) && isPlain($0) })
        else { throw .invalid(field, "at most \(WordList.most) of 2 to \(WordList.longest) bytes") }
        guard words.allSatisfy({ $0.contains { $0.isLetter || $0.isNumber } }) else {
            throw .invalid(field, "a word has letters or digits")
        }
    }

    // MARK: Values

    private static func direction(_ text: String?, field: String) throws(ServiceError) {
        if let text { try word(text, of: ["inbound", "outbound", "both"], field: field) }
    }

    private static func action(_ action: GuardAction?, field: String) throws(ServiceError) {
        if let action { try word(action.rawValue, of: actions, field: field) }
    }

    private static func word(_ text: String, of words: [String], field: String) throws(ServiceError) {
        guard words.contains(text) else { throw .invalid(field, "expected \(words.joined(separator: ", "))") }
    }

    private static func words(_ words: [String], field: String) throws(ServiceError) {
        guard words.count <= mostWords, words.allSatisfy({ (1...longestName).contains($0.utf8.count) && isPlain($0) })
        else { throw .invalid(field, "at most \(mostWords) entries of 1 to \(longestName) bytes") }
    }

    private static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    /// Whether something can be looked for by this text.
    static func isStorable(_ text: String) -> Bool {
        text.utf8.count <= longestText && !text.utf8.contains(0)
    }
}

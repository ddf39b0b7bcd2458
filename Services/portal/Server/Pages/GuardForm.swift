import Contracts
import PortalCore

/// A policy's form: its fields by section, and the policy that they make.
struct GuardForm {
    /// A section of the form.
    struct Section {
        let title: String
        let text: String
        /// State, direction, action.
        let fields: [FieldView]
        let more: [FieldView]
        let entities: [FieldView]
        let hasEntities: Bool
    }

    /// A pattern or list of words of the operator.
    struct Custom {
        let title: String
        let isNew: Bool
        let fields: [FieldView]
    }

    private static let switches = [("on", "On"), ("off", "Off")]
    private static let directions = [
        ("inbound", "To the provider"), ("outbound", "To the caller"), ("both", "Both ways"),
    ]
    private static let actions = [
        ("log_only", "Record"), ("warn", "Record and say so"), ("mask", "Mask"), ("block", "Block"),
    ]
    private static let strategies = [
        ("replace", "Its kind: <EMAIL_ADDRESS>"), ("redact", "One word for all: <PII>"), ("mask", "Asterisks"),
        ("hash", "A hash"), ("anonymize", "A placeholder that the answer gets back"),
    ]

    let scope: String

    private var inherit: String { scope == "global" ? "As built in" : "As for everybody" }

    private func select(
        _ name: String,
        _ label: String,
        _ choices: [(String, String)],
        _ value: String?,
        hint: String? = nil
    ) -> FieldView {
        FieldView(name, label, .select([("", inherit)] + choices), hint: hint, value: value ?? "")
    }

    private func head(
        _ name: String,
        _ enabled: Bool?,
        _ direction: String?,
        _ action: GuardAction?,
        masks: Bool = false
    ) -> [FieldView] {
        [
            select("\(name)_enabled", "State", Self.switches, enabled.map { $0 ? "on" : "off" }),
            select("\(name)_direction", "Which way", Self.directions, direction),
            select(
                "\(name)_action",
                "What is done",
                Self.actions.filter { masks || $0.0 != "mask" },
                action?.rawValue
            ),
        ]
    }

    /// The sections, filled with a policy.
    func sections(_ item: PolicyItem) -> [Section] {
        [
            personal(item.pii ?? PIISection()), injection(item.injection ?? InjectionSection()),
            topics(item.topics ?? TopicsSection()),
            scored(
                "toxicity",
                "Toxic language",
                "Harassment, hate, threats, self-harm, sexual and coarse words.",
                item.toxicity ?? ScoredSection(),
                "HARASSMENT, HATE, VIOLENCE, SELF_HARM, SEXUAL, PROFANITY"
            ),
            scored(
                "bias",
                "Biased language",
                "Answers that judge groups of people.",
                item.bias ?? ScoredSection(),
                "GENDER, ETHNIC, RELIGIOUS, AGE, POLITICAL, STATUS, GROUP"
            ),
            scored("code", "Code", "Answers with program text in them.", item.code ?? ScoredSection(), "CONTAINS_CODE"),
            json(item.json ?? JSONSection()),
        ]
    }

    private func personal(_ section: PIISection) -> Section {
        let foreign = section.entities.keys.filter { name in !GuardWords.entities.contains { $0.name == name } }
        let names = GuardWords.entities.map { ($0.name, $0.title) } + foreign.sorted().map { ($0, $0) }
        return Section(
            title: "Personal data and secrets",
            text: "Addresses, numbers, accounts, keys and passwords, before a provider sees them.",
            fields: head("pii", section.enabled, section.direction, section.action, masks: true),
            more: [
                select("pii_strategy", "How it is masked", Self.strategies, section.strategy),
                FieldView(
                    "pii_min_score",
                    "Least score",
                    hint: "0 to 1; lower finds more and errs more. Empty: \(inherit.lowercased()).",
                    value: section.minScore.map { "\($0)" }
                ),
                select(
                    "pii_engine",
                    "Who looks",
                    [("native", "The built-in detectors"), ("presidio", "Presidio too")],
                    section.engine
                ),
            ],
            entities: names.map { name, title in
                FieldView(
                    "pii_entity_\(name)",
                    title,
                    .select([("", "–"), ("as", "As above")] + Self.actions + [("allow", "Let pass")]),
                    value: section.entities[name].map { $0.isEmpty ? "as" : $0 }
                )
            },
            hasEntities: true
        )
    }

    private func injection(_ section: InjectionSection) -> Section {
        Section(
            title: "Prompt injection",
            text: "Texts that try to give the model other orders, above all what tools bring in.",
            fields: head("injection", section.enabled, section.direction, section.action),
            more: [
                select(
                    "injection_severity",
                    "From which severity",
                    [("low", "Low: more is found"), ("medium", "Medium"), ("high", "High: only what is plain")],
                    section.severity?.rawValue
                )
            ],
            entities: [],
            hasEntities: false
        )
    }

    private func topics(_ section: TopicsSection) -> Section {
        Section(
            title: "Topics",
            text: "What requests may be about, or may not.",
            fields: head("topics", section.enabled, section.direction, section.action),
            more: [
                select(
                    "topics_mode",
                    "The topics below are",
                    [("block", "Forbidden"), ("allow", "The only ones allowed")],
                    section.mode
                ),
                select(
                    "topics_engine",
                    "How they are told",
                    [
                        ("keyword", "By their words"), ("embedding", "By their meaning"),
                        ("hybrid", "By their words, else by their meaning"),
                    ],
                    section.engine
                ),
                FieldView(
                    "topics_embedder",
                    "Who tells the meaning",
                    hint: "A model that makes embeddings, as provider/model. Empty: \(inherit.lowercased()).",
                    value: section.embedder
                ),
                FieldView(
                    "topics_similarity_threshold",
                    "Least similarity",
                    hint: "0 to 1, 0.6 unless a policy says otherwise. Empty: \(inherit.lowercased()).",
                    value: section.similarityThreshold.map { "\($0)" }
                ),
                FieldView(
                    "topics_topics",
                    "Topics",
                    .area(rows: 3),
                    hint: "One a line: gambling, medical-advice, legal-advice, investment-advice, politics, weapons, "
                        + "drugs, adult-content, or words of your own.",
                    isWide: true,
                    value: section.topics.joined(separator: "\n")
                ),
            ],
            entities: [],
            hasEntities: false
        )
    }

    private func scored(
        _ name: String,
        _ title: String,
        _ text: String,
        _ section: ScoredSection,
        _ known: String
    ) -> Section {
        Section(
            title: title,
            text: text,
            fields: head(name, section.enabled, section.direction, section.action),
            more: [
                FieldView(
                    "\(name)_threshold",
                    "Least score",
                    hint: "0 to 100; lower finds more and errs more. Empty: \(inherit.lowercased()).",
                    value: section.threshold.map { "\($0)" }
                ),
                FieldView(
                    "\(name)_categories",
                    "Categories",
                    .area(rows: 2),
                    hint: "One a line: \(known). Empty: all.",
                    value: section.categories.joined(separator: "\n")
                ),
            ] + (name == "toxicity" ? [moderation(section.engine)] : []),
            entities: [],
            hasEntities: false
        )
    }

    private func moderation(_ engine: String?) -> FieldView {
        select(
            "toxicity_engine",
            "Who looks",
            [("native", "The built-in detectors"), ("openai", "A moderation endpoint too")],
            engine,
            hint: "keirouter-guard asks the endpoint that its settings name; texts leave this machine."
        )
    }

    private func json(_ section: JSONSection) -> Section {
        Section(
            title: "JSON",
            text: "Answers that are not the JSON which their request asks for.",
            fields: [
                select("json_enabled", "State", Self.switches, section.enabled.map { $0 ? "on" : "off" }),
                select("json_action", "What is done", Self.actions.filter { $0.0 != "mask" }, section.action?.rawValue),
            ],
            more: [
                select(
                    "json_buffer",
                    "Streamed answers",
                    [("on", "Held back until they are judged"), ("off", "Judged at their end")],
                    section.buffer.map { $0 ? "on" : "off" },
                    hint: "As built in: held back where it blocks."
                ),
                FieldView(
                    "json_schema",
                    "Schema of every answer",
                    .area(rows: 4),
                    hint: "A JSON Schema; {} asks for any JSON. Empty: the one that a request brings.",
                    isCode: true,
                    isWide: true,
                    value: section.answerSchema.map { String(decoding: $0, as: UTF8.self) } ?? ""
                ),
            ],
            entities: [],
            hasEntities: false
        )
    }

    /// The operator's own patterns, and room for another.
    func custom(_ item: PolicyItem) -> [Custom] {
        let blank = CustomPattern(name: "", pattern: "", action: .mask)
        return (item.custom + [blank]).enumerated().map { index, pattern in
            Custom(
                title: pattern.name.isEmpty ? "Add a pattern or a list of words" : pattern.name,
                isNew: index == item.custom.count,
                fields: Self.custom(pattern, index + 1)
            )
        }
    }

    private static func custom(_ pattern: CustomPattern, _ number: Int) -> [FieldView] {
        let isWords = !pattern.words.isEmpty
        return [
            FieldView(
                "custom_name",
                "Name",
                hint: "Decisions carry it. Empty: it goes.",
                id: "custom-name-\(number)",
                value: pattern.name
            ),
            FieldView(
                "custom_kind",
                "What is looked for",
                .select([("pattern", "A regular expression"), ("words", "Words, one a line")]),
                id: "custom-kind-\(number)",
                value: isWords ? "words" : "pattern"
            ),
            FieldView(
                "custom_text",
                "Pattern or words",
                .area(rows: 2),
                id: "custom-text-\(number)",
                isCode: true,
                isWide: true,
                value: isWords ? pattern.words.joined(separator: "\n") : pattern.pattern
            ),
            FieldView(
                "custom_direction",
                "Which way",
                .select([("", "Both ways")] + directions.filter { $0.0 != "both" }),
                id: "custom-direction-\(number)",
                value: pattern.direction == "both" ? "" : pattern.direction ?? ""
            ),
            FieldView(
                "custom_action",
                "What is done",
                .select(actions),
                id: "custom-action-\(number)",
                value: pattern.action.rawValue
            ),
        ]
    }

    /// What holds for the whole scope.
    func whole(_ item: PolicyItem) -> [FieldView] {
        [
            FieldView(
                "on_failure",
                "When the guard cannot answer",
                .select([
                    ("auto", "As strict as the policy: refuse where it masks or blocks"), ("open", "Let pass"),
                    ("closed", "Refuse"),
                ]),
                value: item.onFailure
            ),
            FieldView(
                "external",
                "Texts may leave this machine to be judged",
                .tick,
                hint: "Presidio and embeddings need it. A wider scope that forbids it is stronger.",
                value: item.allowExternalEngines ? "on" : ""
            ),
        ]
    }
}

import Contracts
import JSON
import PortalCore

extension GuardForm {
    /// The policy that a form asks for.
    ///
    /// - Parameters:
    ///   - form: What was sent.
    ///   - item: What it changes.
    ///   - problem: Takes what is wrong.
    /// - Returns: The policy, with all that could be read.
    static func policy(_ form: FormFields, over item: PolicyItem, _ problem: inout String?) -> PolicyItem {
        var policy = item
        policy.onFailure = form["on_failure"] ?? item.onFailure
        policy.allowExternalEngines = form["external"] == "on"
        policy.pii = personal(form, over: item.pii, &problem)
        policy.injection = injection(form, over: item.injection)
        policy.topics = topics(form, over: item.topics, &problem)
        policy.toxicity = scored("toxicity", "Toxic language", form, over: item.toxicity, &problem)
        policy.bias = scored("bias", "Biased language", form, over: item.bias, &problem)
        policy.code = scored("code", "Code", form, over: item.code, &problem)
        policy.json = json(form, over: item.json, &problem)
        if !form.all("custom_name").isEmpty { policy.custom = custom(form) }
        return policy
    }

    private static func text(_ form: FormFields, _ name: String) -> String? {
        form[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func enabled(_ form: FormFields, _ name: String) -> Bool? {
        ["on": true, "off": false][form["\(name)_enabled"] ?? ""]
    }

    private static func action(_ form: FormFields, _ name: String) -> GuardAction? {
        text(form, "\(name)_action").map(GuardAction.init(rawValue:))
    }

    private static func personal(_ form: FormFields, over old: PIISection?, _ problem: inout String?) -> PIISection? {
        var section = PIISection(
            enabled: enabled(form, "pii"),
            direction: text(form, "pii_direction"),
            action: action(form, "pii"),
            strategy: text(form, "pii_strategy"),
            engine: text(form, "pii_engine")
        )
        if let score = text(form, "pii_min_score") {
            section.minScore = Double(score)
            if section.minScore == nil { problem = "Personal data: the least score is a number from 0 to 1." }
        }
        let prefix = "pii_entity_"
        for name in form.names where name.hasPrefix(prefix) {
            guard let own = text(form, name) else { continue }
            section.entities[String(name.dropFirst(prefix.count))] = own == "as" ? "" : own
        }
        return old == nil && section == PIISection() ? nil : section
    }

    private static func injection(_ form: FormFields, over old: InjectionSection?) -> InjectionSection? {
        let section = InjectionSection(
            enabled: enabled(form, "injection"),
            direction: text(form, "injection_direction"),
            action: action(form, "injection"),
            severity: text(form, "injection_severity").map(Severity.init(rawValue:))
        )
        return old == nil && section == InjectionSection() ? nil : section
    }

    private static func topics(_ form: FormFields, over old: TopicsSection?, _ problem: inout String?) -> TopicsSection?
    {
        var section = TopicsSection(
            enabled: enabled(form, "topics"),
            direction: text(form, "topics_direction"),
            action: action(form, "topics"),
            mode: text(form, "topics_mode"),
            topics: FormText.lines(form["topics_topics"] ?? ""),
            engine: text(form, "topics_engine"),
            embedder: text(form, "topics_embedder")
        )
        if let threshold = text(form, "topics_similarity_threshold") {
            section.similarityThreshold = Double(threshold)
            if section.similarityThreshold == nil { problem = "Topics: the least similarity is a number from 0 to 1." }
        }
        return old == nil && section == TopicsSection() ? nil : section
    }

    private static func scored(
        _ name: String,
        _ title: String,
        _ form: FormFields,
        over old: ScoredSection?,
        _ problem: inout String?
    ) -> ScoredSection? {
        var section = ScoredSection(
            enabled: enabled(form, name),
            direction: text(form, "\(name)_direction"),
            action: action(form, name),
            categories: FormText.lines(form["\(name)_categories"] ?? ""),
            engine: text(form, "\(name)_engine")
        )
        if let threshold = text(form, "\(name)_threshold") {
            section.threshold = Counts.parse(threshold)
            if section.threshold == nil { problem = "\(title): the least score is a whole number from 0 to 100." }
        }
        return old == nil && section == ScoredSection() ? nil : section
    }

    private static func json(_ form: FormFields, over old: JSONSection?, _ problem: inout String?) -> JSONSection? {
        var section = JSONSection(
            enabled: enabled(form, "json"),
            action: action(form, "json"),
            buffer: ["on": true, "off": false][form["json_buffer"] ?? ""]
        )
        if let schema = text(form, "json_schema") {
            section.answerSchema = Array(schema.utf8)
            let isObject = (try? JSONDocument(Array(schema.utf8)).root.requireObject()) != nil
            if !isObject { problem = "JSON: the schema is an object in JSON." }
        }
        return old == nil && section == JSONSection() ? nil : section
    }

    /// Those that have a name; fields of one number belong together.
    private static func custom(_ form: FormFields) -> [CustomPattern] {
        let texts = form.all("custom_text")
        let kinds = form.all("custom_kind")
        let directions = form.all("custom_direction")
        let actions = form.all("custom_action")
        return form.all("custom_name").enumerated().compactMap { index, name in
            guard let name = FormText.lines(name).first, index < texts.count, index < kinds.count,
                index < directions.count, index < actions.count
            else { return nil }
            let isWords = kinds[index] == "words"
            return CustomPattern(
                name: name,
                pattern: isWords ? "" : FormText.lines(texts[index]).joined(),
                words: isWords ? FormText.lines(texts[index]) : [],
                direction: directions[index].isEmpty ? nil : directions[index],
                action: GuardAction(rawValue: actions[index])
            )
        }
    }
}

package import Contracts
import JSON

extension EffectivePolicy {
    /// As a policy of its own, for people to read.
    package var item: PolicyItem {
        PolicyItem(
            scope: "effective",
            onFailure: onFailure,
            allowExternalEngines: allowsExternalEngines,
            pii: pii,
            injection: injection,
            topics: topics,
            toxicity: toxicity,
            bias: bias,
            code: code,
            json: json,
            custom: custom
        )
    }
}

/// Which scope each field of a merged policy comes from.
enum Provenance {
    private static let sections = ["pii", "injection", "topics", "toxicity", "bias", "code", "json"]

    /// The scope by field, such as `pii.action` or `custom.ticket`, merged in the order given, widest first.
    static func fields(_ items: [PolicyItem]) -> [String: String] {
        var fields: [String: String] = [:]
        for item in items {
            if item.onFailure != "auto" { fields["on_failure"] = item.scope }
            // Once forbidden it stays so: the widest scope that says it is the one that holds.
            if !item.allowExternalEngines, fields["allow_external_engines"] == nil {
                fields["allow_external_engines"] = item.scope
            }
            for pattern in item.custom { fields["custom.\(pattern.name)"] = item.scope }
            for field in named(item) { fields[field] = item.scope }
        }
        return fields
    }

    /// The fields of the sections that an item sets: neither null nor empty.
    private static func named(_ item: PolicyItem) -> [String] {
        var writer = JSONWriter()
        item.write(to: &writer)
        guard let root = try? JSONDocument(writer.bytes).root else { return [] }
        var fields: [String] = []
        for section in sections {
            guard let object = root[section], object.kind == .object else { continue }
            for member in object.members {
                let isEmpty = (member.value.kind == .array || member.value.kind == .object) && member.value.count == 0
                guard !member.value.isNull, !isEmpty, let name = member.name.string else { continue }
                fields.append("\(section).\(name)")
            }
        }
        return fields
    }
}

import Mustache

/// A model's members by their names, read once.
///
/// The library reflects a value anew for every name that a template looks for, in every context around it.
struct ModelParts: MustacheParent {
    private let parts: [String: Any]

    func child(named name: String) -> Any? { parts[name] }

    /// A value as templates read it: texts, numbers and truths as they are, lists of such, and anything else by its members.
    ///
    /// - Returns: `nil` for an optional that holds nothing, which a template then looks for in what is around.
    static func value(_ value: Any) -> Any? {
        switch value {
        case let text as String: return text
        case let truth as Bool: return truth
        case let number as Int: return number
        case let parts as ModelParts: return parts
        default: return reflected(value)
        }
    }

    private static func reflected(_ value: Any) -> Any? {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.flatMap { Self.value($0.value) }
        case .collection: return mirror.children.compactMap { Self.value($0.value) }
        case .struct, .class, .tuple:
            var parts: [String: Any] = [:]
            for child in mirror.children {
                guard let label = child.label, let part = Self.value(child.value) else { continue }
                parts[label] = part
            }
            return parts.isEmpty ? value : ModelParts(parts: parts)
        default: return value
        }
    }
}

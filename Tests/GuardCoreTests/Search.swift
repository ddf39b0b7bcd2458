import Contracts
import GuardCore
import Patterns
import Synchronization

/// What tests ask of the engine.
enum Search {
    static let scope = RequestScope(tenant: "default")

    /// A keyed hash for tests.
    static let tag: Masker.Tag = { value in
        var hash = FingerprintHash()
        for byte in value { hash.add(byte) }
        return (UInt64(hash.hexadecimal, radix: 16) ?? 0, 0)
    }

    /// Plans that were made: thousands of lines are looked through with the same policy.
    private static let plans = Mutex<[PolicyItem: [Direction: PolicyBook.Prepared]]>([:])

    private static func prepared(_ item: PolicyItem, _ direction: Direction) -> PolicyBook.Prepared {
        if let known = plans.withLock({ $0[item]?[direction] }) { return known }
        let fresh = book([item]).prepared(for: scope, direction)
        plans.withLock { $0[item, default: [:]][direction] = fresh }
        return fresh
    }

    static func book(_ items: [PolicyItem]) -> PolicyBook {
        PolicyBook(items, builder: PlanBuilder())
    }

    static func pii(
        action: GuardAction = .mask,
        strategy: String? = nil,
        entities: [String: String] = [:],
        direction: String = "both"
    ) -> PolicyItem {
        PolicyItem(
            scope: "global",
            pii: PIISection(
                enabled: true,
                direction: direction,
                action: action,
                strategy: strategy,
                entities: entities
            )
        )
    }

    static func plan(_ item: PolicyItem, _ direction: Direction = .inbound) -> DetectionPlan {
        prepared(item, direction).plan
    }

    static func inspect(
        _ text: String,
        _ item: PolicyItem,
        kind: SegmentKind = .text,
        role: String = "user",
        direction: Direction = .inbound,
        lastUser: Bool = true
    ) -> InspectReply {
        let inspector = Inspector(prepared(item, direction), tag: tag)
        let segment = InspectSegment(id: 0, role: role, kind: kind, lastUser: lastUser, text: text)
        let request = InspectRequest(requestID: "r", direction: direction, scope: scope, segments: [segment])
        return inspector.inspect(request, Workbench())
    }

    /// The text after the edits.
    static func masked(_ text: String, _ item: PolicyItem, kind: SegmentKind = .text) -> String {
        apply(inspect(text, item, kind: kind).edits, to: text)
    }

    static func apply(_ edits: [TextEdit], to text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var at = 0
        for edit in edits {
            result += bytes[at..<edit.range.lowerBound]
            result += Array(edit.replacement.utf8)
            at = edit.range.upperBound
        }
        return String(decoding: result + bytes[at...], as: UTF8.self)
    }
}

import Contracts
import GuardCore
import Testing

@Suite("Policies of scopes")
struct PolicyBookTests {
    private static let full = RequestScope(tenant: "default", key: "k", chain: "c", provider: "p", model: "m")

    @Test("are merged field by field, the most specific one winning")
    func merging() {
        let book = Search.book([
            PolicyItem(
                scope: "global",
                pii: PIISection(enabled: true, direction: "inbound", action: .mask, strategy: "replace", minScore: 0.1)
            ),
            PolicyItem(scope: "provider:p", pii: PIISection(direction: "both", strategy: "redact", minScore: 0.2)),
            PolicyItem(scope: "model:m", pii: PIISection(minScore: 0.3)),
            PolicyItem(scope: "model:p/m", pii: PIISection(entities: ["EMAIL_ADDRESS": ""])),
            PolicyItem(scope: "chain:c", onFailure: "closed", pii: PIISection(action: .warn)),
            PolicyItem(scope: "key:k", pii: PIISection(action: .block, strategy: "hash")),
            PolicyItem(scope: "key:other", pii: PIISection(enabled: false)),
        ])
        let policy = book.policy(for: Self.full)
        #expect(policy.pii.enabled == true && policy.pii.direction == "both" && policy.pii.action == .block)
        #expect(
            policy.pii.strategy == "hash" && policy.pii.minScore == 0.3 && policy.pii.entities == ["EMAIL_ADDRESS": ""]
        )
        #expect(policy.onFailure == "closed")
        #expect(book.policy(for: RequestScope(tenant: "default", provider: "q", model: "m")).pii.minScore == 0.3)
        #expect(book.prepared(for: RequestScope(tenant: "default", key: "other"), .inbound).plan.isEmpty)
    }

    @Test("custom patterns add up and look both ways, one of the same name replaces")
    func custom() {
        let book = Search.book([
            PolicyItem(
                scope: "global",
                custom: [
                    CustomPattern(name: "a", pattern: "aaa", action: .mask),
                    CustomPattern(name: "b", pattern: "bbb", action: .warn),
                ]
            ),
            PolicyItem(scope: "key:k", custom: [CustomPattern(name: "a", pattern: "ccc", action: .block)]),
        ])
        for direction in Direction.known {
            let rules = book.prepared(for: Self.full, direction).plan.rules
            #expect(Set(rules.map(\.entry.pattern)) == ["bbb", "ccc"])
        }
    }

    @Test("nothing is looked for where no policy says so")
    func defaults() {
        #expect(Search.book([]).prepared(for: Self.full, .inbound).plan.isEmpty)
        let silent = Search.book([PolicyItem(scope: "global", pii: PIISection(action: .block))])
        #expect(silent.prepared(for: Self.full, .inbound).plan.isEmpty)
        let on = Search.book([PolicyItem(scope: "global", pii: PIISection(enabled: true))])
        let plan = on.prepared(for: Self.full, .inbound).plan
        #expect(plan.rules.allSatisfy { $0.action == .mask } && !plan.rules.contains { $0.entry.entity == "URL" })
        #expect(on.prepared(for: Self.full, .outbound).plan.isEmpty)
    }

    @Test("the version is that of the content")
    func version() {
        let one = PolicyItem(id: "x", scope: "global", pii: PIISection(enabled: true), declared: true, etag: "4")
        let same = PolicyItem(scope: "global", pii: PIISection(enabled: true))
        let other = PolicyItem(scope: "global", pii: PIISection(enabled: false))
        #expect(Search.book([one]).version == Search.book([same]).version)
        #expect(Search.book([one]).version != Search.book([other]).version)
        #expect(
            Search.book([same, PolicyItem(scope: "key:k")]).version
                == Search.book([PolicyItem(scope: "key:k"), same]).version
        )
    }

    @Test("the list for the router says what each scope can lead to, and exactly where there is one")
    func list() {
        let warn = PolicyItem(scope: "global", pii: PIISection(enabled: true, direction: "outbound", action: .warn))
        #expect(
            Search.book([warn]).list.scopes
                == [PolicyScope(scope: "global", directions: [.outbound], actions: [.warn])]
        )
        let key = PolicyItem(scope: "key:k", pii: PIISection(action: .block))
        #expect(
            Search.book([warn, key]).list.scopes.last
                == PolicyScope(scope: "key:k", directions: [.outbound], actions: [.block])
        )
        let off = PolicyItem(scope: "global", pii: PIISection(enabled: false))
        #expect(Search.book([off]).list.scopes == [PolicyScope(scope: "global")])
    }

    @Test("the list never says less than what an inspection finds to do")
    func listCovers() {
        var generator = SeededGenerator(state: 9)
        let scopes = ["global", "provider:p", "model:m", "chain:c", "key:k"]
        for _ in 0..<500 {
            let items = scopes.filter { _ in Bool.random(using: &generator) }.map { Self.item($0, &generator) }
            let book = Search.book(items)
            let list = book.list
            for direction in Direction.known {
                let rules = book.prepared(for: Self.full, direction).plan.rules
                guard !rules.isEmpty else { continue }
                #expect(list.scopes.contains { $0.directions.contains(direction) }, "\(items)")
                let actions = Set(list.scopes.flatMap(\.actions))
                for action in Set(rules.map(\.action)) { #expect(actions.contains(action), "\(action) of \(items)") }
            }
        }
    }

    private static func item(_ scope: String, _ generator: inout SeededGenerator) -> PolicyItem {
        func pick<Value>(_ values: [Value?]) -> Value? { (values.randomElement(using: &generator) ?? nil) }
        var item = PolicyItem(scope: scope)
        if Bool.random(using: &generator) {
            item.pii = PIISection(
                enabled: pick([nil, true, true, false]),
                direction: pick([nil, "inbound", "outbound", "both"]),
                action: pick([nil, .warn, .mask, .block])
            )
            if let own = pick([nil, nil, "", "log_only"]) { item.pii?.entities = ["EMAIL_ADDRESS": own] }
        }
        if Bool.random(using: &generator) {
            item.injection = InjectionSection(enabled: pick([nil, true]), action: pick([nil, .warn, .block]))
        }
        return item
    }
}

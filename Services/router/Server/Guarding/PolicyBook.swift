import Contracts
import RouterCore

/// What the guard's policies mean for one request in one direction.
struct GuardRules: Sendable {
    /// What happens when the guard cannot answer.
    enum Failure: String, Sendable {
        case open
        case closed
    }

    /// Whether the guard is to be asked at all.
    var isActive: Bool
    /// What the policies that apply are known as; verdicts made under the same key hold for the same text.
    var key: MemoryKey
    /// The version that verdicts must be made under to be remembered; `nil` where none is remembered.
    var version: String?
    var failure: Failure
}

/// The guard's policies as far as the router must know them; a value that is put in another's place.
struct PolicyBook: Sendable {
    private enum Source {
        /// No list has come.
        case unknown
        /// The guard has no list: it is asked every time.
        case external
        case list
    }

    private let source: Source
    private let version: String
    private let scopes: [String: PolicyScope]
    private let hash: @Sendable ([UInt8]) -> MemoryKey
    /// What applies to every request of a tenant where all policies are global, kept so that nothing is put together for
    /// each request.
    private var shared: [Direction: GuardRules]

    /// A book before the first list: everything is looked at, and nothing passes unseen.
    init(hash: @escaping @Sendable ([UInt8]) -> MemoryKey) {
        self.init(.unknown, PolicyList(version: ""), hash)
    }

    private init(_ source: Source, _ list: PolicyList, _ hash: @escaping @Sendable ([UInt8]) -> MemoryKey) {
        self.source = source
        self.hash = hash
        version = list.version
        scopes = Dictionary(list.scopes.map { ($0.scope, $0) }) { $0.merged(with: $1) }
        shared = [:]
        guard source == .list, scopes.count == 1, scopes["global"] != nil else { return }
        let scope = RequestScope(tenant: Self.commonTenant)
        shared = [.inbound: rules(.inbound, scope), .outbound: rules(.outbound, scope)]
    }

    func with(_ list: PolicyList) -> PolicyBook { PolicyBook(.list, list, hash) }
    func withoutList() -> PolicyBook { PolicyBook(.external, PolicyList(version: ""), hash) }

    /// Whether it is known what applies.
    var isKnown: Bool { source != .unknown }
    /// Whether the guard says what applies.
    var hasList: Bool { source == .list }

    func rules(_ direction: Direction, _ scope: RequestScope) -> GuardRules {
        guard source == .list else {
            // A guard that says nothing of its scopes may decide by any of them.
            let key = key(direction, scope, ScopeNames.all(scope))
            return GuardRules(isActive: true, key: key, version: nil, failure: .closed)
        }
        guard !scopes.isEmpty else { return Self.inactive }
        if scope.tenant == Self.commonTenant, let rules = shared[direction] { return rules }
        var names: [String] = []
        var failure = GuardRules.Failure.open
        var isActive = false
        for name in ScopeNames.all(scope) {
            guard let policy = scopes[name] else { continue }
            // One that does not look this way may still change what a wider one does.
            names.append(name)
            guard policy.directions.contains(direction) else { continue }
            isActive = true
            if policy.failsClosed { failure = .closed }
        }
        guard isActive else { return Self.inactive }
        return GuardRules(isActive: true, key: key(direction, scope, names), version: version, failure: failure)
    }

    private static let commonTenant = "default"

    private static let inactive = GuardRules(
        isActive: false,
        key: MemoryKey(high: 0, low: 0),
        version: nil,
        failure: .open
    )

    private func key(_ direction: Direction, _ scope: RequestScope, _ names: [String]) -> MemoryKey {
        var parts = KeyParts()
        parts.add("policy")
        parts.add(version)
        parts.add(scope.tenant)
        parts.add(direction.rawValue)
        for name in names { parts.add(name) }
        return hash(parts.bytes)
    }
}

extension PolicyScope {
    /// Whether texts must not pass unseen when the guard cannot answer.
    fileprivate var failsClosed: Bool {
        switch onFailure {
        case "open": false
        case "closed": true
        default: actions.contains { $0 == .block || $0 == .mask }
        }
    }

    /// A scope that is listed twice has what either says.
    fileprivate func merged(with other: PolicyScope) -> PolicyScope {
        var merged = self
        merged.directions += other.directions
        merged.actions += other.actions
        if failsClosed || other.failsClosed { merged.onFailure = "closed" }
        return merged
    }
}

extension GuardAction {
    /// How strict it is; `nil` for a word that this build does not know.
    var strictness: Int? { Self.known.firstIndex(of: self) }

    /// The stricter of two.
    func stricter(_ other: GuardAction) -> GuardAction {
        (other.strictness ?? -1) > (strictness ?? -1) ? other : self
    }
}

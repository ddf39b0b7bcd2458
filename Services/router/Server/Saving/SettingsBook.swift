import Contracts
import RouterCore

/// What the savers' settings mean for one request.
struct SettingsRules: Sendable {
    /// The settings that texts are made smaller under; `nil` where no saver makes any.
    var origin: SavingOrigin?
    /// The version of all settings.
    var epoch: String
    /// The settings that apply, for what is asked about them under an earlier version.
    var scopes: MemoryKey
    /// Whether a saver needs the messages around the texts.
    var wantsConversation: Bool
    /// Whether a saver may make what users write smaller too.
    var takesUserMessages: Bool
    /// How much longer it may take then.
    var patience: Duration
    /// What is added to requests.
    var directives: [AddedDirective]
    /// The share of conversations that are left alone, 0 to 1.
    var holdout: Double
}

extension SettingsRules {
    /// Takes a narrower scope's words: each in the place of a wider one's about the same saver; none takes all away.
    fileprivate mutating func add(_ words: [Directive]) {
        directives.removeAll { known in words.isEmpty || words.contains { $0.saver == known.saver } }
        directives += words.map(AddedDirective.init)
    }

    /// What is off adds nothing; of the two that ask for short answers one is enough, and code comes last.
    fileprivate mutating func settle() {
        directives.removeAll { $0.text.isEmpty }
        if directives.contains(where: { $0.saver == "caveman" }) { directives.removeAll { $0.saver == "terse" } }
        directives = directives.filter { $0.saver != "ponytail" } + directives.filter { $0.saver == "ponytail" }
    }
}

/// The savers' settings as far as the router must know them; a value that is put in another's place.
struct SettingsBook: Sendable {
    /// Savers that add instructions and touch no text.
    private static let instructing: Set<String> = ["terse", "caveman", "ponytail"]
    private static let longestPatienceMS = 60_000

    private let epoch: String
    private let scopes: [String: SaverScope]
    private let directives: [String: [Directive]]
    private let hash: @Sendable ([UInt8]) -> MemoryKey
    private let isGlobal: Bool
    private let globalKey: MemoryKey
    /// What applies to every request of the usual tenant where all settings are global; its origin lacks where one goes.
    private var common: SettingsRules?
    private static let global = ["global"]
    private static let commonTenant = "default"

    init(_ settings: SaverSettings, hash: @escaping @Sendable ([UInt8]) -> MemoryKey) {
        self.hash = hash
        epoch = settings.epoch
        scopes = Dictionary(settings.scopes.map { ($0.scope, $0) }) { first, _ in first }
        directives = settings.directivesByScope
        isGlobal = scopes.keys.allSatisfy { $0 == "global" } && directives.keys.allSatisfy { $0 == "global" }
        globalKey = Self.key(Self.commonTenant, Self.global, hash)
        if isGlobal { common = made(RequestScope(tenant: Self.commonTenant)) }
    }

    func rules(_ scope: RequestScope) -> SettingsRules {
        guard var rules = common, scope.tenant == Self.commonTenant else { return made(scope) }
        if rules.origin != nil { rules.origin = origin(rules.scopes, scope) }
        return rules
    }

    private func made(_ scope: RequestScope) -> SettingsRules {
        var rules = SettingsRules(
            origin: nil,
            epoch: epoch,
            scopes: MemoryKey(high: 0, low: 0),
            wantsConversation: false,
            takesUserMessages: false,
            patience: .zero,
            directives: [],
            holdout: 0
        )
        guard !scopes.isEmpty || !directives.isEmpty else { return rules }
        // Where all settings are global, nothing is put together to find them.
        let wanted = isGlobal ? Self.global : ScopeNames.all(scope)
        let names = wanted.filter { scopes[$0] != nil || directives[$0] != nil }
        guard !names.isEmpty else { return rules }
        let isCommon = isGlobal && scope.tenant == Self.commonTenant
        rules.scopes = isCommon ? globalKey : Self.key(scope.tenant, names, hash)
        for name in names {
            if let own = scopes[name] {
                // The narrowest scope that is listed says what is on.
                let texts = own.savers.filter { !Self.instructing.contains($0) }
                rules.wantsConversation = texts.contains("headroom")
                rules.takesUserMessages = texts.contains(SaverScope.userMessages)
                rules.patience = .milliseconds(min(max(0, own.patienceMS), Self.longestPatienceMS))
                rules.origin = texts.isEmpty ? nil : origin(rules.scopes, scope)
                rules.holdout = own.holdout
            }
            if let own = directives[name] { rules.add(own) }
        }
        rules.settle()
        return rules
    }

    private func origin(_ scopes: MemoryKey, _ scope: RequestScope) -> SavingOrigin {
        SavingOrigin(epoch: epoch, scopes: scopes, chain: scope.chain, provider: scope.provider, model: scope.model)
    }

    private static func key(
        _ tenant: String,
        _ names: [String],
        _ hash: @Sendable ([UInt8]) -> MemoryKey
    ) -> MemoryKey {
        var parts = KeyParts()
        parts.add("settings")
        parts.add(tenant)
        for name in names { parts.add(name) }
        return hash(parts.bytes)
    }
}

extension AddedDirective {
    init(_ directive: Directive) {
        self.init(saver: directive.saver, level: directive.level, text: directive.text, tokens: directive.tokens)
    }
}

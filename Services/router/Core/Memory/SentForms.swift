/// The settings that a text was first sent under: what a saver needs to make the same bytes again.
package struct SavingOrigin: Hashable, Sendable {
    /// The settings' version.
    package var epoch: String
    /// Which settings applied, see ``SettingsBook``.
    package var scopes: MemoryKey
    package var chain: String?
    package var provider: String?
    package var model: String?

    package init(epoch: String, scopes: MemoryKey, chain: String? = nil, provider: String? = nil, model: String? = nil)
    {
        self.epoch = epoch
        self.scopes = scopes
        self.chain = chain
        self.provider = provider
        self.model = model
    }
}

/// In which form a text goes out.
package enum SentForm: Hashable, Sendable {
    /// As the client wrote it, the guard's edits made.
    case original
    /// As a saver made it under these settings.
    case replaced(SavingOrigin)
}

/// What is done to a conversation as a whole, decided on its first turn.
package struct Treatment: Hashable, Sendable {
    /// Whether it is left alone altogether, as its key's plan wants.
    package var isHoldout: Bool
    /// Whether it goes without the instructions, to compare.
    package var isHeldOut: Bool
    /// The instructions that are added to it, or would be, and what each costs.
    package var directives: [AddedDirective]

    package init(isHoldout: Bool = false, isHeldOut: Bool = false, directives: [AddedDirective] = []) {
        self.isHoldout = isHoldout
        self.isHeldOut = isHeldOut
        self.directives = directives
    }
}

/// An instruction that is added to requests.
package struct AddedDirective: Hashable, Sendable {
    package var saver: String
    package var level: String
    package var text: String
    package var tokens: Int

    package init(saver: String, level: String, text: String, tokens: Int) {
        self.saver = saver
        self.level = level
        self.text = text
        self.tokens = tokens
    }
}

/// What one conversation has sent: the form of each text, by what the text is known as.
struct SentForms: Sendable {
    /// Texts that are kept of one conversation; what comes after goes out as it is.
    static let textLimit = 20_000
    /// Settings that are told apart in one conversation; the code of a form is one byte.
    static let originLimit = 250

    /// The form of each text: 0 for the original, n for replaced under `origins[n - 1]`.
    ///
    /// Half of the key is enough inside one conversation.
    private var codes: [UInt64: UInt8] = [:]
    private var origins: [SavingOrigin] = []
    private(set) var treatment: Treatment?
    /// Whether turns went out while nobody knew the settings: what they held was sent as it was.
    var hasUnseenTurns = false
    private(set) var turns = 0
    private(set) var lastUsed: ContinuousClock.Instant

    init(now: ContinuousClock.Instant) {
        lastUsed = now
    }

    /// What it costs to keep: the table may have grown to twice its content.
    var weight: Int {
        var sum = 2 * codes.count * 9 + 96
        for origin in origins { sum += 96 + origin.epoch.utf8.count }
        for directive in treatment?.directives ?? [] { sum += 64 + directive.text.utf8.count }
        return sum
    }

    var isFull: Bool { codes.count >= Self.textLimit }

    mutating func use(now: ContinuousClock.Instant) {
        turns += 1
        lastUsed = now
    }

    func form(of text: MemoryKey) -> SentForm? {
        guard let code = codes[text.low] else { return nil }
        guard code > 0, Int(code) <= origins.count else { return .original }
        return .replaced(origins[Int(code) - 1])
    }

    /// The form that a text goes out in: the one of its first sending, else this one, which is then its first.
    mutating func settle(_ text: MemoryKey, _ form: SentForm) -> SentForm {
        if let first = self.form(of: text) { return first }
        guard !isFull, let code = code(of: form) else { return .original }
        codes[text.low] = code
        return form
    }

    mutating func settle(_ treatment: Treatment) -> Treatment {
        if let first = self.treatment { return first }
        self.treatment = treatment
        return treatment
    }

    private mutating func code(of form: SentForm) -> UInt8? {
        guard case .replaced(let origin) = form else { return 0 }
        if let known = origins.lastIndex(of: origin) { return UInt8(known + 1) }
        guard origins.count < Self.originLimit else { return nil }
        origins.append(origin)
        return UInt8(origins.count)
    }
}

import Patterns

/// What a match must pass beyond its pattern; each is a pure function of the match and a few bytes around it.
package enum Check: String, Hashable, Sendable, CaseIterable {
    case none
    case card
    case account
    case address4
    case address6
    case email
    case phoneInternational
    case phoneNorthAmerica
    case phoneLocal
    case phoneNamed
    case url
    case indonesianIdentity
    case indonesianTax
    case needsContext
    case instruction
    case foreign
    case notCode
    case notQuoted
    case unbound
    case policy
    case overriding
    case ownRules
    case ownPrompt
    case covert
    case hidden
    case mention
    case spoken
    case claim
    case hardware
    case namedHardware
    case coin
    case segwit
    case varied
    case secret
    case password

    /// Whether the match may stand, by what is told soonest: most numbers are no card's, whatever words stand before them.
    func isPossible(_ match: Candidate) -> Bool {
        switch self {
        case .card: CardCheck.isPossible(match)
        case .phoneNamed: PhoneCheck.acceptsLocal(match)
        case .indonesianIdentity: IndonesianCheck.isIdentity(match.digits)
        default: true
        }
    }

    /// Whether the match stands; it may become shorter or more sure.
    func accepts(_ match: inout Candidate) -> Bool {
        switch self {
        case .none: true
        case .card: CardCheck.accepts(&match)
        case .account: AccountCheck.accepts(&match)
        case .address4: AddressCheck.accepts4(&match)
        case .address6: AddressCheck.accepts6(&match)
        case .email: EmailCheck.accepts(match)
        case .phoneInternational: PhoneCheck.acceptsInternational(&match)
        case .phoneNorthAmerica: PhoneCheck.acceptsNorthAmerican(match)
        case .phoneLocal: PhoneCheck.acceptsLocal(match)
        case .phoneNamed: PhoneCheck.acceptsNamed(match)
        case .url: URLCheck.accepts(&match)
        case .indonesianIdentity: IndonesianCheck.acceptsIdentity(match)
        case .indonesianTax: IndonesianCheck.acceptsTax(&match)
        case .needsContext: match.hasContext
        case .instruction: InstructionCheck.accepts(match)
        case .foreign: InstructionCheck.isForeign(match)
        case .notCode: InstructionCheck.isProse(match)
        case .notQuoted: InstructionCheck.isBare(match)
        case .unbound: InstructionCheck.isUnbound(match)
        case .policy: InstructionCheck.isAboutPolicy(match)
        case .overriding: InstructionCheck.isOverriding(match)
        case .ownRules: InstructionCheck.isAboutOwnRules(match)
        case .ownPrompt: InstructionCheck.isAboutOwnPrompt(match)
        case .covert: InstructionCheck.accepts(match)
        case .hidden: HiddenTextCheck.accepts(match)
        case .mention: SpeechCheck.isNoMention(match)
        case .spoken: SpeechCheck.isSaid(match)
        case .claim: SpeechCheck.isClaim(match)
        case .hardware: HardwareCheck.accepts(match)
        case .namedHardware: match.hasContext && HardwareCheck.accepts(match)
        case .coin: CoinCheck.accepts(match)
        case .segwit: CoinCheck.acceptsSegwit(match)
        case .varied: SecretCheck.isVaried(match)
        case .secret: match.hasContext && SecretCheck.isRandom(match)
        case .password: SecretCheck.isPassword(match)
        }
    }
}

extension Candidate {
    /// The digits of the match, as numbers.
    var digits: Digits {
        var digits = Digits()
        for index in range where text[index] &- 0x30 < 10 { digits.append(text[index] &- 0x30) }
        return digits
    }

    /// Whether the match begins so, in either case; the text is of small letters.
    func begins(with text: StaticString) -> Bool {
        text.utf8CodeUnitCount <= range.count && isText(text, at: range.lowerBound)
    }

    /// The same for its end.
    func ends(with text: StaticString) -> Bool {
        text.utf8CodeUnitCount <= range.count && isText(text, at: range.upperBound - text.utf8CodeUnitCount)
    }

    private func isText(_ text: StaticString, at start: Int) -> Bool {
        (0..<text.utf8CodeUnitCount).allSatisfy { ASCII.folded(self.text[start + $0]) == text.utf8Start[$0] }
    }

    func isText(_ text: StaticString, before distance: Int = 0) -> Bool {
        let start = range.lowerBound - distance - text.utf8CodeUnitCount
        guard start >= 0 else { return false }
        for index in 0..<text.utf8CodeUnitCount where self.text[start + index] | 0x20 != text.utf8Start[index] | 0x20 {
            return false
        }
        return true
    }
}

package import Contracts

extension GuardAction {
    /// How strict it is; what this build does not know is as strict as a block.
    package var rank: Int {
        switch self {
        case .allow: 0
        case .logOnly: 1
        case .warn: 2
        case .mask: 3
        default: 4
        }
    }

    package var changesText: Bool { self == .mask }

    package func stricter(_ other: GuardAction) -> GuardAction {
        other.rank > rank ? other : self
    }
}

extension Severity {
    package var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        default: 2
        }
    }
}

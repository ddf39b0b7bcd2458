/// The names of what could not be carried into another dialect: parameters, never values.
struct LossyNames: Sendable {
    /// More names than this are not told.
    private static let limit = 32
    private(set) var names: [String] = []

    mutating func add(_ name: String) {
        let name = Self.isPlain(name) ? name : "unknown"
        guard names.count < Self.limit, !names.contains(name) else { return }
        names.append(name)
    }

    /// Names go into a header and a ledger, so what is no name is not told.
    private static func isPlain(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= 64 else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            default: false
            }
        }
    }
}

import Contracts

/// How a match is made unreadable.
package enum MaskStrategy: String, Hashable, Sendable, CaseIterable {
    /// `<PII>`: not even what it was.
    case redact
    /// `<EMAIL_ADDRESS>`.
    case replace
    /// The first and last two characters stay.
    case mask
    /// `<EMAIL_ADDRESS:` and a keyed hash of the value: the same value is told again as the same.
    case hash
    /// `<EMAIL_ADDRESS_` and eight characters of a keyed hash: what the router puts the value back for in the answer.
    case anonymize

    init(_ text: String?) {
        self = text.flatMap(MaskStrategy.init(rawValue:)) ?? .replace
    }
}

/// Writes what stands in place of a match.
package struct Masker: Sendable {
    /// A keyed hash of a value, 128 bits of it; the same for the same tenant.
    package typealias Tag = @Sendable (_ value: [UInt8]) -> (UInt64, UInt64)

    private let strategy: MaskStrategy
    private let tag: Tag

    package init(_ strategy: MaskStrategy, tag: @escaping Tag) {
        self.strategy = strategy
        self.tag = tag
    }

    var isReversible: Bool { strategy == .anonymize }
    /// Whether what stands in place of a value depends on it.
    var tellsValues: Bool { strategy != .redact && strategy != .replace }

    /// What stands in place of a value; without the value, where its end is not known yet.
    package func replacement(_ entity: String, _ value: UnsafeBufferPointer<UInt8>?) -> String {
        switch strategy {
        case .redact: "<PII>"
        case .replace: "<\(entity)>"
        case .mask: value.map(Self.masked) ?? "<MASKED>"
        case .hash: value.map { "<\(entity):\(Self.hexadecimal(tag(Array($0)).0))>" } ?? "<\(entity)>"
        case .anonymize: value.map { "<\(entity)_\(Self.base32(tag(Array($0)).0))>" } ?? "<\(entity)>"
        }
    }

    private static func masked(_ value: UnsafeBufferPointer<UInt8>) -> String {
        let scalars = Array(String(decoding: value, as: UTF8.self).unicodeScalars)
        guard scalars.count > 4 else { return "<MASKED>" }
        var text = String.UnicodeScalarView(scalars.prefix(2))
        text.append(contentsOf: repeatElement("*", count: scalars.count - 4))
        text.append(contentsOf: scalars.suffix(2))
        return String(text)
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// Forty bits as eight characters.
    private static func base32(_ number: UInt64) -> String {
        String(decoding: (0..<8).map { alphabet[Int(number >> UInt64($0 * 5) & 31)] }, as: UTF8.self)
    }
}

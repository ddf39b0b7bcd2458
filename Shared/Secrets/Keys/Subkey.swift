import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A 256-bit key for one purpose; it prints as a placeholder and never as its bytes.
package struct Subkey: Sendable {
    /// The number of bytes in every key of this module.
    package static let byteCount = 32

    let symmetric: SymmetricKey
    /// What ``keyedHash(_:_:)`` uses, derived once so that hashing does no key set-up.
    package let sip: SipKey

    init(symmetric: SymmetricKey) {
        self.symmetric = symmetric
        sip = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: symmetric,
            info: Array("keirouter.siphash.v1".utf8),
            outputByteCount: 16
        ).withUnsafeBytes { SipKey(littleEndian: $0) }
    }

    /// A key from 32 bytes that are already uniformly random.
    package init(bytes: [UInt8]) throws(SecretsError) {
        guard bytes.count == Self.byteCount else {
            throw .masterKeyInvalid(source: "memory", problem: "\(bytes.count) bytes instead of \(Self.byteCount)")
        }
        self.init(symmetric: SymmetricKey(data: bytes))
    }

    /// A fresh key, for what need not outlive the process.
    package static func random() -> Subkey {
        Subkey(symmetric: SymmetricKey(size: .bits256))
    }

    /// A key of its own for a narrower purpose; knowing it tells nothing about this one.
    package func derived(for purpose: String) -> Subkey {
        Subkey(symmetric: Self.expand(symmetric, labels: [purpose]))
    }

    /// HKDF-SHA256 (RFC 5869) with every label preceded by its length, so that no two label lists share an info string.
    static func expand(_ key: SymmetricKey, labels: [String]) -> SymmetricKey {
        var info = Array("keirouter.subkey.v1".utf8)
        for label in labels {
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: label.utf8.count).bigEndian) {
                info.append(contentsOf: $0)
            }
            info.append(contentsOf: label.utf8)
        }
        return HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: info, outputByteCount: byteCount)
    }

    /// HKDF-SHA256 itself, extract and expand.
    package static func hkdf(secret: [UInt8], salt: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret),
            salt: salt,
            info: info,
            outputByteCount: count
        ).withUnsafeBytes { Array($0) }
    }

    /// The bytes, for interfaces that take no ``Subkey``; they are not to be kept.
    package func withBytes<T>(_ body: ([UInt8]) throws -> T) rethrows -> T {
        try symmetric.withUnsafeBytes { try body(Array($0)) }
    }
}

extension Subkey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "Subkey([redacted])" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

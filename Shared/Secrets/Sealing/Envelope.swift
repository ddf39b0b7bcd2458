import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Seals secrets for storage: AES-256-GCM bound to the row they stand in.
///
/// A sealed value is one format byte (1), the key's version (two bytes, big endian), a random 12-byte nonce, the
/// ciphertext and a 16-byte tag. The three header bytes and the identity are authenticated, so a value moved to another
/// row, column or key version does not open. With random nonces one key is good for 2^32 values.
package struct Envelope: Sendable {
    /// What sealing adds to the plaintext's length.
    package static let overhead = 3 + 12 + 16

    private static let format: UInt8 = 1
    private static let headerLength = 3

    private let keys: [Int: Subkey]
    private let current: Int

    /// - Parameters:
    ///   - keys: The keys by version, 0 to 65535; old versions stay in as long as rows sealed with them exist.
    ///   - current: The version that seals.
    package init(keys: [Int: Subkey], current: Int) {
        self.keys = keys
        self.current = current
    }

    /// Seals for one place.
    ///
    /// - Parameters:
    ///   - plaintext: The secret.
    ///   - identity: What names the place for good, such as `account/acc_12/api_key`.
    /// - Returns: The bytes to store.
    /// - Throws: ``SecretsError/unknownKeyVersion(_:)`` when the current key is not loaded.
    package func seal(_ plaintext: [UInt8], identity: String) throws(SecretsError) -> [UInt8] {
        guard let version = UInt16(exactly: current), let key = keys[current] else {
            throw .unknownKeyVersion(current)
        }
        let header = [Self.format, UInt8(version >> 8), UInt8(version & 0xFF)]
        do {
            let box = try AES.GCM.seal(
                plaintext,
                using: key.symmetric,
                authenticating: header + Array(identity.utf8)
            )
            return header + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
        } catch {
            throw .authenticationFailed
        }
    }

    package func seal(_ text: String, identity: String) throws(SecretsError) -> [UInt8] {
        try seal(Array(text.utf8), identity: identity)
    }

    /// Opens what was sealed for this place, with whichever key version it names.
    package func open(_ sealed: [UInt8], identity: String) throws(SecretsError) -> [UInt8] {
        let version = try Self.version(of: sealed)
        guard let key = keys[version] else { throw .unknownKeyVersion(version) }
        do {
            let box = try AES.GCM.SealedBox(combined: sealed[Self.headerLength...])
            let header = sealed[..<Self.headerLength]
            return Array(try AES.GCM.open(box, using: key.symmetric, authenticating: header + Array(identity.utf8)))
        } catch {
            throw .authenticationFailed
        }
    }

    /// Whether the value should be sealed anew: it names an older key, or is no envelope at all.
    package func needsRotation(_ sealed: [UInt8]) -> Bool {
        guard let version = try? Self.version(of: sealed) else { return true }
        return version != current
    }

    private static func version(of sealed: [UInt8]) throws(SecretsError) -> Int {
        guard sealed.count >= overhead, sealed[0] == format else { throw .malformedEnvelope }
        return Int(sealed[1]) << 8 | Int(sealed[2])
    }
}

import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The installation's one root secret, from which every service derives its own keys.
///
/// ## Configuration keys:
/// - `KEIROUTER_MASTER_KEY` (environment, none): base64 of 32 bytes; wins over the file.
/// - `master.key` (file in the data folder): the same text, mode 0600; created at first start where that is allowed.
package struct MasterKey: Sendable {
    /// The file's name inside the data folder.
    package static let fileName = "master.key"

    private let root: SymmetricKey

    package init(bytes: [UInt8], source: String = "memory") throws(SecretsError) {
        guard bytes.count == Subkey.byteCount else {
            throw .masterKeyInvalid(
                source: source,
                problem: "expected base64 of \(Subkey.byteCount) bytes, found \(bytes.count) bytes"
            )
        }
        // A key typed by hand or left zeroed would open every database; random bytes repeat this much once in 2^200.
        guard Set(bytes).count >= 8 else {
            throw .masterKeyInvalid(source: source, problem: "it is not random; try `openssl rand -base64 32`")
        }
        root = SymmetricKey(data: bytes)
    }

    /// Takes the key from the environment, else from the file, else makes the file.
    ///
    /// Safe to call from several processes at once on an empty folder: all of them end with the same key.
    ///
    /// - Parameters:
    ///   - environment: The variable's value, `nil` when it is not set. A set but empty one is an error, because
    ///     falling back to a file in a container's own layer would lose the key with the container.
    ///   - dataFolder: The existing folder that holds the file.
    ///   - createIfMissing: Whether this process may make the installation's key.
    /// - Returns: The installation's key.
    /// - Throws: ``SecretsError`` naming the source and what to do.
    package static func load(
        environment: String?,
        dataFolder: String,
        createIfMissing: Bool
    ) throws(SecretsError) -> MasterKey {
        if let environment {
            return try MasterKey(base64: environment, source: "KEIROUTER_MASTER_KEY")
        }
        let file = MasterKeyFile(folder: dataFolder)
        if let text = try file.read() {
            return try MasterKey(base64: text, source: file.path)
        }
        guard createIfMissing else { throw .masterKeyMissing(path: file.path) }
        try file.create(text: Data(randomBytes(Subkey.byteCount)).base64EncodedString() + "\n")
        // Whoever came first decides: what stands in the file now is the key.
        guard let text = try file.read() else { throw .masterKeyMissing(path: file.path) }
        return try MasterKey(base64: text, source: file.path)
    }

    /// The key of one service for one purpose (HKDF-SHA256).
    package func subkey(for service: String, purpose: String = "seal") -> Subkey {
        Subkey(symmetric: Subkey.expand(root, labels: [service, purpose]))
    }

    private init(base64 text: String, source: String) throws(SecretsError) {
        let trimmed = text.utf8.filter { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        guard !trimmed.isEmpty else { throw .masterKeyInvalid(source: source, problem: "it is empty") }
        guard let data = Data(base64Encoded: Data(trimmed)) else {
            throw .masterKeyInvalid(source: source, problem: "it is not base64")
        }
        try self.init(bytes: Array(data), source: source)
    }
}

extension MasterKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "MasterKey([redacted])" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

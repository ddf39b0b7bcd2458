import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Password hashes: scrypt with N = 2^15, r = 8, p = 1, as `$scrypt$ln=15,r=8,p=1$salt$hash`.
///
/// Both functions block for about 50 ms of computing and hold 32 MiB meanwhile. Call them on a bounded
/// `NIOThreadPool`, never on an event loop, and bound how many run at once.
package enum PasswordHash {
    /// Longer passwords are refused before any work is done.
    package static let maximumPasswordBytes = 1024

    private static let current = Cost(logarithm: 15, blockSize: 8, parallelism: 1)
    private static let saltBytes = 16
    private static let hashBytes = 32

    /// Hashes with a fresh salt; blocks.
    package static func hash(_ password: String) throws(SecretsError) -> String {
        let salt = randomBytes(saltBytes)
        let hash = try derive(password, salt: salt, cost: current, count: hashBytes)
        return "$scrypt$\(current.text)$\(encode(salt))$\(encode(hash))"
    }

    /// Whether the password made this hash; blocks.
    ///
    /// An unreadable hash matches nothing.
    package static func verify(_ password: String, against stored: String) -> Bool {
        guard let parts = Parts(stored),
            let hash = try? derive(password, salt: parts.salt, cost: parts.cost, count: parts.hash.count)
        else { return false }
        return constantTimeEquals(hash, parts.hash)
    }

    /// Whether the hash was made with other costs than today's, so that the next successful login should renew it.
    package static func needsRehash(_ stored: String) -> Bool {
        Parts(stored)?.cost != current
    }

    /// The function itself (RFC 7914).
    package static func derive(
        _ password: String,
        salt: [UInt8],
        cost: Cost,
        count: Int
    ) throws(SecretsError) -> [UInt8] {
        guard password.utf8.count <= maximumPasswordBytes else {
            throw .passwordUnusable(problem: "longer than \(maximumPasswordBytes) bytes")
        }
        do {
            return try KDF.Scrypt.deriveKey(
                from: Array(password.utf8),
                salt: salt,
                outputByteCount: count,
                rounds: 1 << cost.logarithm,
                blockSize: cost.blockSize,
                parallelism: cost.parallelism
            ).withUnsafeBytes { Array($0) }
        } catch {
            throw .passwordUnusable(problem: "scrypt refused its parameters")
        }
    }

    /// How much work one hash is; memory is 128 · r · 2^ln bytes.
    package struct Cost: Hashable, Sendable {
        package var logarithm: Int
        package var blockSize: Int
        package var parallelism: Int

        package init(logarithm: Int, blockSize: Int, parallelism: Int) {
            self.logarithm = logarithm
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        fileprivate var text: String { "ln=\(logarithm),r=\(blockSize),p=\(parallelism)" }

        /// A stored hash must not be able to ask for more than 64 MiB or minutes of computing.
        fileprivate var isBearable: Bool {
            (1...20).contains(logarithm) && (1...32).contains(blockSize) && (1...4).contains(parallelism)
                && 128 * blockSize << logarithm <= 64 << 20
        }

        fileprivate init?(_ text: Substring) {
            var values: [Substring: Int] = [:]
            let fields = text.split(separator: ",")
            guard fields.count == 3 else { return nil }
            for field in fields {
                let pair = field.split(separator: "=", maxSplits: 1)
                guard pair.count == 2, let value = Int(pair[1]) else { return nil }
                values[pair[0]] = value
            }
            guard let logarithm = values["ln"], let blockSize = values["r"],
                let parallelism = values["p"]
            else { return nil }
            self.init(logarithm: logarithm, blockSize: blockSize, parallelism: parallelism)
            guard isBearable else { return nil }
        }
    }

    private struct Parts {
        let cost: Cost
        let salt: [UInt8]
        let hash: [UInt8]

        init?(_ stored: String) {
            let fields = stored.split(separator: "$", omittingEmptySubsequences: false)
            guard stored.utf8.count <= 512, fields.count == 5, fields[0].isEmpty, fields[1] == "scrypt",
                let cost = Cost(fields[2]), let salt = decode(fields[3]), let hash = decode(fields[4]),
                salt.count >= 8, hash.count >= 16
            else { return nil }
            self.cost = cost
            self.salt = salt
            self.hash = hash
        }
    }

    // Base64 without padding, as the PHC string format has it.
    private static func encode(_ bytes: [UInt8]) -> String {
        var text = Data(bytes).base64EncodedString()
        while text.hasSuffix("=") { text.removeLast() }
        return text
    }

    private static func decode(_ text: Substring) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: String(text) + padding).map { Array($0) }
    }
}

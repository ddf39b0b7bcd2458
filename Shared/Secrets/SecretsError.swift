/// Why a secret could not be read, sealed or opened.
///
/// No case carries secret bytes, so every one of them may be logged.
package enum SecretsError: Error, Hashable, Sendable {
    /// No key in the environment, no file, and none may be created.
    case masterKeyMissing(path: String)
    /// The key is there and unusable: wrong length, not base64, or not random. `source` is a path or a variable's name.
    case masterKeyInvalid(source: String, problem: String)
    /// The key file grants rights to group or others.
    case masterKeyReadableByOthers(path: String)
    /// A system call on the key file failed.
    case fileFailed(path: String, operation: String, problem: String)
    /// The sealed bytes name a key version this envelope does not hold.
    case unknownKeyVersion(Int)
    /// The bytes are not an envelope of a format this build knows.
    case malformedEnvelope
    /// Wrong key, wrong identity or changed bytes; which one cannot be told apart.
    case authenticationFailed
    /// The password cannot be hashed.
    case passwordUnusable(problem: String)
}

extension SecretsError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .masterKeyMissing(let path):
            "no master key: set KEIROUTER_MASTER_KEY to base64 of 32 bytes, or provide \(path)"
        case .masterKeyInvalid(let source, let problem):
            "the master key in \(source) is unusable: \(problem)"
        case .masterKeyReadableByOthers(let path):
            "\(path) can be read by other users of this machine: run `chmod 600 \(path)`"
        case .fileFailed(let path, let operation, let problem):
            "cannot \(operation) \(path): \(problem)"
        case .unknownKeyVersion(let version):
            "sealed with key version \(version), which is not loaded"
        case .malformedEnvelope:
            "not a sealed value, or one of a newer format"
        case .authenticationFailed:
            "the sealed value does not belong to this key and place, or was changed"
        case .passwordUnusable(let problem):
            "the password cannot be used: \(problem)"
        }
    }
}

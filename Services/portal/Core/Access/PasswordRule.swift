/// What a password of the operator must be.
package enum PasswordRule: String, CaseIterable, Hashable, Sendable {
    /// At least 12 characters.
    case tooShort = "too-short"
    /// At most 1024 bytes.
    case tooLong = "too-long"
    /// At least five different characters.
    case tooSimple = "too-simple"

    /// The shortest password, in characters.
    package static let minimum = 12
    /// The longest, in bytes of UTF-8.
    package static let maximum = 1024
    /// Different characters it must have.
    package static let variety = 5

    /// The rule that a password breaks first; `nil` when it is good.
    package static func broken(by password: String) -> PasswordRule? {
        guard password.utf8.count <= maximum else { return .tooLong }
        guard password.count >= minimum else { return .tooShort }
        return Set(password).count < variety ? .tooSimple : nil
    }
}

import JSON
import Secrets

/// Reads the file that Google Cloud gives out for a service account, which is kept in one piece as an account's key.
enum ServiceAccountJSON {
    /// Whether a text is such a file, or was meant to be.
    static func isMeant(by text: String) -> Bool {
        text.utf8.first { $0 > 0x20 } == UInt8(ascii: "{")
    }

    /// Reads one; what is refused is named without any of it.
    static func read(_ text: String) throws(RuleError) -> GoogleServiceAccount {
        guard let root = try? JSONDocument(Array(text.utf8)).root, root["type"]?.string == "service_account" else {
            throw RuleError("expected the JSON of a service account, as Google Cloud's console gives it")
        }
        func member(_ name: String) throws(RuleError) -> String {
            guard let value = root[name]?.string, !value.isEmpty else {
                throw RuleError("the service account's JSON has no \"\(name)\"")
            }
            return value
        }
        let (email, privateKey) = (try member("client_email"), try member("private_key"))
        let tokenURI = try member("token_uri")
        do throws(GoogleServiceAccount.Problem) {
            return try GoogleServiceAccount(
                email: email,
                keyID: root["private_key_id"]?.string,
                privateKey: privateKey,
                tokenURI: tokenURI,
                project: root["project_id"]?.string
            )
        } catch {
            throw RuleError(error.text)
        }
    }
}

import Crypto
import CryptoExtras

/// A service account of Google Cloud, which signs requests for access tokens; prints as nothing.
///
/// Source: "Using OAuth 2.0 for Server to Server Applications" in Google's identity documentation, and RFC 7523.
package struct GoogleServiceAccount: Sendable, CustomStringConvertible, CustomReflectable {
    /// Why something is no such account; never holds any of it.
    package struct Problem: Error, Hashable, Sendable {
        package let text: String
    }

    /// What the tokens are good for: everything that the account's roles allow.
    private static let scope = "https://www.googleapis.com/auth/cloud-platform"
    /// How long an assertion is good for, in seconds; Google takes an hour at most.
    private static let lifetime = 3600

    /// Who it is.
    package let email: String
    /// Where tokens are asked for.
    package let tokenURI: String
    /// The project that it belongs to.
    package let project: String?
    private let keyID: String?
    private let key: _RSA.Signing.PrivateKey

    /// - Parameters:
    ///   - email: The account's address.
    ///   - keyID: The name of its key.
    ///   - privateKey: The key as PEM.
    ///   - tokenURI: Where tokens are asked for.
    ///   - project: The project that it belongs to.
    /// - Throws: ``Problem`` when the key cannot be read or is weaker than 2048 bits.
    package init(
        email: String,
        keyID: String?,
        privateKey: String,
        tokenURI: String,
        project: String?
    ) throws(Problem) {
        self.email = email
        self.keyID = keyID
        self.tokenURI = tokenURI
        self.project = project
        do {
            key = try _RSA.Signing.PrivateKey(pemRepresentation: privateKey)
        } catch {
            throw Problem(text: "the private key of the service account is no RSA key of 2048 bits or more in PEM")
        }
    }

    /// A signed request for a token: a JSON Web Token under RS256 (RFC 7515, 7519).
    ///
    /// - Parameter now: Seconds since the epoch.
    /// - Returns: The token in its compact form.
    /// - Throws: ``Problem`` when nothing can be signed.
    package func assertion(now: Int) throws(Problem) -> String {
        let kid = keyID.map { ",\"kid\":\(Self.quoted($0))" } ?? ""
        let claims =
            "{\"iss\":\(Self.quoted(email)),\"scope\":\"\(Self.scope)\",\"aud\":\(Self.quoted(tokenURI)),"
            + "\"iat\":\(now),\"exp\":\(now + Self.lifetime)}"
        let header = "{\"alg\":\"RS256\",\"typ\":\"JWT\"\(kid)}"
        let text = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        do {
            let signature = try key.signature(for: SHA256.hash(data: Array(text.utf8)), padding: .insecurePKCS1v1_5)
            return text + "." + Base64URL.encode(signature.rawRepresentation)
        } catch {
            throw Problem(text: "the private key of the service account does not sign")
        }
    }

    package var description: String { "[credential]" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": out += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                out += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

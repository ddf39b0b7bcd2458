import Crypto
import CryptoExtras
import Foundation
import JSON

/// A service account as Google Cloud gives it out, with a key that was made for this run.
struct ServiceAccountSample: Sendable {
    private static let key = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

    static let email = "router@acme-ai.iam.gserviceaccount.com"

    /// The file's text, in one line.
    static func json(tokenURI: String) -> String {
        let pem = (key?.pemRepresentation ?? "").replacing("\n", with: #"\n"#)
        return #"{"type":"service_account","project_id":"acme-ai","private_key_id":"k1","private_key":"\#(pem)","#
            + #""client_email":"\#(email)","token_uri":"\#(tokenURI)"}"#
    }

    /// The claims of an assertion that the account's key signed; `nil` for any other text.
    static func claims(of assertion: String) -> JSONCursor? {
        let parts = assertion.split(separator: ".").map(String.init)
        guard parts.count == 3, let key, let signature = data(parts[2]), let claims = data(parts[1]),
            let header = data(parts[0]), let head = try? JSONDocument(Array(header)).root,
            head["alg"]?.string == "RS256", head["kid"]?.string == "k1"
        else { return nil }
        let digest = SHA256.hash(data: Data("\(parts[0]).\(parts[1])".utf8))
        let proof = _RSA.Signing.RSASignature(rawRepresentation: signature)
        guard key.publicKey.isValidSignature(proof, for: digest, padding: .insecurePKCS1v1_5) else { return nil }
        return try? JSONDocument(Array(claims)).root
    }

    private static func data(_ text: String) -> Data? {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
    }
}

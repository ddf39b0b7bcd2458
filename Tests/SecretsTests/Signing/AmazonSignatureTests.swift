import Testing

@testable import Secrets

@Suite("Signatures of Amazon Web Services")
struct AmazonSignatureTests {
    /// The moment of the published test suite.
    private static let moment = "20150830T123600Z"
    private static let token =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="

    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        let method: String
        let target: String
        var headers: [String: String] = [:]
        var body = ""
        var token: String?
        let signature: String
        var testDescription: String { name }
    }

    /// Requests of the published test suite (`aws-sig-v4-test-suite`) and their signatures.
    static let vectors = [
        Vector(
            name: "get-vanilla",
            method: "GET",
            target: "/",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        ),
        Vector(
            name: "get-vanilla-query-order-key-case",
            method: "GET",
            target: "/?Param2=value2&Param1=value1",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
        ),
        Vector(
            name: "get-utf8",
            method: "GET",
            target: "/ሴ",
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"
        ),
        Vector(
            name: "post-vanilla",
            method: "POST",
            target: "/",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        ),
        Vector(
            name: "post-x-www-form-urlencoded",
            method: "POST",
            target: "/",
            headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: "Param1=value1",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
        ),
        Vector(
            name: "post-sts-header-before",
            method: "POST",
            target: "/",
            token: token,
            signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"
        ),
    ]

    @Test("the published requests have the published signatures", arguments: vectors)
    func published(vector: Vector) {
        let credential = AmazonCredential(
            region: "us-east-1",
            accessKeyID: "AKIDEXAMPLE",
            secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            sessionToken: vector.token
        )
        let headers = AmazonSignature(credential, service: "service").headers(
            vector.method,
            vector.target,
            headers: [("Host", "example.amazonaws.com")] + vector.headers.map { ($0.key, $0.value) },
            body: Array(vector.body.utf8),
            at: Self.moment
        )
        #expect(headers.first { $0.name == "x-amz-date" }?.value == Self.moment)
        #expect(headers.first { $0.name == "x-amz-security-token" }?.value == vector.token)
        let authorization = headers.first { $0.name == "authorization" }?.value ?? ""
        #expect(authorization.hasSuffix("Signature=\(vector.signature)"), "\(authorization)")
        #expect(
            authorization.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders="
            )
        )
    }

    @Test("a credential is read from one text and shows nothing of itself")
    func credential() throws {
        let long = try #require(try AmazonCredential("eu-west-1:AKIAIOSFODNN7EXAMPLE:wJalr/K7+x:tok/en=="))
        #expect(long.region == "eu-west-1" && long.accessKeyID == "AKIAIOSFODNN7EXAMPLE")
        #expect(long.secretAccessKey == "wJalr/K7+x" && long.sessionToken == "tok/en==")
        #expect(try AmazonCredential("eu-west-1:AKIAIOSFODNN7EXAMPLE:s")?.sessionToken == nil)
        #expect(try AmazonCredential("ABSKQmVkcm9jaw==") == nil)
        #expect("\(long)" == "[credential]")
    }

    @Test(
        "a text that is nearly one is refused with what it should be",
        arguments: [
            "AKIAIOSFODNN7EXAMPLE:secret", "us-east-1:AKIAIOSFODNN7EXAMPLE:", "a:b:c:d:e",
            "AKIAIOSFODNN7EXAMPLE:us-east-1:secret", "us-east-1:lower:secret",
        ]
    )
    func refused(text: String) {
        #expect {
            try AmazonCredential(text)
        } throws: { error in
            let problem = (error as? AmazonCredential.Problem)?.text ?? ""
            return problem.contains("REGION:ACCESS_KEY_ID:SECRET_ACCESS_KEY") && !problem.contains("secret")
        }
    }
}

import Secrets
import Testing

@Suite("Redactor")
struct RedactorTests {
    private let redactor = Redactor()

    @Test(
        "what is redacted still says what it was",
        arguments: [
            ("key sk-ant-api03-AbCdEf123456 refused", "key sk-ant-…[redacted] refused"),
            ("sk-proj-abcdefgh12345678.", "sk-proj-…[redacted]."),
            ("Authorization: Bearer sk-abcdefgh12345678", "Authorization: Bearer sk-…[redacted]"),
            ("authorization=Bearer abc.def-123 status=401", "authorization=Bearer [redacted] status=401"),
            ("curl -H 'x-api-key: hunter22'", "curl -H 'x-api-key: [redacted]'"),
            (#"{"api_key":"hunter2","model":"m"}"#, #"{"api_key":"[redacted]","model":"m"}"#),
            (#"{"token": null, "n": 1}"#, #"{"token": null, "n": 1}"#),
            (#"{"password":"a\"b","x":1}"#, #"{"password":"[redacted]","x":1}"#),
            (#"{"body":"{\"secret\":\"abc\",\"n\":1}"}"#, #"{"body":"{\"secret\":\"[redacted]\",\"n\":1}"}"#),
            ("postgres://kei:p%40ss@db:5432/kei?a=1", "postgres://[redacted]@db:5432/kei?a=1"),
            ("GET /v1beta/models?key=abc123&alt=sse HTTP/1.1", "GET /v1beta/models?key=[redacted]&alt=sse HTTP/1.1"),
            (#"[("x-api-key", "abc"), ("host", "h")]"#, #"[("x-api-key", "[redacted]"), ("host", "h")]"#),
            ("cookie: kr_session=abc; theme=dark\r\nhost: h", "cookie: [redacted]\r\nhost: h"),
            ("KEIROUTER_MASTER_KEY=AAECAwQFBgcICQ== make", "KEIROUTER_MASTER_KEY=[redacted] make"),
            ("api_key: Optional(\"abc\")", "api_key: Optional(\"[redacted]\")"),
            ("Basic dXNlcjpwYXNzd29yZA==", "Basic [redacted]"),
            (
                "-----BEGIN PRIVATE KEY-----\nMIIE\nvQ==\n-----END PRIVATE KEY-----\nnext",
                "-----BEGIN PRIVATE KEY-----[redacted]-----END PRIVATE KEY-----\nnext"
            ),
            ("-----BEGIN RSA PRIVATE KEY-----\nMIIE cut off", "-----BEGIN RSA PRIVATE KEY-----[redacted]"),
            ("é kr_0123456789abcdef ü", "é kr_…[redacted] ü"),
        ]
    )
    func recognisable(text: String, expected: String) {
        #expect(redactor.redact(text) == expected)
    }

    @Test(
        "ordinary text stays as it is",
        arguments: [
            "", "a", ":", "=", "%", "\\", "-", "\"", "%3", "%3D", "\\u", "://", "@", "://@",
            #"{"model":"gpt-4o","max_tokens":4096,"messages":[{"role":"user","content":"hi"}]}"#,
            "input_tokens=12 output_tokens: 34 time_to_first_token=0.153 first_token: 12",
            "listening on http://127.0.0.1:20180/v1 and https://example.com/a@b?x=1",
            "key_id=key_12 display=kr_ab12…wxyz keirouter.request.id=req_01j0abcdefghijklmnopqrstuv",
            "task-force-of-many scikit-learn risk-averse-people hf_ gsk_short sk-short",
            "basic validation failed in the basic settings", "user@example.com wrote: eyJhbGciOi is no token",
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            "traceparent=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "naïve café — no secrets here, 日本語も", "secret", "password:", "token=", "Bearer ",
        ]
    )
    func untouched(text: String) {
        #expect(redactor.redact(text) == text)
    }

    @Test("redacting twice changes nothing more")
    func idempotent() {
        for (shape, secret) in RedactorCanaryTests.shapes {
            let once = redactor.redact(shape.replacing("@@", with: secret))
            #expect(redactor.redact(once) == once)
        }
    }

    // MARK: Exact secrets

    @Test("a registered secret disappears from everything, whatever it looks like")
    func exact() {
        #expect(redactor.add(secret: "correct horse battery"))
        #expect(redactor.redact("it was correct horse battery!") == "it was [redacted]!")
        #expect(redactor.redact("correct horse batterycorrect horse battery") == "[redacted][redacted]")
        #expect(redactor.redact("correct horse batter") == "correct horse batter")
    }

    @Test("its percent-encoded and JSON forms disappear too")
    func encodedForms() {
        redactor.add(secret: #"pa"ss/w\ord@1"#)
        #expect(redactor.redact(#"x=pa%22ss%2Fw%5Cord%401&y"#) == "x=[redacted]&y")
        #expect(redactor.redact(#"{"x":"pa\"ss/w\\ord@1"}"#) == #"{"x":"[redacted]"}"#)
    }

    @Test("overlapping secrets leave nothing of either")
    func overlapping() {
        redactor.add(secret: "aaaabbbbcccc")
        redactor.add(secret: "bbbbccccdddd")
        redactor.add(secret: "zzzzaaaabbbbccccddddzzzz")
        #expect(redactor.redact("-aaaabbbbccccdddd-") == "-[redacted]-")
        #expect(redactor.redact("-zzzzaaaabbbbccccddddzzzz-") == "-[redacted]-")
    }

    @Test("text too short or too long to be a secret is not taken")
    func limits() {
        #expect(!redactor.add(secret: ""))
        #expect(!redactor.add(secret: "the"))
        #expect(!redactor.add(secret: String(repeating: "x", count: 20_000)))
        #expect(redactor.redact("the words stay") == "the words stay")
    }

    @Test("a thousand secrets with one beginning are all found, also while others are added")
    func many() async {
        let secrets = (0..<1000).map { "sk-proj-\(String($0, radix: 36))-\($0 &* 7919)-suffix\($0)" }
        let redactor = redactor
        await withTaskGroup(of: Void.self) { group in
            for part in 0..<4 {
                group.addTask {
                    for index in stride(from: part, to: secrets.count, by: 4) {
                        redactor.add(secret: "x" + secrets[index])
                        #expect(redactor.redact("<x\(secrets[index])>") == "<[redacted]>")
                    }
                }
            }
        }
        for secret in secrets { #expect(redactor.redact("(x\(secret))") == "([redacted])") }
    }

    @Test("bytes that are not text are redacted the same")
    func bytes() {
        let input = [0xFF, 0xFE] + Array("sk-abcdefgh12345678".utf8) + [0x00, 0xC3]
        #expect(redactor.redact(input) == [0xFF, 0xFE] + Array("sk-…[redacted]".utf8) + [0x00, 0xC3])
    }
}

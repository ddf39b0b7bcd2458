import Secrets
import Testing

/// Every shape of credential in every place a log line can have it; nothing of the secret part may be left.
@Suite("Redactor, canaries")
struct RedactorCanaryTests {
    /// Credentials that are recognised wherever they stand: what may remain, and what must not.
    static let keys = [
        ("sk-", "CANARY0abcdefghijklmnopqrstuvwxyz012345"),
        ("sk-ant-api03-", "CANARY1-abc_def-0123456789AA"),
        ("sk-proj-", "CANARY2_abcdefgh-ijklmnop"), ("sk-or-v1-", "CANARY3cafebabecafebabe"),
        ("AIza", "CANARY4SyAbCdEfGhIjKlMnOpQrStUvWx"), ("AKIA", "CANARY5ABCDEFGHI"), ("gsk_", "CANARY6abcdefghijklm"),
        ("xai-", "CANARY7abcdefghijklm"), ("hf_", "CANARY8abcdefghijklm"), ("ghp_", "CANARY9abcdefghijklm"),
        ("github_pat_", "CANARYa_abcdefghijklm"), ("kr_", "CANARYbabcdefghijklmnopqrstuvwxyz0123"),
        ("kr_", "CANARYc.chosen!by+a/person~0123456789"),
        ("pplx-", "CANARYdabcdefghijk"),
        ("glpat-", "CANARYe-abcdefgh"),
        ("eyJ", "CANARYfhbGciOiJIUzI1NiJ9.eyJCANARYf.CANARYf-_signature"), ("ya29.", "CANARYg-abc_def.ghijkl"),
        ("xoxb-", "CANARYh-12345678"), ("SG.", "CANARYi.abcdefghijklmnopq"),
    ]

    /// Values that only their name or place gives away; `@@` is the secret.
    static let shapes = [
        ("x-api-key: @@", "CANARYplain"), ("X-API-KEY:@@\r\nhost: h", "CANARYplain"),
        ("api_key=@@ next", "CANARYplain"),
        ("apikey: '@@'", "CANARY plain with spaces"), (#"{"apiKey": "@@"}"#, "CANARY, with {odd} things"),
        (#"{\"apiKey\": \"@@\"}"#, "CANARY, with {odd} things"), (#"{\\\"apiKey\\\":\\\"@@\\\"}"#, "CANARYnested"),
        ("password=@@", "CANARYhunter2"), ("PASSWORD: @@", "canary"), (#""passwd" : "@@""#, "CANARY2"),
        ("db.password=\"@@", "CANARY unclosed"), ("client_secret=@@&grant_type=x", "CANARYsecret"),
        ("secret: @@,", "CANARYx"), ("refresh_token=@@", "CANARYtoken"), ("access_token%3D@@%26x", "CANARYtoken"),
        ("Authorization: Bearer @@", "CANARYopaque"), ("authorization: bearer @@", "canaryopaque"),
        ("Authorization: Basic @@", "Q0FOQVJZOmNhbmFyeQ=="), ("Authorization: CANARY-Custom @@", "CANARYwords of it"),
        (#"["authorization": "Bearer @@"]"#, "CANARYopaque"), ("proxy-authorization=Basic @@", "Q0FOQVJZ"),
        (#"headers: ["authorization": ["Bearer @@"]]"#, "CANARYopaque"), ("sent Bearer%20@@ there", "CANARYopaque"),
        (#"("Authorization", "Bearer @@")"#, "CANARYopaque"), ("Cookie: a=@@; b=CANARY", "CANARY1"),
        ("https://@@@host/x", "CANARYuser:CANARYpass"), ("postgresql://kei:@@@db/kei", "CANARY:p@ss"),
        ("redis://:@@@localhost:6379/0", "CANARYpass"), ("/v1beta/m:generate?key=@@", "CANARYkey"),
        ("https://h/x?a=1&key=@@&b=2", "CANARYkey"), ("?sig=@@", "CANARYsig%2F"), ("/callback?code=@@", "CANARYcode"),
        ("Signature=@@", "CANARYhex"), ("private_key: \"-----BEGIN @@", "CANARY KEY"),
        ("-----BEGIN EC PRIVATE KEY-----\\n@@\\n-----END EC PRIVATE KEY-----", "CANARYMHcCAQ"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\n@@", "CANARYb3Blbn\nCANARY-2"),
        ("KEIROUTER_MASTER_KEY: @@", "CANARYBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        ("aws_secret_access_key = @@", "CANARY/K7MDENG/bPxRfiCY"), ("kr_session=@@;", "CANARYsession"),
    ]

    /// Where a key can stand in a line.
    static let places = [
        "@@", "key @@ refused", "\"@@\"", "(@@)", "[@@]", "<@@>", "{\"k\":\"@@\"}",
        "{\\\"k\\\":\\\"@@\\\"}", "k=@@", "k=@@,l=1",
        "k:@@;", "a\n@@\nb", "a\\n@@\\nb", "a\\u001b@@", "%20@@", "q%3D@@", "/path/@@/x", "?x=@@&y=1", "é@@é", "'@@'",
        "Bearer @@", "x-api-key: @@", "Optional(\"@@\")", "error: @@.", "@@, and more", "\t@@\t", "`@@`", "…@@…",
    ]

    private let redactor = Redactor()

    @Test("no key is left in any place", arguments: keys)
    func keysInPlaces(prefix: String, secret: String) {
        for place in Self.places {
            let line = place.replacing("@@", with: prefix + secret)
            let redacted = redactor.redact(line)
            #expect(!redacted.contains("CANARY"), "\(line) → \(redacted)")
            #expect(redacted.contains("[redacted]"))
        }
    }

    @Test("no value is left behind a name that gives it away", arguments: shapes)
    func namedValues(shape: String, secret: String) {
        for place in ["@@", "2026-01-01 info request failed @@ status=401", "a\n@@\nb", "prefix;@@"] {
            let line = place.replacing("@@", with: shape.replacing("@@", with: secret))
            let redacted = redactor.redact(line)
            #expect(!redacted.contains(secret), "\(line) → \(redacted)")
            #expect(!redacted.lowercased().contains("canary") || shape.contains("CANARY"), "\(line) → \(redacted)")
            #expect(redacted.contains("[redacted]"))
        }
    }

    @Test("a long log of all canaries leaves none, line by line and as one text")
    func wholeLog() {
        var generator = SplitMix(state: 1)
        let lines = (0..<500).map { _ -> String in
            let (prefix, secret) = Self.keys[Int.random(in: 0..<Self.keys.count, using: &generator)]
            let place = Self.places[Int.random(in: 0..<Self.places.count, using: &generator)]
            return place.replacing("@@", with: prefix + secret)
        }
        #expect(!redactor.redact(lines.joined(separator: "\n")).contains("CANARY"))
        #expect(lines.allSatisfy { !redactor.redact($0).contains("CANARY") })
    }

    @Test("random cuts and splices of credential text never crash and never grow without bound")
    func noise() {
        var generator = SplitMix(state: 2)
        let pieces = Self.shapes.map(\.0) + Self.keys.map(\.0) + ["\\", "\"", "%", "=", "://", "@", "-----BEGIN "]
        for _ in 0..<5000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<6, using: &generator) {
                let piece = Array(pieces[Int.random(in: 0..<pieces.count, using: &generator)].utf8)
                bytes += piece.prefix(Int.random(in: 0...piece.count, using: &generator))
            }
            let redacted = redactor.redact(bytes)
            #expect(redacted.count <= bytes.count + 64 * 20)
        }
    }

    @Test(
        "hostile text takes time in proportion to its length",
        arguments: [
            "a", "=", ":", "://", "\\", "\"", "%3D", "key=", "api_key=\"", "api_key=\\\"", "Bearer ", "eyJ", "eyJa.",
            "sk-",
            "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "a@", "://a:b", "token: ", "\"token\",", "x-api-key: Bearer ",
            "[", "kr_",
        ]
    )
    func linear(piece: String) {
        func seconds(_ length: Int) -> Duration {
            let text = Array(String(repeating: piece, count: length / piece.utf8.count).utf8)
            return (0..<3).map { _ in ContinuousClock().measure { _ = redactor.redact(text) } }.min() ?? .zero
        }
        let short = seconds(20_000)
        let long = seconds(320_000)
        // 16 times the text: a quadratic scanner would take 256 times as long.
        #expect(long < max(short * 80, .milliseconds(200)), "\(short) then \(long)")
    }
}

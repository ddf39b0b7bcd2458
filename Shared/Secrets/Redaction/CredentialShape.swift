/// A kind of key that is recognised by how it begins.
struct CredentialShape {
    /// Which characters can follow the prefix.
    enum Characters {
        /// Letters, digits, `_` and `-`.
        case word
        /// Those and `.`.
        case dotted
        /// Everything printable that does not end a value; for keys a person chose.
        case printable
    }

    let prefix: [UInt8]
    let minimum: Int
    let characters: Characters
    /// JSON Web Tokens have parts; `eyJ` alone is any base64 of a JSON object.
    var needsDot = false

    private init(_ prefix: String, _ minimum: Int, _ characters: Characters = .word, needsDot: Bool = false) {
        self.prefix = Array(prefix.utf8)
        self.minimum = minimum
        self.characters = characters
        self.needsDot = needsDot
    }

    /// Longer prefixes before shorter ones that begin them, since the first that fits names the kind.
    private static let all: [CredentialShape] = [
        .init("kr_", 12, .printable),
        .init("sk-ant-", 8), .init("sk-proj-", 8), .init("sk-or-v1-", 8), .init("sk-svcacct-", 8), .init("sk-", 8),
        .init("sk_live_", 8), .init("sk_test_", 8), .init("rk_live_", 8), .init("sess-", 16),
        .init("AIza", 16), .init("ya29.", 16, .dotted), .init("GOCSPX-", 12), .init("1//0", 20),
        .init("AKIA", 12), .init("ASIA", 12), .init("ABSK", 20),
        .init("gsk_", 12), .init("xai-", 12), .init("hf_", 12), .init("pplx-", 12), .init("nvapi-", 12),
        .init("r8_", 20), .init("csk-", 12), .init("tvly-", 12), .init("jina_", 16), .init("dapi", 24),
        .init("vck_", 16),
        .init("ghp_", 12), .init("gho_", 12), .init("ghu_", 12), .init("ghs_", 12), .init("ghr_", 12),
        .init("github_pat_", 12), .init("glpat-", 12), .init("npm_", 20), .init("pypi-", 20),
        .init("xoxb-", 8), .init("xoxp-", 8), .init("xoxa-", 8), .init("xoxr-", 8), .init("xoxs-", 8),
        .init("xapp-", 8), .init("SG.", 20, .dotted), .init("whsec_", 12), .init("dop_v1_", 16), .init("shpat_", 16),
        .init("AGE-SECRET-KEY-1", 16), .init("eyJ", 17, .dotted, needsDot: true),
    ]

    private static let byFirst: [[CredentialShape]] = {
        var table = [[CredentialShape]](repeating: [], count: 256)
        for shape in all { table[Int(shape.prefix[0])].append(shape) }
        return table
    }()

    /// The first two bytes of every shape.
    static let beginnings = PairSet(all.map { ($0.prefix[0], $0.prefix[1]) })

    /// The shape that begins here, and where its text ends.
    static func match(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> (shape: CredentialShape, end: Int)? {
        for shape in byFirst[Int(bytes[start])] {
            if let end = shape.end(in: bytes, from: start) { return (shape, end) }
        }
        return nil
    }

    private func end(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard bytes.count - start >= prefix.count + minimum, bytes[start...].starts(with: prefix) else { return nil }
        var end = start + prefix.count
        var hasDot = false
        while end < bytes.count, accepts(bytes[end]) {
            if bytes[end] == UInt8(ascii: ".") { hasDot = true }
            end += 1
        }
        if needsDot, !hasDot { return nil }
        // A full stop after the key belongs to the sentence.
        while end > start, bytes[end - 1] == UInt8(ascii: ".") { end -= 1 }
        return end - start >= prefix.count + minimum ? end : nil
    }

    private func accepts(_ byte: UInt8) -> Bool {
        let characterClass = ByteClass.table[Int(byte)]
        switch characters {
        case .word: return characterClass.contains(.alphanumeric) || byte == 0x5F || byte == 0x2D
        case .dotted: return characterClass.contains(.name)
        case .printable: return !characterClass.contains(.endsValue) && byte < 0x7F
        }
    }
}

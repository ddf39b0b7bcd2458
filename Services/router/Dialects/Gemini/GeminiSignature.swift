import JSON

/// Gemini's thought signatures in other dialects, and other dialects' signatures in Gemini's.
///
/// A signature of Gemini's travels through clients of other dialects as sealed reasoning of its own: the data of a
/// `redacted_thinking` block or of a `reasoning.encrypted` detail, with a mark before it that says whose it is and what
/// it was given for. A signature of Anthropic's travels through Gemini's clients in `thoughtSignature`, which is base64
/// there and may come back in the other alphabet, so it is encoded, behind a mark of ours. Neither is ever shown to a
/// provider that did not give it.
enum GeminiSignature {
    /// What a signature stands at.
    enum Place: String {
        case call
        case text
        case thought
    }

    /// What Google takes in place of a signature that was lost: without one it refuses calls in the history.
    static let missing = "skip_thought_signature_validator"

    private static let seal = "keirouter:gemini:"

    // MARK: Gemini's through others

    /// The data of sealed reasoning that stands for a signature.
    static func sealed(_ signature: String, at place: Place) -> String {
        "\(seal)\(place.rawValue):\(signature)"
    }

    static func sealed(_ signature: WireText, at place: Place) -> WireText {
        WireText(joining: [WireText("\(seal)\(place.rawValue):"), signature], by: "")
    }

    /// Whether sealed reasoning is a signature of Gemini's.
    static func isSealed(_ data: WireText) -> Bool { data.escaped.starts(with: seal.utf8) }

    static func isSealed(_ data: String) -> Bool { data.utf8.starts(with: seal.utf8) }

    /// The signature that sealed reasoning stands for; `nil` for that of other providers.
    static func opened(_ data: WireText) -> (place: Place, signature: WireText)? {
        guard isSealed(data) else { return nil }
        let rest = data.escaped.dropFirst(seal.utf8.count)
        guard let colon = rest.firstIndex(of: UInt8(ascii: ":")),
            let place = Place(rawValue: String(decoding: rest[..<colon], as: UTF8.self))
        else { return nil }
        return (place, WireText(escaped: rest[(colon + 1)...]))
    }

    static func opened(_ data: String) -> (place: Place, signature: String)? {
        guard let (place, signature) = opened(WireText(data)) else { return nil }
        return (place, signature.string)
    }

    // MARK: Others' through Gemini's clients

    /// What another provider had given.
    enum Foreign {
        /// The signature of the thought that it stands at.
        case signature(String)
        /// Reasoning that its provider has encrypted.
        case redacted(String)
    }

    /// `keirouter` in base64, with which all that is ours begins.
    private static let mark = "a2Vpcm91dGVy"
    private static let signed = "keirouter:signed:"
    private static let redacted = "keirouter:redacted:"

    static func wrapped(_ foreign: Foreign) -> String {
        switch foreign {
        case .signature(let text): Base64.encoded(Array((signed + text).utf8))
        case .redacted(let data): Base64.encoded(Array((redacted + data).utf8))
        }
    }

    /// Whether a thought signature is not Google's.
    static func isForeign(_ signature: JSONCursor) -> Bool {
        signature.kind == .string && signature.raw.dropFirst().starts(with: mark.utf8)
    }

    /// What another provider had given; `nil` for what is Google's own.
    static func unwrapped(_ signature: WireText) -> Foreign? {
        guard signature.escaped.starts(with: mark.utf8),
            let text = Base64.decoded(signature.string.utf8).map({ String(decoding: $0, as: UTF8.self) })
        else { return nil }
        if text.hasPrefix(signed) { return .signature(String(text.dropFirst(signed.count))) }
        return text.hasPrefix(redacted) ? .redacted(String(text.dropFirst(redacted.count))) : nil
    }
}

/// Bytes as text, in the alphabet of RFC 4648; that for URLs is read too.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encoded(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let piece = bytes[start..<min(start + 3, bytes.count)]
            var word = 0
            for place in 0..<3 { word = word << 8 | (place < piece.count ? Int(piece[start + place]) : 0) }
            for place in 0..<4 {
                out.append(place <= piece.count ? alphabet[word >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// - Returns: `nil` for text that is not of either alphabet.
    static func decoded(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        var word = 0
        var bits = 0
        for byte in text where byte != UInt8(ascii: "=") {
            guard let value = value(byte) else { return nil }
            word = (word << 6 | value) & 0xFFFF
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            out.append(UInt8(truncatingIfNeeded: word >> bits))
        }
        return out
    }

    private static func value(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}

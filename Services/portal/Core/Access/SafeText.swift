/// Text from outside, made fit for a log line or a row.
package enum SafeText {
    /// The text without control characters, cut to so many characters.
    package static func line(_ text: String, longest: Int) -> String {
        String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init).prefix(longest))
    }

    /// An id from outside if it is short and of harmless characters.
    package static func requestID(_ text: String?) -> String? {
        guard let text, (1...64).contains(text.utf8.count) else { return nil }
        let isHarmless = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
            default: false
            }
        }
        return isHarmless ? text : nil
    }
}

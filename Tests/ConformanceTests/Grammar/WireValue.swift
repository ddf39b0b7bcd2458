import Foundation

/// A JSON value as Foundation reads it: the checkers share no parser with the code they judge.
struct WireValue {
    let any: Any?

    init(_ any: Any?) {
        self.any = any is NSNull ? nil : any
    }

    init(_ bytes: some Sequence<UInt8>) throws {
        any = try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
    }

    subscript(_ name: String) -> WireValue { WireValue((any as? [String: Any])?[name]) }
    subscript(_ index: Int) -> WireValue { list.indices.contains(index) ? list[index] : WireValue(nil) }

    var isPresent: Bool { any != nil }
    var isObject: Bool { any is [String: Any] }
    var isList: Bool { any is [Any] }
    var string: String? { any as? String }
    var integer: Int? { (any as? NSNumber)?.intValue }
    var boolean: Bool? { any as? Bool }
    var list: [WireValue] { (any as? [Any])?.map(WireValue.init) ?? [] }
    var members: [String] { (any as? [String: Any])?.keys.sorted() ?? [] }

    /// The value with its members in order: what says the same is the same.
    var canonical: String {
        guard let any else { return "null" }
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .fragmentsAllowed, .withoutEscapingSlashes]
        let data = (try? JSONSerialization.data(withJSONObject: any, options: options)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}

/// Tool arguments in one form; a text that is no JSON stays what it is.
func canonicalArguments(_ text: String) -> String {
    (try? WireValue(text.isEmpty ? Array("{}".utf8) : Array(text.utf8)))?.canonical ?? text
}

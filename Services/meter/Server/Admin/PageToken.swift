/// Where a list goes on: the sort key of the last item, in the open.
///
/// A token is only a place to continue from; a made-up one shows nothing that a list without it would not.
package struct PageToken: Hashable, Sendable {
    package let text: String

    package init(_ numbers: [Int]) {
        text = numbers.map(String.init).joined(separator: ".")
    }

    package init(_ number: Int, _ name: String) {
        text = "\(number).\(name)"
    }

    /// The numbers in a token of that many.
    package static func numbers(_ text: String, count: Int) -> [Int]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        let numbers = parts.compactMap { $0 }
        return parts.count == count && numbers.count == count ? numbers : nil
    }

    /// A number and a name.
    package static func pair(_ text: String) -> (number: Int, name: String)? {
        guard let dot = text.firstIndex(of: "."), let number = Int(text[..<dot]) else { return nil }
        return (number, String(text[text.index(after: dot)...]))
    }
}

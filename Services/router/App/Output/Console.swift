import Contracts
import JSON
import Observability

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The standard output: documents for programs, text for people.
enum Console {
    private static let output = DescriptorSink(descriptor: STDOUT_FILENO)

    /// Writes text and ends its line where it does not.
    static func write(_ text: String) {
        output.write(Array(text.hasSuffix("\n") ? text.utf8 : "\(text)\n".utf8))
    }

    /// Writes bytes and nothing else.
    static func write(bytes: [UInt8]) {
        output.write(bytes)
    }

    /// Writes one JSON document on a line of its own.
    static func json(_ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        body(&writer)
        output.write(writer.bytes + [UInt8(ascii: "\n")])
    }

    static func json(_ value: some WireCodable) {
        json { value.write(to: &$0) }
    }

    /// Writes all items as the list that the contracts define.
    static func json(list items: [some AdminItem]) {
        json(ListReply(items: items))
    }

    /// Writes to the standard error stream, which is also where prompts go.
    static func note(_ text: String) {
        DescriptorSink.standardError.write(Array(text.utf8))
    }
}

/// Turns frames of server-sent events into lines of JSON: what Ollama's dialect streams.
public struct StreamLines: Sendable {
    /// A line that says nothing: it keeps a quiet connection open where an empty one would be an error.
    private static let quiet: StaticString = """
        {"message":{"role":"assistant","content":""},"done":false}
        """

    /// Makes one.
    public init() {}

    /// Appends a frame's payload as a line.
    ///
    /// - Parameters:
    ///   - frame: The whole frame, valid during the call.
    ///   - out: Takes the bytes.
    public func append(_ frame: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        switch EventFields(frame).payload {
        case .none: WireBytes.append(Self.quiet, to: &out)
        case .slice(let range): out.append(contentsOf: frame[range])
        // Line feeds between members are white space.
        case .joined(let bytes): out.append(contentsOf: bytes.map { $0 == 0x0A ? 0x20 : $0 })
        }
        out.append(0x0A)
    }
}

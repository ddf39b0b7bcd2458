/// Turns frames of server-sent events into one JSON array: what Gemini's dialect streams unless it is asked for events.
public struct StreamArray: Sendable {
    private var hasBegun = false

    /// Makes one for one stream.
    public init() {}

    /// Appends a frame's payload as the next element; a frame without one becomes white space, which keeps a quiet
    /// connection open as a comment does.
    ///
    /// - Parameters:
    ///   - frame: The whole frame, valid during the call.
    ///   - out: Takes the bytes.
    public mutating func append(_ frame: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        switch EventFields(frame).payload {
        case .none: out.append(0x0A)
        case .slice(let range): append(element: frame[range], to: &out)
        case .joined(let bytes): append(element: bytes, to: &out)
        }
    }

    /// Ends the array.
    public mutating func end(into out: inout [UInt8]) {
        if !hasBegun { out.append(UInt8(ascii: "[")) }
        hasBegun = true
        WireBytes.append("\n]\n", to: &out)
    }

    private mutating func append(element: some Collection<UInt8>, to out: inout [UInt8]) {
        guard !element.isEmpty else { return out.append(0x0A) }
        if hasBegun { WireBytes.append("\n,\n", to: &out) } else { out.append(UInt8(ascii: "[")) }
        hasBegun = true
        out.append(contentsOf: element)
    }
}

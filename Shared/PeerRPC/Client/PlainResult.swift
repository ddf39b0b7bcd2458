import Contracts
import JSON

/// Where the result of one call is put when it stands as this project's own server writes it.
protocol PlainResult: AnyObject, Sendable {
    /// Reads the result and the end of its message.
    ///
    /// - Returns: Whether there is one now.
    func read(_ reader: inout PlainReader) -> Bool
}

/// The result of one call, of the type that its caller waits for.
///
/// Written on the event loop before the caller's continuation is resumed, and read by the caller after that: the resumption
/// orders the two, so there is no lock.
final class PlainSlot<Output: WireCodable>: PlainResult, @unchecked Sendable {
    private(set) var value: Output?

    func read(_ reader: inout PlainReader) -> Bool {
        let output = Output.plain(&reader)
        reader.literal("}")
        guard reader.isComplete else { return false }
        value = output
        return output != nil
    }
}

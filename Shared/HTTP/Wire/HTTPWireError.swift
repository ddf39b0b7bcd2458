/// Why bytes are not an acceptable HTTP/1.1 message.
enum HTTPWireError: Error, Hashable {
    /// The reason is a fixed phrase.
    case malformed(String)
    case firstLineTooLong
    case headTooLarge
    case unsupportedTransferCoding
    case unsupportedVersion
}

/// Where a stream of Responses stands, for the events that end it before its time.
public struct StreamPosition: Hashable, Sendable {
    /// The number of the next event.
    public var sequence = 0
    /// The response's id, once it was told.
    public var id: String?
    /// The model as the client was told it.
    public var model: String?
    /// When the response began, in seconds since 1970.
    public var created: Int?

    /// A stream that has not begun.
    public init() {}
}

/// Gathers the arguments of calls for a dialect that has calls whole; they keep the order in which they began.
struct WholeCalls: Sendable {
    struct Call: Sendable {
        let channel: AnswerChannel
        let id: String
        /// The client's name of the tool.
        let name: String
        fileprivate(set) var arguments = ""
        fileprivate var isClosed = false
    }

    /// Arguments are gathered up to this many bytes; what comes behind is left out.
    private static let argumentsLimit = 16 << 20

    private var calls: [Call] = []

    mutating func open(_ channel: AnswerChannel, id: String, name: String) {
        calls.append(Call(channel: channel, id: id, name: name))
    }

    mutating func add(_ text: String, to channel: AnswerChannel) {
        guard let place = calls.lastIndex(where: { $0.channel == channel }), !calls[place].isClosed,
            calls[place].arguments.utf8.count + text.utf8.count <= Self.argumentsLimit
        else { return }
        calls[place].arguments += text
    }

    /// - Returns: Whether the channel is that of a call.
    mutating func close(_ channel: AnswerChannel) -> Bool {
        guard let place = calls.firstIndex(where: { $0.channel == channel }) else { return false }
        calls[place].isClosed = true
        return true
    }

    mutating func closeAll() {
        for place in calls.indices { calls[place].isClosed = true }
    }

    /// The next call at the front that is complete.
    mutating func next() -> Call? {
        guard let call = calls.first, call.isClosed else { return nil }
        return calls.removeFirst()
    }
}

/// How much one side of a stream may still send: items, and bytes of their JSON text.
package struct Credit: Hashable, Sendable {
    package var items: Int
    package var bytes: Int

    package init(items: Int, bytes: Int) {
        self.items = items
        self.bytes = bytes
    }

    /// What each direction of a stream starts with, and the most it ever has.
    package static let window = Credit(items: 64, bytes: 1 << 20)

    /// The longest item a sender takes on.
    ///
    /// A receiver keeps back less than the difference to the window, so an item of
    /// this size always finds its credit in the end.
    package static let largestItem = window.bytes - returnedBytes

    /// How many used bytes a receiver gives back in one message.
    fileprivate static let returnedBytes = 16 << 10
}

/// The sender's view of a stream's credit.
package struct SendWindow: Sendable {
    package private(set) var credit = Credit.window

    package init() {}

    /// Takes the credit for one item, if there is enough.
    package mutating func take(bytes: Int) -> Bool {
        guard credit.items >= 1, credit.bytes >= bytes else { return false }
        credit.items -= 1
        credit.bytes -= bytes
        return true
    }

    /// Adds what the receiver gave back; never beyond the window, whatever it says.
    package mutating func give(_ grant: Credit) {
        credit.items = min(Credit.window.items, credit.items + max(0, min(grant.items, Credit.window.items)))
        credit.bytes = min(Credit.window.bytes, credit.bytes + max(0, min(grant.bytes, Credit.window.bytes)))
    }
}

/// The receiver's view of a stream's credit.
package struct ReceiveWindow: Sendable {
    private var open = Credit.window
    private var consumed = Credit(items: 0, bytes: 0)

    package init() {}

    /// Books an item that came in; `false` when the sender had no credit for it.
    package mutating func receive(bytes: Int) -> Bool {
        guard open.items >= 1, open.bytes >= bytes else { return false }
        open.items -= 1
        open.bytes -= bytes
        return true
    }

    /// Books an item that was used up.
    ///
    /// - Returns: What to give back now, if it is worth a message: half the items, or some thousand bytes.
    package mutating func consume(bytes: Int) -> Credit? {
        consumed.items += 1
        consumed.bytes += bytes
        guard consumed.items >= Credit.window.items / 2 || consumed.bytes >= Credit.returnedBytes else { return nil }
        let grant = consumed
        open.items += grant.items
        open.bytes += grant.bytes
        consumed = Credit(items: 0, bytes: 0)
        return grant
    }
}

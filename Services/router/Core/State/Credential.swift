/// A provider's key in memory; prints as nothing.
package struct Credential: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The secret itself: for the request's header and nothing else.
    package let secret: String

    package init(_ secret: String) {
        self.secret = secret
    }

    package var description: String { "[credential]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

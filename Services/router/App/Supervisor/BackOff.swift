/// How long a service that died waits before it is started again.
///
/// 100 ms, then twice as long each time up to 10 s; a life of a minute forgives what was before.
package struct BackOff: Hashable, Sendable {
    package static let first = Duration.milliseconds(100)
    package static let longest = Duration.seconds(10)
    package static let forgivingLife = Duration.seconds(60)

    private var next = Self.first

    package init() {}

    /// The pause after a life of this length.
    package mutating func pause(afterLiving life: Duration) -> Duration {
        if life >= Self.forgivingLife { next = Self.first }
        defer { next = min(next * 2, Self.longest) }
        return next
    }
}

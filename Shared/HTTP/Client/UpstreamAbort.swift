/// Gives up one request to an upstream from outside the task that sends it; confined to the request's loop.
///
/// The request ends as ``UpstreamError/cancelled``, as it would with its task, which itself goes on.
package final class UpstreamAbort {
    private(set) var isAborted = false
    /// Ends what is waited for now.
    private var stop: (() -> Void)?

    package init() {}

    /// Gives the request up; one that has ended is left alone.
    package func abort() {
        isAborted = true
        stop?()
        stop = nil
    }

    /// Takes note of how to end what is waited for from now on.
    func ends(by stop: @escaping () -> Void) {
        self.stop = stop
    }
}

import Dialects
import RouterCore

/// Where a request's attempts stand; confined to the request's event loop.
final class AttemptCourse {
    var plan: AttemptPlan
    var step: AttemptPlan.Step
    /// Why the last attempt failed, and what its provider said.
    var last: (failure: FailureClass, passed: PassedError?)?
    /// Why the stream broke off that another attempt was to go on with.
    var broken: FailureClass?
    /// Parameters that would have been lost at targets which were passed over for it.
    private var lost: [String] = []
    /// How much of what was passed over has been told.
    private var told = 0

    init(plan: AttemptPlan, step: AttemptPlan.Step) {
        self.plan = plan
        self.step = step
    }

    func lose(_ names: [String]) {
        for name in names where !lost.contains(name) { lost.append(name) }
    }

    func tellSkips(_ route: inout RouteNote) {
        guard plan.skipped.count > told else { return }
        route.skipped(plan.skipped[told...])
        told = plan.skipped.count
    }

    /// What the client is told when no step is left.
    var failure: RequestFailure {
        guard case .exhausted(let until) = step else {
            return .error(ClientError(.internal, "no attempt was planned"))
        }
        // The request was good enough for the answer that broke off.
        if let broken { return .error(ClientError(broken.fault)) }
        if let passed = last?.passed {
            return .passed(status: passed.status, headers: passed.headers, body: passed.body)
        }
        if last == nil, !lost.isEmpty { return .error(ClientError(losing: lost)) }
        return .error(plan.clientError(after: last?.failure, until: until, now: .now))
    }
}

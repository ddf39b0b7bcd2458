import Contracts
import MeterCore

/// Says whose key a digest is, for a member who signs in with it.
struct Identification: Sendable {
    let context: AdminContext

    func identify(_ request: IdentifyRequest) async throws(ServiceError) -> IdentifyReply {
        let (view, denial) = context.memory.withState { state, now in
            state.identify(digest: request.keySHA256, now: now)
        }
        guard let view else { return IdentifyReply(denial: denial) }
        let key = try await KeyAdmin(context: context).get(GetRequest(id: view.terms.id))
        var plan: PlanItem?
        if let name = view.terms.plan { plan = try await PlanAdmin(context: context).get(GetRequest(id: name)) }
        return IdentifyReply(key: key, plan: plan, budget: UsageAdmin.budget(view))
    }
}

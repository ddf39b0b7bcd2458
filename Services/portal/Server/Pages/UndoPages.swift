import Contracts
import Hummingbird
import PortalCore

/// `/undo`: puts things back as they were before the last act.
struct UndoPages: PageGroup {
    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.post("/undo") { _, context in await undo(context) }
    }

    private func undo(_ context: PortalContext) async -> Response {
        let page = OriginRule.nextPath(context.form["next"]) ?? "/"
        guard let act = view.undo.take(context.form["undo"] ?? "", context.operatorSession) else {
            return Reply.redirect(to: page, notice: .undoGone, context)
        }
        do throws(ServiceError) {
            try await restore(act, context)
            return Reply.redirect(to: page, notice: .undone, context)
        } catch {
            return Reply.redirect(to: page, notice: Notice(error), context)
        }
    }

    /// Puts items back, unless somebody changed them since: then nothing more is touched.
    private func restore(_ act: UndoShelf.Act, _ context: PortalContext) async throws(ServiceError) {
        let acts = view.parts.acts
        switch act {
        case .keys(let keys):
            for key in keys {
                _ = try await acts.put(AdminMethods.meterV1.keys, key.before, etag: key.etag, context)
            }
        case .account(let before, let etag):
            _ = try await acts.put(AdminMethods.routerV1.accounts, before, etag: etag, context)
        case .provider(var before, let etag):
            // In a put none keeps what there is; an empty one takes it away.
            before.proxy = before.proxy ?? ""
            _ = try await acts.put(AdminMethods.routerV1.providers, before, etag: etag, context)
        case .plan(let before, let etag):
            _ = try await acts.put(AdminMethods.meterV1.plans, before, etag: etag, context)
        case .chain(let before, let etag):
            _ = try await acts.put(AdminMethods.routerV1.chains, before, etag: etag, context)
        case .alias(let before):
            let names = try await view.parts.peers.all(AdminMethods.routerV1.aliases, limit: 2000)
            guard !names.contains(where: { $0.id == before.id }) else { throw .etagMismatch("alias", before.id) }
            _ = try await acts.put(AdminMethods.routerV1.aliases, before, context)
        case .price(let before):
            _ = try await acts.put(AdminMethods.meterV1.prices, before, context)
        case .policyGone(let before):
            let policies = try await view.parts.peers.all(AdminMethods.guardV1.policies, limit: 1000)
            guard !policies.contains(where: { $0.scope == before.scope }) else {
                throw .etagMismatch("policy", before.scope)
            }
            _ = try await acts.put(AdminMethods.guardV1.policies, before, context)
        case .policy(let before?, let after):
            _ = try await acts.put(AdminMethods.guardV1.policies, before, etag: after.etag, context)
        case .policy(nil, let after):
            try await acts.delete(AdminMethods.guardV1.policies, after.id, etag: after.etag, context)
        case .setting(let before?, let after):
            _ = try await acts.put(AdminMethods.saverV1.settings, before, etag: after.etag, context)
        case .setting(nil, let after):
            try await acts.delete(AdminMethods.saverV1.settings, after.id, etag: after.etag, context)
        }
    }
}

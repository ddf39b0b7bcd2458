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

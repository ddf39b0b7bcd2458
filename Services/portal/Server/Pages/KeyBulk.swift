import Contracts
import Hummingbird
import PortalCore

/// One act on several keys: a plan, which can be taken back, or the end of them, which cannot.
///
/// Each key is acted on by itself, and the page says what came of each.
struct KeyBulk: Sendable {
    /// Keys of one act: a page of them, and what a script might add.
    private static let most = 200
    /// What must be typed to revoke several keys.
    private static let word = "revoke"

    let pages: KeyPages

    func act(_ request: PageRequest) async throws -> Response {
        let form = request.context.form
        let ids = form.all("id").reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        var state = FormState()
        if ids.isEmpty { state.problem = "No key was chosen, so nothing was changed." }
        if ids.count > Self.most { state.problem = "\(Self.most) keys at once are the most; nothing was changed." }
        let isRevoking = form["act"] == "revoke"
        if isRevoking, form["confirm"] != Self.word, state.problem == nil {
            state.problem = "Type “\(Self.word)” beside the button to revoke \(Counts.of(ids.count, "key", "keys")); "
                + "nothing was changed."
        }
        guard state.problem == nil else { return try await pages.list(request, state, status: .unprocessableContent) }
        var undo: [(before: KeyItem, etag: String)] = []
        var rows: [KeyPages.Result] = []
        for id in ids {
            let (row, change) = await isRevoking ? revoke(id, request.context) : plan(id, request.context)
            rows.append(row)
            if let change { undo.append(change) }
        }
        let done = rows.count { $0.kind == "good" }
        let results = KeyPages.Results(
            title: "\(Counts.of(done, "key", "keys")) of \(rows.count) \(isRevoking ? "revoked" : "changed").",
            undo: undo.isEmpty ? nil : pages.view.undo.keep(.keys(undo), request.context),
            rows: rows
        )
        return try await pages.list(request, results: results)
    }

    private func plan(
        _ id: String,
        _ context: PortalContext
    ) async -> (KeyPages.Result, (before: KeyItem, etag: String)?) {
        var name = id
        do throws(ServiceError) {
            let before = try await pages.view.parts.peers.call(AdminMethods.meterV1.keys.get, GetRequest(id: id))
            name = before.name
            var key = before
            key.plan = context.form["plan"].flatMap { $0.isEmpty ? nil : $0 }
            let saved = try await pages.view.parts.acts.put(
                AdminMethods.meterV1.keys,
                key,
                etag: before.etag,
                context
            )
            return (Self.good(name, key.plan.map { "has the plan \($0)" } ?? "has no plan"), (before, saved.etag))
        } catch {
            return (Self.bad(name, error), nil)
        }
    }

    private func revoke(
        _ id: String,
        _ context: PortalContext
    ) async -> (KeyPages.Result, (before: KeyItem, etag: String)?) {
        var name = id
        do throws(ServiceError) {
            name = try await pages.view.parts.peers.call(AdminMethods.meterV1.keys.get, GetRequest(id: id)).name
            try await pages.view.parts.acts.delete(AdminMethods.meterV1.keys, id, context)
            return (Self.good(name, "is refused from now on"), nil)
        } catch {
            return (Self.bad(name, error), nil)
        }
    }

    private static func good(_ name: String, _ text: String) -> KeyPages.Result {
        KeyPages.Result(name: name, kind: "good", icon: "ok", text: text)
    }

    private static func bad(_ name: String, _ error: ServiceError) -> KeyPages.Result {
        KeyPages.Result(name: name, kind: "bad", icon: "bad", text: "was not changed: \(error.message)")
    }
}

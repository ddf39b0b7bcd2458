import Contracts
import Hummingbird
import PortalCore

/// One plan: its limits, the keys on it, and its end.
struct PlanDetail: Sendable {
    /// Keys that are listed; the others are counted.
    private static let most = 50

    let view: PageView

    private struct Key {
        let href: String
        let name: String
        let meter: String
        let text: String
    }

    private struct Form {
        let problem: String?
        let verbatim: String?
        let fields: [FieldView]
    }

    private struct Model {
        let id: String
        let path: String
        let name: String
        let sentence: String
        let etag: String
        let isDeclared: Bool
        let form: Form
        let hasKeys: Bool
        let keys: [Key]
        let keysTitle: String
        let more: String?
        /// Why it cannot be removed.
        let held: String?
    }

    func page(
        _ request: PageRequest,
        _ state: FormState = FormState(),
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let id = try request.context.pathID
        let plan = try await view.parts.peers.call(AdminMethods.meterV1.plans.get, GetRequest(id: id))
        let facts = await PlanPages.facts(view.parts.peers)
        let keys = facts.keys(on: plan)
        let model = Model(
            id: plan.id,
            path: PathText.segment(plan.id),
            name: plan.name,
            sentence: Self.sentence(plan),
            etag: plan.etag,
            isDeclared: plan.declared,
            form: Form(
                problem: state.problem,
                verbatim: state.verbatim,
                fields: PlanForm.fields(plan, state, isNew: false)
            ),
            hasKeys: !keys.isEmpty,
            keys: keys.prefix(Self.most).map { Self.key($0, facts.budgets[$0.id]) },
            keysTitle: keys.isEmpty ? "No key is on it" : "\(Counts.of(keys.count, "key is", "keys are")) on it",
            more: keys.count > Self.most ? "\(Counts.grouped(keys.count - Self.most)) more are not listed here." : nil,
            held: keys.isEmpty
                ? nil
                : "\(Counts.of(keys.count, "key is", "keys are")) on it. Give \(keys.count == 1 ? "it" : "them") "
                    + "another plan first, or revoke \(keys.count == 1 ? "it" : "them"): then this one can be removed."
        )
        return try await view.admin("plan", plan.name, model, request, status: status)
    }

    private static func sentence(_ plan: PlanItem) -> String {
        guard plan.limitNanoUSD > 0 || plan.limitTokens > 0 else { return "A key may spend without a limit." }
        let tokens = plan.limitNanoUSD > 0 ? PlanWords.tokens(plan).map { ", and \($0)" } ?? "" : ""
        let end = plan.hardCutoff ? "" : "; above it there is a warning"
        return "A key may use \(PlanWords.budget(plan))\(tokens)\(end)."
    }

    private static func key(_ key: KeyItem, _ budget: BudgetItem?) -> Key {
        let share = budget.flatMap(PlanWords.share)
        let text = share.map { share in
            share.isMoney
                ? "\(Dollars.sum(share.used)) of \(Dollars.sum(share.limit))"
                : "\(Counts.short(share.used)) of \(Counts.short(share.limit)) tokens"
        }
        return Key(
            href: "/requests" + PageQuery("", names: []).with("key", key.id).text,
            name: key.name,
            meter: share.map { PlanWords.meter($0.used, of: $0.limit) } ?? "",
            text: text ?? Dollars.sum(budget?.spentNanoUSD ?? 0)
        )
    }

    func save(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.pathID
        var state = FormState(context.form, names: PlanForm.names)
        do {
            let before = try await view.parts.peers.call(AdminMethods.meterV1.plans.get, GetRequest(id: id))
            let item = PlanForm.plan(context.form, over: before, &state)
            guard state.errors.isEmpty else { return try await page(request, state, status: .unprocessableContent) }
            let etag = context.form["etag"]
            let saved = try await view.parts.acts.put(AdminMethods.meterV1.plans, item, etag: etag, context)
            let undo = view.undo.keep(.plan(before: before, etag: saved.etag), context.operatorSession)
            return Reply.redirect(to: "/plans/\(PathText.segment(id))", notice: .saved, undo: undo, context)
        } catch let error as ServiceError {
            let refused = state.refused(error, fields: PlanForm.fields)
            return try await page(request, refused, status: KeyPages.status(error))
        }
    }

    func remove(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.pathID
        guard context.form["name"] == id else {
            var state = FormState()
            state.problem = "The name typed is not “\(id)”, so the plan was not removed."
            return try await page(request, state, status: .unprocessableContent)
        }
        do throws(ServiceError) {
            try await view.parts.acts.delete(AdminMethods.meterV1.plans, id, context)
            return Reply.redirect(to: "/plans", notice: .deleted, context)
        } catch {
            return try await page(request, FormState().refused(error), status: KeyPages.status(error))
        }
    }
}

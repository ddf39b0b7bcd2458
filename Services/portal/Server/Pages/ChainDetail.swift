import Contracts
import Hummingbird
import PortalCore

/// One chain: its picture, and the form that moves its targets.
///
/// Each button of the form sends all of it: what is not saved yet stays on the page, without a script.
struct ChainDetail: Sendable {
    let view: PageView

    private struct Step {
        let number: Int
        let target: String
        let weight: String
        let isFirst: Bool
        let isLast: Bool
    }

    private struct Form {
        let problem: String?
        let verbatim: String?
        let strategy: FieldView
        let hasWeights: Bool
        let steps: [Step]
        let isChanged: Bool
        let stepsError: String?
    }

    private struct Model {
        let id: String
        let path: String
        let sentence: String
        let how: String
        let etag: String
        let isDeclared: Bool
        let stops: [ChainWords.Stop]
        let svg: String
        let form: Form
        let targets: [String]
        let command: String
    }

    /// What the form holds that is not saved.
    private struct Draft {
        var strategy: String
        var steps: [String]
        var weights: [String]
    }

    func page(_ request: PageRequest) async throws -> Response {
        try await page(request, FormState(), draft: nil)
    }

    private func page(
        _ request: PageRequest,
        _ state: FormState,
        draft: Draft?,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let id = try request.context.pathID
        let chain = try await view.parts.peers.call(AdminMethods.routerV1.chains.get, GetRequest(id: id))
        let facts = await ChainPages.facts(view)
        let stops = ChainWords.stops(chain, facts, nowUS: view.parts.clock.nowUS)
        let model = Model(
            id: chain.id,
            path: PathText.segment(chain.id),
            sentence: Self.sentence(chain, stops),
            how: ChainWords.text(chain.strategy),
            etag: request.context.form["etag"] ?? chain.etag,
            isDeclared: chain.declared,
            stops: stops,
            svg: ChainWords.picture(chain, stops),
            form: Self.form(chain, state, draft),
            targets: facts.targets.filter { $0 != chain.id },
            command: "\"model\": \"\(chain.id)\""
        )
        return try await view.admin("chain", chain.id, model, request, status: status)
    }

    private static func sentence(_ chain: ChainItem, _ stops: [ChainWords.Stop]) -> String {
        let good = stops.count { $0.kind == "good" }
        let first = chain.steps.first ?? ""
        if good == 0 { return "None of its targets is in service." }
        guard chain.strategy == "priority" else {
            return "\(ChainWords.title(chain.strategy)) among \(Counts.of(stops.count, "target", "targets"))."
        }
        return stops.count == 1
            ? "\(first) answers."
            : "\(first) answers, \(Counts.of(stops.count - 1, "other stands", "others stand")) by."
    }

    private static func form(_ chain: ChainItem, _ state: FormState, _ draft: Draft?) -> Form {
        let strategy = draft?.strategy ?? chain.strategy
        let steps = draft?.steps ?? chain.steps
        let weights = draft?.weights ?? ChainWords.weights(chain).map { "\($0)" }
        return Form(
            problem: state.problem,
            verbatim: state.verbatim,
            strategy: FieldView(
                "strategy",
                "Who answers",
                .select(ChainWords.strategies.map { ($0.name, "\($0.title): \($0.text)") }),
                value: strategy
            ),
            hasWeights: strategy == "weighted",
            steps: steps.enumerated().map { index, step in
                Step(
                    number: index + 1,
                    target: step,
                    weight: index < weights.count ? weights[index] : "1",
                    isFirst: index == 0,
                    isLast: index == steps.count - 1
                )
            },
            isChanged: draft != nil,
            stepsError: state.errors["steps"] ?? state.errors["weights"]
        )
    }

    func edit(_ request: PageRequest) async throws -> Response {
        let form = request.context.form
        let steps = form.all("step").map { FormText.lines($0).first ?? "" }
        var weights = form.all("weight").map { FormText.lines($0).first ?? "" }
        while weights.count < steps.count { weights.append("1") }
        var draft = Draft(strategy: form["strategy"] ?? "priority", steps: steps, weights: weights)
        let act = form["act"] ?? "save"
        guard act != "save" else { return try await save(request, draft) }
        Self.apply(act, to: &draft)
        return try await page(request, FormState(), draft: draft)
    }

    /// Moves, drops or adds a target: `up-2`, `down-2`, `drop-2`, `more`.
    private static func apply(_ act: String, to draft: inout Draft) {
        let parts = act.split(separator: "-", maxSplits: 1)
        let index = parts.count == 2 ? (Int(parts[1]) ?? 0) - 1 : -1
        let other = parts.first == "up" ? index - 1 : index + 1
        switch parts.first {
        case "more":
            draft.steps.append("")
            draft.weights.append("1")
        case "drop" where draft.steps.indices.contains(index):
            draft.steps.remove(at: index)
            draft.weights.remove(at: index)
        case "up" where draft.steps.indices.contains(index) && draft.steps.indices.contains(other),
            "down" where draft.steps.indices.contains(index) && draft.steps.indices.contains(other):
            draft.steps.swapAt(index, other)
            draft.weights.swapAt(index, other)
        default: break
        }
    }

    private func save(_ request: PageRequest, _ draft: Draft) async throws -> Response {
        let context = request.context
        let id = try context.pathID
        var state = FormState()
        let kept = zip(draft.steps, draft.weights).filter { !$0.0.isEmpty }
        let weights = draft.strategy == "weighted" ? kept.map { Counts.parse($0.1) } : []
        if kept.isEmpty { state.errors["steps"] = "A chain needs a target." }
        if weights.contains(nil) { state.errors["weights"] = "Each weight is a whole number from 1 to 1,000." }
        guard state.errors.isEmpty else {
            return try await page(request, state, draft: draft, status: .unprocessableContent)
        }
        do throws(ServiceError) {
            let chains = AdminMethods.routerV1.chains
            let before = try await view.parts.peers.call(chains.get, GetRequest(id: id))
            let item = ChainItem(
                id: id,
                strategy: draft.strategy,
                steps: kept.map(\.0),
                weights: weights.compactMap(\.self)
            )
            let saved = try await view.parts.acts.put(chains, item, etag: context.form["etag"], context)
            let undo = view.undo.keep(.chain(before: before, etag: saved.etag), context.operatorSession)
            return Reply.redirect(to: "/chains/\(PathText.segment(id))", notice: .saved, undo: undo, context)
        } catch {
            state.values = ["steps": "", "weights": ""]
            let refused = state.refused(error)
            return try await page(request, refused, draft: draft, status: KeyPages.status(error))
        }
    }

    func remove(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.pathID
        guard context.form["name"] == id else {
            var state = FormState()
            state.problem = "The name typed is not “\(id)”, so the chain was not removed."
            return try await page(request, state, draft: nil, status: .unprocessableContent)
        }
        do throws(ServiceError) {
            try await view.parts.acts.delete(AdminMethods.routerV1.chains, id, context)
            return Reply.redirect(to: "/chains", notice: .deleted, context)
        } catch {
            return try await page(request, FormState().refused(error), draft: nil, status: KeyPages.status(error))
        }
    }
}

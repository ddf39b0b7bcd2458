import Contracts
import Hummingbird
import PortalCore

/// One provider: its accounts, how it is reached, and what may be changed.
struct ProviderDetail: Sendable {
    let view: PageView

    private struct Account {
        let id: String
        let label: String
        let display: String
        let state: String
        let until: String?
        let waiting: String?
        let hasDisplay: Bool
        let kind: String
        let icon: String
        let order: String
        let etag: String
        let isDeclared: Bool
        let switchTo: String
        let switchTitle: String
        /// Whether it is the one whose form was refused.
        let isOpen: Bool
        let problem: String?
        let verbatim: String?
        let fields: [FieldView]
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
        let checked: ProviderPages.Checked?
        let results: KeyPages.Results?
        let hasAccounts: Bool
        let accounts: [Account]
        let form: Form
        let bulk: Form
        let isBulkOpen: Bool
        let facts: [JourneyModel.Fact]
        let isOwn: Bool
        let etag: String
        let change: ProviderForm.View?
        let isChangeOpen: Bool
        /// Why it cannot be removed.
        let held: String?
    }

    /// What came back with one of the page's forms.
    struct Returned {
        var added = FormState()
        var bulk = FormState()
        var change = FormState()
        /// An account's form, by its id.
        var account: (id: String, state: FormState)?
        var checked: ProviderPages.Checked?
        var results: KeyPages.Results?
    }

    func page(
        _ id: String,
        _ request: PageRequest,
        _ returned: Returned = Returned(),
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let peers = view.parts.peers
        let router = AdminMethods.routerV1
        let provider = try await peers.call(router.providers.get, GetRequest(id: id))
        let accounts = try await peers.all(router.accounts, filter: ["provider": id], limit: 2000)
        let health = (try? await peers.all(router.health, limit: 500))?.filter { $0.provider == id } ?? []
        let proxies = (try? await peers.all(router.proxies, limit: 500)) ?? []
        let now = view.parts.clock.nowUS
        let words = ProviderWords(accounts: accounts, health: health, nowUS: now)
        let why = words.why.flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
        let isOwn = !provider.builtin && !provider.declared
        let model = Model(
            id: provider.id,
            path: PathText.segment(provider.id),
            name: provider.name,
            sentence: "\(words.service)\(why).",
            checked: returned.checked,
            results: returned.results,
            hasAccounts: !accounts.isEmpty,
            accounts: accounts.map { account in
                Self.account(account, provider, health, proxies, returned.account, nowUS: now)
            },
            form: Self.form(
                returned.added,
                AccountForm.fields(AccountItem(provider: id, label: ""), provider, proxies, returned.added)
            ),
            bulk: Self.form(returned.bulk, [Self.lines(returned.bulk)]),
            isBulkOpen: returned.bulk.isRefused,
            facts: Self.facts(provider),
            isOwn: isOwn,
            etag: provider.etag,
            change: isOwn ? ProviderForm.View(provider, proxies, returned.change, isNew: false) : nil,
            isChangeOpen: returned.change.isRefused,
            held: accounts.contains(where: \.declared)
                ? "The configuration file declares an account of it, so it stays. Change that there." : nil
        )
        return try await view.admin("provider", provider.name, model, request, status: status)
    }

    private static func form(_ state: FormState, _ fields: [FieldView]) -> Form {
        Form(problem: state.problem, verbatim: state.verbatim, fields: fields)
    }

    private static func lines(_ state: FormState) -> FieldView {
        FieldView(
            "lines",
            "Credentials",
            .area(rows: 5),
            form: state,
            hint: "One a line, with a name before it or without: backup sk-… ; # begins a comment. "
                + "\(AccountLines.most) at once.",
            isRequired: true,
            isCode: true
        )
    }

    private static func facts(_ provider: ProviderItem) -> [JourneyModel.Fact] {
        let headers = provider.headers.isEmpty ? "none" : provider.headers.keys.sorted().joined(separator: ", ")
        let evidence =
            provider.builtin
            ? [JourneyModel.Fact(name: "Known from", value: EvidenceWords.text(provider.evidence))] : []
        let special =
            (provider.connector.isEmpty
                ? [] : [JourneyModel.Fact(name: "Addressed as", value: ProviderForm.connector(provider.connector))])
            + (provider.stream == "both"
                ? [] : [JourneyModel.Fact(name: "Answers", value: ProviderForm.stream(provider.stream))])
            + (provider.thinkTags == true ? [JourneyModel.Fact(name: "Reasoning", value: "between <think> tags")] : [])
        return [
            JourneyModel.Fact(name: "Id", value: provider.id),
            JourneyModel.Fact(name: "Address", value: provider.baseURL),
            JourneyModel.Fact(name: "Wire", value: Words.wire(provider.dialect)),
            JourneyModel.Fact(name: "Headers", value: headers),
            JourneyModel.Fact(name: "Private address", value: provider.allowPrivate ? "allowed" : "refused"),
            JourneyModel.Fact(
                name: "Comes from",
                value: provider.declared ? "the configuration file" : provider.builtin ? "the product" : "this page"
            ),
        ] + special + evidence
    }

    private static func account(
        _ item: AccountItem,
        _ provider: ProviderItem,
        _ health: [HealthItem],
        _ proxies: [ProxyItem],
        _ returned: (id: String, state: FormState)?,
        nowUS: Int
    ) -> Account {
        let words = AccountWords(item, nowUS: nowUS)
        let state = returned?.id == item.id ? returned?.state : nil
        let waiting = health.filter { $0.account == item.id && ($0.cooldownUntilUS ?? 0) > nowUS }.compactMap(\.model)
        let proxy = item.proxy.map { id in ", through \(proxies.first { $0.id == id }?.name ?? id)" } ?? ""
        return Account(
            id: PathText.segment(item.id),
            label: item.label.isEmpty ? item.id : item.label,
            display: item.display,
            state: words.state,
            until: words.until,
            waiting: waiting.isEmpty ? nil : waiting.prefix(4).joined(separator: ", "),
            hasDisplay: item.display.count > 1,
            kind: words.kind,
            icon: words.icon,
            order: "priority \(item.priority), weight \(item.weight)\(proxy)",
            etag: item.etag,
            isDeclared: item.declared,
            switchTo: item.enabled ? "off" : "on",
            switchTitle: item.enabled ? "Switch off" : "Switch on",
            isOpen: state != nil,
            problem: state?.problem,
            verbatim: state?.verbatim,
            fields: item.declared ? [] : AccountForm.fields(item, provider, proxies, state ?? FormState())
        )
    }
}

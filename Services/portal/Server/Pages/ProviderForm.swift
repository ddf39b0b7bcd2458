import Contracts
import PortalCore

/// A provider's form: its fields, and the provider that they make.
enum ProviderForm {
    static let names = ["name", "id", "url", "dialect", "headers", "private"] + special
    private static let special = ["connector", "stream", "think_tags", "proxy"]
    /// What the router calls the fields.
    static let fields = ["base_url": "url", "api_key": "credential"]
    private static let connectors = [
        ("", "Its wire's own"), ("azure", "Azure OpenAI deployments"), ("vertex", "Google Vertex AI"),
    ]
    private static let streams = [
        ("both", "Whole and streamed"), ("only", "Streamed alone"), ("never", "Whole alone"),
    ]
    private static let thinking = [("", "Known by the model's name"), ("on", "Yes"), ("off", "No")]

    static func connector(_ name: String) -> String { connectors.first { $0.0 == name }?.1 ?? name }

    static func stream(_ name: String) -> String { streams.first { $0.0 == name }?.1 ?? name }

    /// What a page shows of a provider's form.
    struct View {
        let problem: String?
        let verbatim: String?
        var checked: ProviderPages.Checked?
        let fields: [FieldView]
        let more: [FieldView]
        /// Whether something in `more` was refused, or is not as most providers have it.
        let isMoreOpen: Bool

        init(
            _ provider: ProviderItem,
            _ proxies: [ProxyItem],
            _ state: FormState,
            isNew: Bool,
            checked: ProviderPages.Checked? = nil
        ) {
            (problem, verbatim, self.checked) = (state.problem, state.verbatim, checked)
            fields = ProviderForm.fields(provider, state, isNew: isNew)
            let proxy = FieldView(
                "proxy",
                "Goes through",
                .select([("", "No proxy")] + proxies.map { ($0.id, $0.name) }),
                form: state,
                hint: "For all its accounts that have none of their own.",
                id: "provider-proxy",
                value: provider.proxy ?? ""
            )
            let hasProxy = provider.proxy.map { !$0.isEmpty } ?? false
            more = ProviderForm.special(provider, state) + (proxies.isEmpty && !hasProxy ? [] : [proxy])
            isMoreOpen =
                ProviderForm.special.contains { state.errors[$0] != nil }
                || !provider.connector.isEmpty || provider.stream != "both" || provider.thinkTags != nil || hasProxy
        }
    }

    /// - Parameters:
    ///   - provider: What the fields begin with.
    ///   - state: What was sent.
    ///   - isNew: Whether it asks for an id and a first credential too.
    /// - Returns: The fields.
    private static func fields(_ provider: ProviderItem, _ state: FormState, isNew: Bool) -> [FieldView] {
        let id = FieldView(
            "id",
            "Id",
            form: state,
            hint: "The first part of provider/model: lower case, digits, hyphens.",
            isRequired: true,
            isCode: true
        )
        let credential = FieldView(
            "credential",
            "Credential",
            .line("password"),
            form: state,
            hint: "Its API key. Leave empty where none is needed. It is stored encrypted and not shown again.",
            isCode: true
        )
        let name = FieldView(
            "name",
            "Name",
            form: state,
            hint: "For people: Our vLLM.",
            isRequired: true,
            value: provider.name
        )
        return [name] + (isNew ? [id] : []) + reach(provider, state) + (isNew ? [credential] : []) + [
            FieldView(
                "headers",
                "Headers",
                .area(rows: 2),
                form: state,
                hint: "Sent with every request, one a line: x-team: ai. Never credentials.",
                isCode: true,
                value: provider.headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
                    .joined(separator: "\n")
            ),
            FieldView(
                "private",
                "The address is on my own network",
                .tick,
                form: state,
                hint: "Private and loopback addresses are refused without this tick.",
                value: provider.allowPrivate ? "on" : ""
            ),
        ]
    }

    private static func reach(_ provider: ProviderItem, _ state: FormState) -> [FieldView] {
        [
            FieldView(
                "dialect",
                "Wire",
                .select(Words.wires),
                form: state,
                hint: "What it speaks. Most servers speak OpenAI's chat completions.",
                value: provider.dialect
            ),
            FieldView(
                "url",
                "Base address",
                .line("url"),
                form: state,
                hint: "Up to and with the version: https://ai.example.com/v1. Ollama and Bedrock have none. "
                    + "{region} is a place that each account fills.",
                isRequired: true,
                isCode: true,
                value: provider.baseURL
            ),
        ]
    }

    /// What few providers need.
    private static func special(_ provider: ProviderItem, _ state: FormState) -> [FieldView] {
        [
            FieldView(
                "connector",
                "Addressed as",
                .select(connectors),
                form: state,
                hint: "Azure goes with OpenAI's wire, Vertex AI with Gemini's and Anthropic's.",
                value: provider.connector
            ),
            FieldView(
                "stream",
                "Answers",
                .select(streams),
                form: state,
                hint: "A caller who asks for the other form gets it made from this one.",
                value: provider.stream
            ),
            FieldView(
                "think_tags",
                "Begins with <think> tags",
                .select(thinking),
                form: state,
                hint: "What is between them becomes reasoning, not text.",
                value: provider.thinkTags.map { $0 ? "on" : "off" } ?? ""
            ),
        ]
    }

    /// The provider that a form asks for.
    static func provider(_ form: FormFields, over provider: ProviderItem, _ state: inout FormState) -> ProviderItem {
        var item = provider
        item.name = form["name"] ?? ""
        item.dialect = form["dialect"] ?? provider.dialect
        item.baseURL = form["url"] ?? ""
        item.allowPrivate = form["private"] == "on"
        item.connector = form["connector"] ?? provider.connector
        item.stream = form["stream"] ?? provider.stream
        if let tags = form["think_tags"] { item.thinkTags = tags.isEmpty ? nil : tags == "on" }
        // An empty one takes it away; none at all keeps what there is.
        item.proxy = form["proxy"]
        item.headers = [:]
        for (name, text) in [("name", "A provider needs a name."), ("url", "An address is needed.")]
        where (form[name] ?? "").isEmpty { state.errors[name] = text }
        for line in FormText.lines(form["headers"] ?? "") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let name = FormText.lines(String(parts[0])).first,
                let value = FormText.lines(String(parts[1])).first
            else {
                state.errors["headers"] = "Each line is a name, a colon and a value."
                continue
            }
            if item.headers.updateValue(value, forKey: name) != nil {
                state.errors["headers"] = "\(name) is there twice."
            }
        }
        return item
    }
}

/// How well a provider's wire is known, as people read it.
enum EvidenceWords {
    /// A kind of evidence, over a list and in a sentence.
    static let all: [(name: String, title: String, text: String)] = [
        ("recorded", "Tested against recorded answers", "its recorded answers"),
        ("documented", "Built from their documentation", "its documentation"),
        ("assumed", "Assumed to speak the wire they say", "what it says of itself, untested"),
    ]

    static func text(_ evidence: String) -> String {
        all.first { $0.name == evidence }?.text ?? Words.reason(evidence)
    }
}

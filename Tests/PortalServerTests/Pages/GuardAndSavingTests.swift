import Contracts
import JSON
import PortalCore
import TestSupport
import Testing

@testable import PortalServer

@Suite("Guardrails and savers as forms")
struct GuardAndSavingTests {
    private static func form(_ pairs: [(String, String)]) -> FormFields {
        FormFields(
            urlEncoded: pairs.map { "\(PageQuery.encode($0.0))=\(PageQuery.encode($0.1))" }.joined(separator: "&")
        )
    }

    /// What a browser would send of fields that nobody touched.
    private static func untouched(_ fields: [FieldView]) -> [(String, String)] {
        fields.compactMap { field in
            if field.isTick { return field.isOn ? (field.name, "on") : nil }
            if field.isSelect {
                return (field.name, field.choices.first(where: \.isChosen)?.value ?? field.choices[0].value)
            }
            return (field.name, field.value)
        }
    }

    private static let policy = PolicyItem(
        scope: "key:mira",
        onFailure: "closed",
        allowExternalEngines: false,
        pii: PIISection(
            enabled: true,
            direction: "both",
            action: .mask,
            strategy: "anonymize",
            minScore: 0.6,
            entities: ["EMAIL_ADDRESS": "", "CREDIT_CARD": "block", "BADGE": "warn"],
            engine: "presidio"
        ),
        injection: InjectionSection(enabled: true, direction: "inbound", action: .block, severity: .high),
        topics: TopicsSection(
            enabled: false,
            direction: "inbound",
            action: .warn,
            mode: "allow",
            topics: ["weapons", "our product"],
            engine: "hybrid",
            embedder: "acme/embed",
            similarityThreshold: 0.7
        ),
        toxicity: ScoredSection(
            enabled: true,
            direction: "both",
            action: .logOnly,
            threshold: 70,
            categories: ["HATE"],
            engine: "openai"
        ),
        bias: ScoredSection(),
        code: ScoredSection(enabled: true, direction: "outbound", action: .block, categories: ["CONTAINS_CODE"]),
        json: JSONSection(
            enabled: true,
            action: .warn,
            answerSchema: Array("{\"type\":\"object\"}".utf8),
            buffer: false
        ),
        custom: [
            CustomPattern(name: "ticket", pattern: "PROJ-[0-9]{4}", action: .mask),
            CustomPattern(name: "names", words: ["Blue Sky", "Tern"], direction: "inbound", action: .block),
        ]
    )

    @Test("A policy that nobody touched comes back from its form as it was")
    func policyRoundTrip() {
        let form = GuardForm(scope: "key:mira")
        var fields: [(String, String)] = []
        for section in form.sections(Self.policy) {
            fields += Self.untouched(section.fields + section.more + section.entities)
        }
        for custom in form.custom(Self.policy) { fields += Self.untouched(custom.fields) }
        fields += Self.untouched(form.whole(Self.policy))
        var problem: String?
        let item = GuardForm.policy(Self.form(fields), over: Self.policy, &problem)
        #expect(problem == nil)
        #expect(item == Self.policy)
    }

    @Test("A scope that says nothing says nothing after its form")
    func nothing() {
        let blank = PolicyItem(scope: "global")
        let form = GuardForm(scope: "global")
        var fields: [(String, String)] = Self.untouched(form.whole(blank))
        for section in form.sections(blank) {
            fields += Self.untouched(section.fields + section.more + section.entities)
        }
        var problem: String?
        #expect(GuardForm.policy(Self.form(fields), over: blank, &problem) == blank)
    }

    @Test("What is no number is said, and a pattern without a name goes")
    func problems() {
        var problem: String?
        _ = GuardForm.policy(Self.form([("pii_min_score", "much")]), over: PolicyItem(scope: "global"), &problem)
        #expect(problem?.contains("least score") == true)
        problem = nil
        _ = GuardForm.policy(Self.form([("bias_threshold", "-1")]), over: PolicyItem(scope: "global"), &problem)
        #expect(problem?.contains("Biased language") == true)
        problem = nil
        let fields = [
            ("custom_name", " "), ("custom_name", "b"), ("custom_kind", "pattern"), ("custom_kind", "words"),
            ("custom_text", "x"), ("custom_text", "one\r\ntwo"), ("custom_direction", ""), ("custom_direction", ""),
            ("custom_action", "mask"), ("custom_action", "block"),
        ]
        let item = GuardForm.policy(Self.form(fields), over: Self.policy, &problem)
        #expect(item.custom == [CustomPattern(name: "b", words: ["one", "two"], action: .block)])
    }

    @Test("Savers that nobody touched come back from their form as they were")
    func savers() {
        let item = SettingItem(
            id: "global",
            scope: "global",
            rtk: true,
            terse: "off",
            caveman: "wenyan-lite",
            ponytail: "ultra",
            holdout: 0.05,
            headroom: HeadroomSetting(enabled: true, url: "http://headroom:1", timeoutMS: 1500, userMessages: true)
        )
        for item in [item, SettingItem(id: "key:a", scope: "key:a")] {
            let rows = SavingForm.rows(item, FormState())
            var state = FormState()
            let form = Self.form(Self.untouched(rows.flatMap { $0.fields + $0.more }))
            #expect(SavingForm.setting(form, over: item, &state) == item)
            #expect(state.errors.isEmpty)
        }
        var state = FormState()
        _ = SavingForm.setting(Self.form([("holdout", "200")]), over: item, &state)
        #expect(state.errors["holdout"] != nil)
    }

    @Test(
        "A scope's name is the request that it is about",
        arguments: [
            ("global", nil, nil, nil, nil), ("key:mira", "mira", nil, nil, nil), ("chain:a:b", nil, "a:b", nil, nil),
            ("provider:openai", nil, nil, "openai", nil), ("model:openai/gpt-5", nil, nil, "openai", "gpt-5"),
            ("model:gpt-5", nil, nil, nil, "gpt-5"), ("nothing", nil, nil, nil, nil),
        ] as [(String, String?, String?, String?, String?)]
    )
    func scopes(text: String, key: String?, chain: String?, provider: String?, model: String?) {
        let scope = GuardWords.request(text)
        #expect(scope.key == key && scope.chain == chain && scope.provider == provider && scope.model == model)
    }

    @Test("Edits are made by their bytes, and those that do not fit are left out")
    func edits() {
        func edit(_ range: Range<Int>, _ text: String) -> TextEdit {
            TextEdit(segment: 0, range: range, replacement: text)
        }
        #expect(GuardWords.edited("ä@b.c, d@e.f", [edit(0..<6, "<A>"), edit(8..<13, "<B>")]) == "<A>, <B>")
        #expect(GuardWords.edited("abc", [edit(1..<2, "X"), edit(0..<1, "Y"), edit(2..<9, "Z")]) == "aXc")
        #expect(GuardWords.excerpt("abc", 1..<9).isEmpty)
    }

    @Test("Pasted credentials are read by line, with a name or without")
    func accountLines() {
        let text = "# team keys\nname,key\n\nsk-one\r\nbackup sk-two\nours\tsk-three\n  sk-four  \n"
        let lines = AccountLines.read(text, taken: ["account 4"])
        #expect(lines.map(\.credential) == ["sk-one", "sk-two", "sk-three", "sk-four"])
        #expect(lines.map(\.label) == ["account 1", "backup", "ours", "account 5"])
        #expect(lines.map(\.number) == [4, 5, 6, 7])
        #expect(AccountLines.read("# nothing\n\n", taken: []).isEmpty)
    }

    @Test("A provider's form reads its headers by line")
    func headers() {
        var state = FormState()
        let blank = ProviderItem(name: "", dialect: "openai", baseURL: "")
        let form = Self.form([
            ("name", "Ours"), ("url", "https://x/v1"), ("dialect", "cohere"), ("headers", "x-team: ai\nx-b:c:d\n"),
            ("private", "on"),
        ])
        let item = ProviderForm.provider(form, over: blank, &state)
        #expect(state.errors.isEmpty)
        #expect(item.headers == ["x-team": "ai", "x-b": "c:d"])
        #expect(item.dialect == "cohere" && item.allowPrivate)
        for headers in ["nothing", "a: 1\na: 2", ": x"] {
            var state = FormState()
            _ = ProviderForm.provider(Self.form([("headers", headers)]), over: blank, &state)
            #expect(state.errors["headers"] != nil, "\(headers)")
            #expect(state.errors["name"] != nil && state.errors["url"] != nil)
        }
    }
}

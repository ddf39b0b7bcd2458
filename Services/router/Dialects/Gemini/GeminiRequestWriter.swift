import JSON

/// Writes the canonical request in Gemini's dialect.
///
/// The model and whether it streams stand in the path.
struct GeminiRequestWriter {
    /// The longest id of a tool call.
    static let idLimit = 64
    /// The longest name of a function.
    static let nameLimit = 64
    /// The most stop sequences.
    static let stopLimit = 5

    let request: CanonicalRequest
    let model: GeminiModel
    let modelMaximum: Int?
    var turns: [CanonicalTurn] = []
    var system: [WireText] = []

    init(_ request: CanonicalRequest, model: String, modelMaximum: Int?) {
        self.request = request
        self.model = GeminiModel(model)
        self.modelMaximum = modelMaximum
    }

    mutating func write(_ lossy: inout LossyNames, _ context: inout AnswerContext) -> [UInt8] {
        (system, turns) = GeminiTurns.arrange(request, &lossy)
        let format = arrangeFormat(&lossy)
        let plan = GeminiThinkingPlan.make(request.reasoning, model, request.names.reasoning, &lossy)
        let names = Self.renamed(request, &context)
        let tools = GeminiToolWriter(request: request, names: names, lossy: &lossy)
        nameExtensions(&lossy)
        if request.user != nil { lossy.add(request.names.user) }
        if request.verbosity != nil { lossy.add(request.names.verbosity) }
        if request.tools.contains(where: \.isStrict) { lossy.add(request.names.strict) }
        if request.parallelToolCalls == false, !request.tools.isEmpty {
            lossy.add(request.names.parallelToolCalls)
        }
        let settings = settings(&lossy)
        let contents = GeminiContentWriter(names: names, wantsSignatures: model.wantsSignatures)
        var writer = JSONWriter(capacity: 4096)
        writer.object { body in
            body.array("contents") { items in
                for turn in turns { items.object { contents.write(turn, &$0) } }
            }
            writeSystem(&body)
            tools.write(&body)
            guard settings.isPresent || format != nil || !plan.isSilent else { return }
            body.object("generationConfig") { generation in
                settings.write(&generation)
                format?.write(&generation)
                plan.write(&generation)
            }
        }
        return writer.bytes
    }

    private func writeSystem(_ body: inout JSONFields) {
        guard !system.isEmpty else { return }
        body.object("systemInstruction") { instruction in
            instruction.array("parts") { parts in
                for text in system { parts.object { $0.text("text", text) } }
            }
        }
    }

    // MARK: Parameters

    private struct Settings {
        var maximum: Int?
        var temperature: Double?
        var topP: Double?
        var topK: Int?
        var stops: [WireText] = []
        var shared: [(name: StaticString, value: JSONCursor)] = []

        var isPresent: Bool {
            maximum != nil || temperature != nil || topP != nil || topK != nil || !stops.isEmpty || !shared.isEmpty
        }

        func write(_ generation: inout JSONFields) {
            if let maximum { generation.integer("maxOutputTokens", maximum) }
            if let temperature { generation.double("temperature", temperature) }
            if let topP { generation.double("topP", topP) }
            if let topK { generation.integer("topK", topK) }
            if !stops.isEmpty {
                generation.array("stopSequences") { items in for stop in stops { items.text(stop) } }
            }
            for (name, value) in shared { generation.raw(name, value) }
        }
    }

    private func settings(_ lossy: inout LossyNames) -> Settings {
        var settings = Settings()
        settings.maximum = request.maxOutputTokens
        if let modelMaximum, let wanted = settings.maximum, wanted > modelMaximum {
            lossy.add(request.names.maxOutputTokens)
            settings.maximum = modelMaximum
        }
        if let wanted = request.temperature {
            settings.temperature = min(max(wanted, 0), 2)
            if settings.temperature != wanted { lossy.add("temperature") }
        }
        settings.topP = request.topP
        settings.topK = request.topK.flatMap { $0 > 0 ? $0 : nil }
        let stops = request.stopSequences.filter { !$0.isEmpty }
        settings.stops = Array(stops.prefix(Self.stopLimit))
        if stops.count > Self.stopLimit { lossy.add(request.names.stop) }
        let shared: [(SharedParameter, StaticString, JSONCursor.Kind)] = [
            (.seed, "seed", .number), (.presencePenalty, "presencePenalty", .number),
            (.frequencyPenalty, "frequencyPenalty", .number), (.logprobs, "responseLogprobs", .boolean),
            (.topLogprobs, "logprobs", .number), (.choices, "candidateCount", .number),
        ]
        for (parameter, name, kind) in shared {
            guard let value = request.shared(parameter), value.kind == kind else { continue }
            // A seed is a number of 32 bits there.
            if parameter == .seed, value.integer.flatMap({ Int32(exactly: $0) }) == nil {
                lossy.add("seed")
                continue
            }
            settings.shared.append((name, value))
        }
        return settings
    }

    private func nameExtensions(_ lossy: inout LossyNames) {
        for parameter in request.extensions where !request.isShared(parameter) {
            let tier = parameter.name == "service_tier" ? parameter.value.string : nil
            if tier == "auto" || tier == "default" { continue }
            lossy.add(parameter.name)
        }
    }

    /// The upstream's name of each tool whose name it does not take.
    private static func renamed(_ request: CanonicalRequest, _ context: inout AnswerContext) -> [String: String] {
        var names: [String: String] = [:]
        for tool in request.tools {
            let fitting = GeminiContentWriter.fitting(tool.name)
            guard fitting != tool.name else { continue }
            names[tool.name] = fitting
            context.toolNames[fitting] = tool.name
        }
        return names
    }

    // MARK: The answer's form

    private struct Format {
        var schema: [UInt8]?

        func write(_ generation: inout JSONFields) {
            generation.string("responseMimeType", "application/json")
            if let schema { generation.raw("responseSchema", schema) }
        }
    }

    /// What the model is told of the answer's form; in words where it would refuse the parameters beside tools.
    private mutating func arrangeFormat(_ lossy: inout LossyNames) -> Format? {
        guard let format = request.format else { return nil }
        let isPlain = request.tools.isEmpty || model.takesFormatWithTools
        switch format {
        case .jsonObject:
            if isPlain { return Format() }
            system.append(format.words)
        case .schema(let schema, _, _):
            guard isPlain else {
                system.append(format.words)
                return nil
            }
            let (bytes, isNarrowed) = GeminiSchema.answer(schema)
            if isNarrowed { lossy.add(request.names.format) }
            return Format(schema: bytes)
        }
        return nil
    }
}

/// Writes tools and the choice among them in Gemini's dialect.
struct GeminiToolWriter {
    private let request: CanonicalRequest
    private let names: [String: String]
    private var schemas: [[UInt8]?] = []

    init(request: CanonicalRequest, names: [String: String], lossy: inout LossyNames) {
        self.request = request
        self.names = names
        for tool in request.tools {
            let cleaned = tool.schema.flatMap { GeminiSchema.parameters($0) }
            if cleaned?.isNarrowed == true { lossy.add("tools[].parameters") }
            schemas.append(cleaned?.bytes)
        }
    }

    func write(_ body: inout JSONFields) {
        guard !request.tools.isEmpty else { return }
        body.array("tools") { tools in
            tools.object { tool in
                tool.array("functionDeclarations") { declarations in
                    for (tool, schema) in zip(request.tools, schemas) {
                        declarations.object { declaration in
                            declaration.string("name", names[tool.name] ?? tool.name)
                            if let description = tool.description, !description.isEmpty {
                                declaration.text("description", description)
                            }
                            if let schema { declaration.raw("parameters", schema) }
                        }
                    }
                }
            }
        }
        let mode: String
        var allowed: String?
        switch request.toolChoice {
        case nil: return
        case .auto: mode = "AUTO"
        case .never: mode = "NONE"
        case .required: mode = "ANY"
        case .tool(let name):
            mode = "ANY"
            allowed = names[name] ?? name
        }
        body.object("toolConfig") { config in
            config.object("functionCallingConfig") { calling in
                calling.string("mode", mode)
                if let allowed { calling.array("allowedFunctionNames") { $0.string(allowed) } }
            }
        }
    }
}

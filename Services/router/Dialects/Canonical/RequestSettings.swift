import JSON

/// Limits and sampling of a request for a dialect that takes them as numbers, each under a name of its own.
struct RequestSettings: Sendable {
    /// What a dialect calls them.
    struct Words: Sendable {
        let maximum: StaticString
        let temperature: StaticString
        let topP: StaticString
        let topK: StaticString
        let stops: StaticString
        let shared: [(parameter: SharedParameter, name: StaticString)]
    }

    private let words: Words
    private(set) var maximum: Int?
    var temperature: Double?
    var topP: Double?
    var topK: Int?
    private(set) var stops: [WireText]
    var shared: [(parameter: SharedParameter, name: StaticString, value: JSONCursor)]

    /// - Parameters:
    ///   - request: The request.
    ///   - modelMaximum: The most the model can say, when known.
    ///   - stopLimit: The most stop sequences that the dialect takes.
    ///   - words: What the dialect calls them.
    ///   - lossy: Takes the names of what is cut.
    init(
        _ request: CanonicalRequest,
        modelMaximum: Int?,
        stopLimit: Int = .max,
        words: Words,
        _ lossy: inout LossyNames
    ) {
        self.words = words
        maximum = request.maxOutputTokens
        if let modelMaximum, let wanted = maximum, wanted > modelMaximum {
            lossy.add(request.names.maxOutputTokens)
            maximum = modelMaximum
        }
        temperature = request.temperature
        topP = request.topP
        topK = request.topK
        let said = request.stopSequences.filter { !$0.isEmpty }
        stops = Array(said.prefix(stopLimit))
        if said.count > stopLimit { lossy.add(request.names.stop) }
        shared = words.shared.compactMap { entry in
            request.shared(entry.parameter).map { (entry.parameter, entry.name, $0) }
        }
    }

    var isPresent: Bool {
        maximum != nil || temperature != nil || topP != nil || topK != nil || !stops.isEmpty || !shared.isEmpty
    }

    func write(_ fields: inout JSONFields) {
        if let maximum { fields.integer(words.maximum, maximum) }
        if let temperature { fields.double(words.temperature, temperature) }
        if let topP { fields.double(words.topP, topP) }
        if let topK { fields.integer(words.topK, topK) }
        if !stops.isEmpty { fields.array(words.stops) { items in for stop in stops { items.text(stop) } } }
        for (_, name, value) in shared { fields.raw(name, value) }
    }
}

extension CanonicalRequest {
    /// Names what a dialect has no word for that knows little more than the shared parameters.
    ///
    /// - Parameters:
    ///   - unknown: The shared parameters that it does not know.
    ///   - lossy: Takes the names.
    func nameUnsaid(without unknown: [SharedParameter], _ lossy: inout LossyNames) {
        for parameter in extensions {
            let isUnknown = unknown.contains { $0.names.contains(parameter.name) }
            if isUnknown || !isShared(parameter) { lossy.add(parameter.name) }
        }
        if user != nil { lossy.add(names.user) }
        if verbosity != nil { lossy.add(names.verbosity) }
        if wantsReasoningSummary { lossy.add(names.summary) }
        if parallelToolCalls == false, !tools.isEmpty { lossy.add(names.parallelToolCalls) }
    }
}

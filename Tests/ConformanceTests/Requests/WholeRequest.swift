/// What a request asks, in no dialect's words, and what is wrong with its form.
struct WholeRequest {
    var problems: [String] = []
    /// Instructions, wherever they stand.
    var system: [String] = []
    /// What was said: one line each.
    var turns: [String] = []
    /// The tools whose results say that they failed.
    var errors: [String] = []
    var tools: [String] = []
    var options: [String: String] = [:]

    private var results: [String] = []
    private var resultMedia: [String] = []
    private var rest: [String] = []
    private var texts: [String] = []
    /// The names of calls by their ids.
    private var calls: [String: String] = [:]
    /// Calls that wait for their result.
    private var open: Set<String> = []

    /// All instructions as one text, however many messages or blocks they are.
    var instructions: String { system.joined(separator: "\n\n") }

    mutating func demand(_ isRight: Bool, _ problem: @autoclosure () -> String) {
        if !isRight { problems.append(problem()) }
    }

    mutating func option(_ name: String, _ value: String?) {
        if let value { options[name] = value }
    }

    // MARK: The user's side

    mutating func user(text: String) {
        texts.append(text)
    }

    mutating func user(media: String) {
        endTexts()
        rest.append("user \(media)")
    }

    /// A result; its pictures come behind all results, as dialects that have them elsewhere say them.
    mutating func result(_ id: String, text: String, media: [String], isError: Bool) {
        demand(open.remove(id) != nil, "a result without a call that waits for it")
        let name = calls[id] ?? "?"
        results.append("result of \(name): \(text)")
        resultMedia += media.map { "user \($0)" }
        if isError { errors.append(name) }
    }

    // MARK: The model's side

    mutating func assistant(text: String) {
        endUser()
        turns.append("assistant text: \(text)")
    }

    mutating func call(_ id: String, _ name: String, _ arguments: String) {
        endUser()
        demand(!id.isEmpty && calls[id] == nil, "a call with a bad id")
        demand(arguments.hasPrefix("{"), "arguments that are no object")
        calls[id] = name
        open.insert(id)
        turns.append("assistant calls \(name) \(arguments)")
    }

    private mutating func endTexts() {
        guard !texts.isEmpty else { return }
        rest.append("user text: " + texts.joined(separator: "\n").split(separator: "\n").joined(separator: "\n"))
        texts = []
    }

    mutating func endUser() {
        endTexts()
        if !results.isEmpty || !rest.isEmpty { demand(open.isEmpty, "calls without results") }
        turns += results + resultMedia + rest
        results = []
        resultMedia = []
        rest = []
    }
}

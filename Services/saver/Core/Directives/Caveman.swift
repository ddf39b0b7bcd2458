/// Asks for a plain style, in six levels; at most 160 tokens each, and any change of one is a new version of the rules.
///
/// The Wenyan levels answer in classical Chinese: fewer characters, which are not always fewer tokens.
package enum Caveman {
    package static let name = "caveman"
    package static let levels = ["lite", "full", "ultra", "wenyan-lite", "wenyan-full", "wenyan-ultra"]

    /// What no level may lose: facts stay exact, and what others will read is written for them.
    private static let limits = """
        Keep every number, negation, condition, name, path, command, error and warning exact, and code as it must be. \
        Write commit messages, pull requests, issues and documentation in normal prose. Where safety or a step that \
        cannot be undone is at stake, be explicit.
        """
    private static let language = "Keep the user's language."

    /// The instruction of a level; `nil` for any other word.
    package static func text(_ level: String) -> String? {
        switch level {
        case "lite":
            """
            Write plain, complete, short sentences. Leave out filler, hedging, politeness, restating the question and \
            closing summaries. \(language) \(limits)
            """
        case "full":
            """
            Write like a telegram: result first, one thought a line, fragments welcome. Leave out articles, filler, \
            politeness, restating and summaries. \(language) \(limits)
            """
        case "ultra":
            """
            Use the fewest words that cannot be misread: bare facts, keywords, no sentence where a word will do. No \
            arrows, symbols or invented abbreviations, which cost as much as words. \(language) \(limits)
            """
        case "wenyan-lite":
            "Explain in concise modern Chinese with classical turns (浅近文言), short sentences, no pleasantries. \(limits)"
        case "wenyan-full":
            "Explain in classical Chinese (文言), subjects and particles left out where they are plain. \(limits)"
        case "wenyan-ultra":
            "Explain in the tersest classical Chinese (极简文言), four to eight characters a clause, nothing twice. \(limits)"
        default: nil
        }
    }
}

/// Asks for short answers: one constant text, so that the provider's prompt cache holds.
package enum Terse {
    package static let name = "terse"
    package static let level = "on"
    /// At most 60 tokens; any change of it is a new version of the rules.
    package static let text = """
        Answer briefly: give the result first and only what is needed to act on it. Leave out greetings, restating the \
        question, announcing steps and closing summaries. Keep code, commands, paths, numbers, errors and warnings complete \
        and exact.
        """
}

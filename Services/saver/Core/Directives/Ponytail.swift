/// Asks for little code, in three levels; at most 180 tokens each, and any change of one is a new version of the rules.
///
/// It goes to requests that offer tools, as coding agents' do, and behind the other instruction.
package enum Ponytail {
    package static let name = "ponytail"
    package static let levels = ["lite", "full", "ultra"]

    private static let ladder = """
        take the first that is enough: nothing to build; what the repository has; the standard library; the platform; a \
        dependency already in use; one line; the least new code
        """
    /// Small code must not be careless code.
    private static let limits = """
        Never leave out input validation, error handling, security, wiring, or tests that were asked for, and do not \
        shorten code by making it harder to read.
        """

    /// The instruction of a level; `nil` for any other word.
    package static func text(_ level: String) -> String? {
        switch level {
        case "lite":
            "Understand the task and the code around it first. Prefer what exists to new code, and add no abstraction, option "
                + "or file that nobody asked for. \(limits)"
        case "full":
            "Understand the task and the code around it first. Before writing code, \(ladder). Add no abstraction, option, "
                + "layer or file that nobody asked for. \(limits)"
        case "ultra":
            "Understand the task and the code around it first. Ask whether the need is real and whether deleting code meets "
                + "it. Then \(ladder). Change as few lines and files as possible, explain nothing that the code says, name "
                + "in one line what you left out on purpose. \(limits)"
        default: nil
        }
    }
}

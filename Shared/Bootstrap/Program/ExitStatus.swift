/// What a program's exit code says.
package enum ExitStatus: Int32, Hashable, Sendable {
    case fine = 0
    case failed = 1
    case usage = 2
    case notRunning = 3
}

/// A reason to end a command: one line for the user and the exit code.
package struct ProgramFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let status: ExitStatus
    package let description: String

    package init(_ status: ExitStatus = .failed, _ description: String) {
        self.status = status
        self.description = description
    }
}

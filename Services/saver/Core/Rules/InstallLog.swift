/// Leaves out the steps of package managers at work: npm, yarn, pnpm, pip, uv, apt, apk, docker pull.
///
/// What went wrong, what they warn of and what came out stay.
package struct InstallLog: Category {
    package let name = "install"
    private static let programs: Set<String> = [
        "pip", "pip3", "pipx", "uv", "poetry", "apt", "apt-get", "apk", "dnf", "yum", "brew", "bundle", "gem",
        "composer",
        "conda",
    ]
    /// These run anything else as well.
    private static let runners = ["npm", "pnpm", "yarn", "bun"]
    private static let installing: Set<String> = [
        "install", "i", "ci", "add", "update", "upgrade", "up", "remove", "uninstall", "audit", "dedupe", "rebuild",
    ]

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool {
        command.runs(anyOf: Self.programs) || Self.runners.contains { command.runs($0, Self.installing) }
            || command.steps.contains { $0.program.hasPrefix("python") && $0.has("pip") }
    }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        let isNamed = isNamed(by: command)
        guard isNamed || text.looks(40, { Self.isOwn($0) || InstallSteps.isStep($0, isNamed: false) }) else {
            return nil
        }
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count)
        var (lines, steps, dropped, own) = (0, 0, 0, 0)
        let tellsErrors = text.looksAnywhere { $0.starts("npm error ") || $0.starts("npm ERR! ") }
        for index in 0..<text.count {
            let line = text.bare(index)
            guard !line.isBlankLine else {
                out.append(.newline)
                continue
            }
            lines += 1
            if Self.isOwn(line) { own += 1 }
            guard InstallSteps.isStep(line, isNamed: isNamed) else {
                if NPMLine.isGap(text, index) {
                    dropped += 1
                } else if let log = NPMLine.log(line) {
                    out.appendLine(log)
                } else {
                    out.appendLine(text[index])
                }
                continue
            }
            steps += 1
            // What went wrong is told again as an error.
            let isTold = tellsErrors && InstallSteps.isDebugging(line)
            if Alarm.sounds(in: line), !isTold {
                out.appendLine(text[index])
            } else {
                dropped += 1
            }
        }
        guard dropped >= 5, isNamed || Fit.holds(steps + own, of: lines) else { return nil }
        return Rewriting(
            text: BlankLines.joined(out),
            notes: ["left out " + Marker.count(dropped, "line") + " of the package manager"]
        )
    }

    /// Results and complaints that only a package manager prints.
    private static func isOwn(_ line: ArraySlice<UInt8>) -> Bool { own.begins(line) }

    private static let own = Heads([
        "npm ", "Successfully ", "Installing collected packages", "added ", "changed ", "found ", "WARNING: ",
        "ERROR: ",
        "[notice]", "[INFO]", "[ERROR]", "[WARNING]", "E: ", "W: ", "BUILD ", "up to date", "Fetched ",
    ])
}

/// The lines with which package managers tell that they are getting on.
private enum InstallSteps {
    private static let heads = Heads([
        "npm silly ", "npm verbose ", "npm verb ", "npm sill ", "npm http ", "npm timing ", "npm info ",
        "Collecting ", "Downloading ", "Using cached ", "Saved ",
        "Preparing metadata ", "Building wheel", "Created wheel", "Stored in directory", "Getting requirements ",
        "Installing build dependencies", "Installing backend dependencies", "Looking in links", "Looking in indexes",
        "Attempting uninstall", "Found existing installation", "Successfully uninstalled",
        "Get:", "Hit:", "Ign:", "Selecting previously unselected", "Preparing to unpack",
        "Reading package lists", "Reading database", "(Reading database", "Building dependency tree",
        "Reading state information", "Processing triggers for", "[INFO] Downloading", "[INFO] Downloaded", "Progress (",
        "Downloaded from ", "Downloading from ", "Downloaded: ", "[INFO] Copying", "fetch http",
        "Pulling fs layer", "==> Downloading", "==> Fetching",
        "==> Pouring", "Progress: resolved",
    ])
    /// Words that others begin lines with as well.
    private static let common = Heads([
        "Processing ", "Fetching ", "Resolving ", "Prepared ", "Resolved ", "Using ", "Uninstalling ", "Unpacking ",
        "Setting up ", "Obtaining ", "Installing ",
    ])
    private static let parts = LiteralSet([
        ": Pulling fs layer", ": Waiting", ": Verifying Checksum", ": Download complete", ": Pull complete",
        ": Already exists", " UP-TO-DATE", " NO-SOURCE", " FROM-CACHE", "info Direct dependencies", "\u{2501}\u{2501}",
    ])

    static func isStep(_ line: ArraySlice<UInt8>, isNamed: Bool) -> Bool {
        let text = line.trimmedStart
        if heads.begins(text) || isNamed && common.begins(text) && !text.starts("Installing collected") { return true }
        // What was asked for by name stays; what it needs goes.
        if text.starts("Requirement already satisfied") { return text.contains("(from ") }
        if parts.isIn(text) { return true }
        return text.starts("[") && text.dropFirst().leadingDigits > 0 && text.contains("/") && text.contains("] ")
            && (text.contains("Fetching packages") || text.contains("Linking dependencies"))
    }

    /// A line of npm below the level of warnings.
    static func isDebugging(_ line: ArraySlice<UInt8>) -> Bool { line.starts("npm ") && debugging.begins(line) }

    private static let debugging = Heads([
        "npm silly ", "npm verbose ", "npm verb ", "npm sill ", "npm http ", "npm timing ", "npm info ",
    ])
}

/// What npm prints at the level of errors and notices that says less than it is long.
private enum NPMLine {
    /// The longest is `npm ERR! network`.
    private static let mostWords = 3
    private static let logHead: StaticString = "A complete log of this run can be found in: "

    /// Whether the line holds nothing but what its neighbour begins with too: npm's empty line.
    static func isGap(_ text: ToolText, _ index: Int) -> Bool {
        let line = text.bare(index).trimmedEnd
        guard line.starts("npm "), line.fields(mostWords + 1).count <= mostWords else { return false }
        return [index - 1, index + 1].contains { neighbour in
            guard text.lines.indices.contains(neighbour) else { return false }
            let other = text.bare(neighbour)
            return other.count > line.count + 1 && other.dropFirst(line.count).first == .space
                && other.prefix(line.count).elementsEqual(line)
        }
    }

    /// `npm error A complete log of this run can be found in: PATH` as `npm error log: PATH`; `nil` for another line.
    static func log(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        guard line.starts("npm "), let head = line.position(of: logHead) else { return nil }
        var short = Array(line[..<head])
        short.append("log: ")
        short.append(contentsOf: line.dropFirst(head - line.startIndex + logHead.utf8CodeUnitCount))
        return short
    }
}

/// Runs of empty lines, where they mean nothing.
enum BlankLines {
    /// At most one empty line between others, none at either end.
    static func joined(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var newlines = 2
        for byte in bytes {
            newlines = byte == .newline ? newlines + 1 : 0
            if newlines <= 2 { out.append(byte) }
        }
        while out.last == .newline { out.removeLast() }
        out.append(.newline)
        return out
    }
}

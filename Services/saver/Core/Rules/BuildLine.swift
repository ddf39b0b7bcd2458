/// What one line of a build's output is.
enum BuildLine {
    /// Programs whose call, echoed by make, is a step.
    private static let tools = Heads([
        "cc ", "gcc ", "g++ ", "c++ ", "clang ", "clang++ ", "ar ", "ranlib ", "ld ", "mkdir ", "/usr/bin/",
        "libtool: ",
        "rustc ", "swiftc ", "javac ", "install ", "cp ", "rm -f ", "ln -s ", "x86_64-linux-gnu-", "aarch64-linux-gnu-",
    ])
    private static let stepHeads = Heads([
        "Compiling ", "Downloading ", "Downloaded ", "Checking ", "Fresh ", "Documenting ", "Updating crates.io index",
        "Blocking waiting for file lock", "Building CXX", "Building C ", "Linking CXX", "Linking C ",
        "Scanning dependencies", "Consolidate compiler generated dependencies", "Built target ", "CC ", "CXX ", "LD ",
        "AR ", "Fetching ", "Fetched ", "Cloning ", "Computing version", "Computed ", "Creating working copy",
        "Working copy of ", "[INFO] Download", "[INFO] --- ", "[INFO] Compiling ",
        "[INFO] Copying ", "[INFO] Nothing to compile", "[INFO] Changes detected", "[INFO] Using ", "[INFO] Scanning",
        "[INFO] -----", "Progress (", "make: Leaving directory", "CompileC ", "CompileSwift ", "Ld ", "CpResource ",
        "> Task :", "Building for debugging", "Building for production",
        // Docker's two builders, and terraform.
        "---> Running in ", "Removing intermediate container ", "Sending build context", "Still creating...",
    ])

    /// A line that only says that something was begun or done.
    static func isStep(_ line: ArraySlice<UInt8>) -> Bool {
        let text = line.trimmedStart
        if isCall(text) || isLayer(text) { return true }
        guard isCounted(text) || stepHeads.begins(text) || isLeaving(text) else { return false }
        return !Alarm.sounds(in: line)
    }

    /// The echo of a compiler's call; its options may say "error", it does not.
    private static func isCall(_ text: ArraySlice<UInt8>) -> Bool {
        guard tools.begins(text), text.count > 8 else { return false }
        if text.starts("mkdir ") || text.starts("rm -f ") { return !text.contains(": ") }
        return (text.contains(" -c ") || text.contains(" -o ") || text.starts("ar ") || text.starts("ranlib "))
            && !text.contains(": ")
    }

    /// `Step 3/12 : RUN …`, as only docker's builder prints it.
    static func isDockerStep(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts("Step "), case let rest = line.dropFirst(5), rest.leadingDigits > 0 else { return false }
        let total = rest.dropFirst(rest.leadingDigits)
        return total.first == .slash && total.dropFirst(1 + total.dropFirst().leadingDigits).starts(" : ")
    }

    /// `---> b1bd6cf404ff`, `#12 sha256:… 3MB / 9MB`, `#12 CACHED`: layers, named by a hash.
    private static func isLayer(_ text: ArraySlice<UInt8>) -> Bool {
        if text.equals("--->") || text.equals("---> ") { return true }
        if text.starts("---> ") { return text.count == 17 && text.dropFirst(5).allSatisfy(\.isWordByte) }
        guard text.first == UInt8(ascii: "#"), case let digits = text.dropFirst().leadingDigits, digits > 0 else {
            return false
        }
        let rest = text.dropFirst(digits + 1)
        return rest.starts(" sha256:") || rest.starts(" extracting sha256:") || rest.equals(" CACHED")
            || rest.starts(" DONE ") || rest.starts(" transferring ") || rest.starts(" resolve ")
    }

    /// `[3/10] …`, `[ 12%] …`.
    private static func isCounted(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: "["), let close = text.prefix(16).firstIndex(of: UInt8(ascii: "]")) else {
            return false
        }
        let inner = text[(text.startIndex + 1)..<close]
        let isCount = inner.contains(.slash) || inner.last == UInt8(ascii: "%")
        guard isCount, inner.contains(where: \.isDigit) else { return false }
        guard inner.allSatisfy({ $0.isDigit || $0 == .slash || $0 == .space || $0 == UInt8(ascii: "%") }) else {
            return false
        }
        let rest = text[(close + 1)...].trimmedStart
        let word = rest.prefix { !$0.isBlank }
        return word.ends("ing") || verbs.begins(rest) || isCall(rest)
    }

    /// What counted steps begin with, besides words in "-ing".
    private static let verbs = Heads([
        "CC ", "CXX ", "LD ", "AR ", "LINK ", "HOSTCC ", "RUSTC ", "GEN ", "MOC ", "Write ", "Built ", "Touch ",
        "Copy ",
        "Compile ", "Link ", "Build ",
    ])

    private static func isLeaving(_ text: ArraySlice<UInt8>) -> Bool {
        text.starts("make[") && text.contains("]: Leaving directory")
    }

    private static let outcomes = Heads([
        "make", "Finished ", "Build complete", "error", "warning", "note", "BUILD ", "ninja: ", "collect2: ", "[ERROR]",
        "[WARNING]", "[INFO]", "-- ", "Build of target", "Build succeeded", "Build failed",
    ])

    /// What a build ends with, and other lines of its own that always stay.
    static func isOutcome(_ line: ArraySlice<UInt8>) -> Bool {
        let text = line.trimmedStart
        if outcomes.begins(text) || Alarm.sounds(in: line) { return true }
        // javac's "3 errors".
        return text.contains(": In function ") || text.contains("In file included from")
            || text.contains(": At top level:")
    }

    // MARK: Messages

    /// `path:12:3: warning: …`, `error[E0308]: …`, `warning: …`.
    static func isMessage(_ line: ArraySlice<UInt8>) -> Bool {
        isRustHead(line) || isPlaced(line)
    }

    static func isRustHead(_ line: ArraySlice<UInt8>) -> Bool {
        line.starts("error[") || line.starts("error: ") || line.starts("warning: ")
    }

    private static let kinds: [StaticString] = [": error", ": warning", ": note", ": fatal error", ": remark"]

    /// A path with a line at the start, and further on a word that says what it is.
    private static func isPlaced(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first, !first.isBlank else { return false }
        guard let colon = line.prefix(1024).firstIndex(of: .colon), colon > line.startIndex else { return false }
        let rest = line[(colon + 1)...]
        let digits = rest.leadingDigits
        guard digits > 0, !line[..<colon].contains(.space) else { return false }
        let head = rest.dropFirst(digits).prefix(32)
        return kinds.contains { head.contains($0) }
    }

    /// The place of a message of rustc's, the line after its head.
    static func isRustPlace(_ line: ArraySlice<UInt8>) -> Bool {
        line.trimmedStart.starts("--> ")
    }

    /// Whether the line belongs to the message before it.
    static func isBody(_ line: ArraySlice<UInt8>, ofRust isRust: Bool) -> Bool {
        guard let first = line.first else { return false }
        if isRust { return !line.isBlankLine && !isMessage(line) && !isStep(line) && !isSummary(line) }
        if isCounted(line) || isMessage(line) { return false }
        let digits = line.leadingDigits
        if digits > 0 { return line.dropFirst(digits).starts(" | ") || line.dropFirst(digits).starts(" |") }
        return first.isBlank && !isStep(line)
    }

    private static func isSummary(_ line: ArraySlice<UInt8>) -> Bool {
        isAdvice(line) || line.trimmedStart.starts("Finished ")
    }

    /// rustc's last lines: how to have the codes explained that stand at its errors.
    static func isAdvice(_ line: ArraySlice<UInt8>) -> Bool {
        line.starts("For more information about ") && line.contains(", try `rustc --explain ")
            || line.starts("Some errors have detailed explanations: ")
    }

    /// A line of carets and tildes alone, with the bar of a margin or without.
    static func isPointer(_ line: ArraySlice<UInt8>) -> Bool {
        var (hasMark, isRuler) = (false, false)
        var bars = 0
        for byte in line {
            switch byte {
            case UInt8(ascii: "^"), UInt8(ascii: "~"): hasMark = true
            case UInt8(ascii: "|"): bars += 1
            case .space, .tab: continue
            case UInt8(ascii: "+"), .hyphen: isRuler = true
            default: return false
            }
        }
        // Bars and nothing else lead from one mark to another; with hyphens they may be a table's ruler.
        if bars > 0, !hasMark, !isRuler { return true }
        return hasMark && bars < 2 || bars == 1 && line.trimmedStart.first == UInt8(ascii: "|")
    }
}

/// Folders whose contents a tool made, so that a listing may show their name and a count alone.
struct NoiseFolders {
    /// Nobody keeps sources under these names.
    private static let certain = names([
        "node_modules", ".git", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox", ".nox", ".venv",
        ".gradle", ".build", ".next", ".nuxt", ".turbo", ".parcel-cache", ".svelte-kit", ".svn", ".hg", ".terraform",
        "DerivedData", ".eggs", "site-packages", "bower_components", ".pnpm-store", ".yarn", ".cache", "CMakeFiles",
    ])
    /// These may be anybody's: they count only with proof in the listing itself.
    private static let doubtful = names([
        "target", "build", "dist", "out", "coverage", "venv", "env", "vendor", "bin", "obj", "lib", "debug", "release",
        "Debug", "Release", "cmake-build-debug", "cmake-build-release", "classes", "objs",
    ])
    /// Only a tool puts these into a folder of its own.
    private static let proofs = names([
        "CACHEDIR.TAG", ".rustc_info.json", "pyvenv.cfg", "CMakeCache.txt", ".fingerprint", "lcov.info", ".cargo-lock",
    ])
    /// Ends of names that compilers give.
    private static let made = names([
        "o", "a", "so", "dylib", "d", "class", "pcm", "swiftmodule", "swiftdoc", "swiftdeps", "swiftsourceinfo", "dia",
        "rlib", "rmeta", "pyc", "pyo", "obj", "exe", "dll", "pdb", "timestamp", "tlog", "ilk", "priors",
    ])
    /// Fewer entries than this are shown.
    private static let minimumEntries = 5

    private static func names(_ names: [String]) -> Set<ArraySlice<UInt8>> {
        Set(names.map { Array($0.utf8)[...] })
    }

    /// For each node the outermost noise folder that it lies in, or is; 0 where there is none.
    private(set) var over: [Int]
    /// Entries in each folder, at any depth.
    private(set) var entries: [Int]

    /// Finds them; a folder that the command names is what somebody wants to see, as is everything when it looks for names.
    init(_ tree: PathTree, _ command: ShellCommand) {
        let count = tree.nodes.count
        over = [Int](repeating: 0, count: count)
        entries = [Int](repeating: 0, count: count)
        guard !Self.searchesNames(command) else { return }
        var files = entries
        var made = entries
        var isProven = [Bool](repeating: false, count: count)
        for number in stride(from: count - 1, to: 0, by: -1) {
            let node = tree.nodes[number]
            if node.isListed { entries[node.parent] += 1 }
            if node.children == 0, let dot = node.name.lastIndex(of: .dot), dot > node.name.startIndex {
                files[number] += 1
                if Self.made.contains(node.name[(dot + 1)...]) { made[number] += 1 }
            }
            if Self.proofs.contains(node.name) { isProven[node.parent] = true }
            entries[node.parent] += entries[number]
            files[node.parent] += files[number]
            made[node.parent] += made[number]
        }
        let shown = Self.sharedFolders(tree)
        let named = Self.names(in: command)
        for number in 1..<count {
            let node = tree.nodes[number]
            over[number] = over[node.parent]
            guard over[number] == 0, !shown.contains(number), entries[number] >= Self.minimumEntries else { continue }
            let isMade = made[number] >= Self.minimumEntries && Fit.holds(made[number], of: files[number])
            let isNoise =
                Self.certain.contains(node.name)
                || Self.doubtful.contains(node.name) && (isProven[number] || isMade)
            if isNoise, !named.contains(node.name) { over[number] = number }
        }
    }

    /// The noise folders that the command names.
    private static func names(in command: ShellCommand) -> Set<ArraySlice<UInt8>> {
        guard !command.text.isEmpty else { return [] }
        let text = Array(command.text.utf8)
        let words = text.split { !($0.isWordByte || $0 == .dot || $0 == .hyphen) }
        return certain.union(doubtful).intersection(words)
    }

    /// Folders that everything listed lies in: they are meant to be seen.
    private static func sharedFolders(_ tree: PathTree) -> Set<Int> {
        var onlyChild = [Int](repeating: -1, count: tree.nodes.count)
        for (number, node) in tree.nodes.enumerated().dropFirst() { onlyChild[node.parent] = number }
        var shared: Set<Int> = []
        var current = 0
        while tree.nodes[current].children == 1, onlyChild[current] > 0 {
            current = onlyChild[current]
            shared.insert(current)
        }
        return shared
    }

    /// Whether the command asks for names, sizes or times, so that what it found is what it was asked for.
    private static func searchesNames(_ command: ShellCommand) -> Bool {
        let options: Set<String> = [
            "-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex", "-newer", "-mtime", "-mmin",
            "-size",
        ]
        return command.steps.contains { step in
            guard step.program == "find" || step.program == "fd" else { return false }
            var isNegated = false
            for argument in step.arguments {
                if options.contains(argument), !isNegated { return true }
                isNegated = argument == "!" || argument == "-not"
            }
            return false
        }
    }
}

/// What the build knows about itself; `make` writes this file anew where a commit is known.
enum BuildStamp {
    static let commit = "unknown"
}

import Testing

/// An output of the corpus that a rule makes smaller.
struct CorpusOutput: Sendable, CustomTestStringConvertible {
    var name: String
    var command: String
    var rule: String
    /// Per cent of the tokens that must be saved.
    var saved: Int

    var testDescription: String { name }

    static let all = [
        CorpusOutput(name: "git-diff/range-python", command: "git diff HEAD~3..HEAD", rule: "git-diff", saved: 55),
        CorpusOutput(name: "git-diff/wide-binary", command: "cd /repo && git diff main", rule: "git-diff", saved: 50),
        CorpusOutput(name: "git-show/wide-rename", command: "git show d12b8cf07d", rule: "git-diff", saved: 45),
        CorpusOutput(name: "grep/context-error", command: "grep -rn -C1 'throw' .", rule: "grep", saved: 35),
        CorpusOutput(
            name: "grep/recursive-row",
            command: "grep -rn 'row\\.' --include=*.py .",
            rule: "grep",
            saved: 35
        ),
        CorpusOutput(name: "listing-find/find-files", command: "find . -type f", rule: "paths", saved: 90),
        CorpusOutput(name: "listing-ls/ls-laR", command: "ls -laR", rule: "ls", saved: 85),
        CorpusOutput(name: "listing-tree/tree-build", command: "tree -a -L 5", rule: "tree", saved: 75),
        CorpusOutput(name: "build-c/make-keep-going", command: "make -k", rule: "build", saved: 30),
        CorpusOutput(name: "build-rust/cargo-build-errors", command: "cargo build", rule: "build", saved: 30),
        CorpusOutput(name: "build-swift/swift-build-errors", command: "swift build 2>&1", rule: "build", saved: 65),
        CorpusOutput(name: "build-java/javac-lint", command: "javac -Xlint:all *.java", rule: "build", saved: 40),
        CorpusOutput(
            name: "build-npm/npm-install-offline",
            command: "npm install --loglevel silly",
            rule: "install",
            saved: 80
        ),
        CorpusOutput(
            name: "install/pip-download-verbose",
            command: "pip download -r req.txt",
            rule: "install",
            saved: 90
        ),
        CorpusOutput(name: "progress/git-clone-tqdm", command: "./fetch.sh", rule: "terminal", saved: 95),
        CorpusOutput(name: "git-log/stat", command: "git log --stat -25", rule: "git-log", saved: 55),
        CorpusOutput(name: "git-status/dirty-long", command: "git status", rule: "git-status", saved: 33),
        CorpusOutput(name: "docker/build-classic-fail", command: "docker build .", rule: "build", saved: 75),
        CorpusOutput(name: "lint/ruff-full", command: "ruff check --output-format full", rule: "lint", saved: 70),
        CorpusOutput(name: "json/issues-api-page", command: "curl -s $URL", rule: "json", saved: 80),
        CorpusOutput(name: "json/ruff-json", command: "ruff check --output-format json", rule: "json", saved: 80),
        CorpusOutput(name: "kubectl/get-pods-wide", command: "kubectl get pods -A -o wide", rule: "table", saved: 85),
        CorpusOutput(name: "log/service-day", command: "docker logs app", rule: "log", saved: 97),
        CorpusOutput(name: "stacktrace/java-retries", command: "java -jar app.jar", rule: "stack", saved: 87),
        CorpusOutput(name: "base64/x509-chain", command: "openssl s_client -showcerts", rule: "blobs", saved: 97),
        CorpusOutput(name: "test-node/spec-reporter", command: "node --test", rule: "tests", saved: 70),
        CorpusOutput(name: "test-pytest/verbose-failures", command: "pytest -v", rule: "tests", saved: 70),
        CorpusOutput(name: "test-rust/cargo-test-failures", command: "cargo test", rule: "tests", saved: 65),
        CorpusOutput(name: "test-swift/xctest-failures", command: "swift test", rule: "tests", saved: 70),
    ]
}

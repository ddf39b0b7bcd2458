import ArgumentParser
import Bootstrap
import Contracts
import JSON
import Observability

extension GuardCommand {
    /// `keirouter guard effective`.
    struct Effective: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what holds for a request, and which scope says so.",
            discussion: """
                  keirouter guard effective --key ci --provider openai --model gpt-4o
                """
        )

        @OptionGroup var options: InstallationOptions

        @OptionGroup var target: GuardScopeOptions

        func run() async throws {
            let scope = target.scope
            let reply = try await options.open().with(ServiceTable.guard) { caller in
                try await caller.call(AdminMethods.guardV1.effectivePolicy, scope)
            }
            guard !options.json else { return Console.json(reply) }
            guard !reply.provenance.isEmpty else {
                return Console.write("No policy holds for it: nothing is looked for.")
            }
            Console.write(PolicyText.table(reply).text)
        }
    }

    /// `keirouter guard export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes all policies as one JSON document, to take elsewhere.",
            discussion: """
                  keirouter guard export > policies.json
                """
        )

        @OptionGroup var options: InstallationOptions

        func run() async throws {
            let bundle = try await options.open().with(ServiceTable.guard) { caller in
                try await caller.call(AdminMethods.guardV1.exportPolicies, Empty())
            }
            Console.json(bundle)
        }
    }

    /// `keirouter guard import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes in what was exported: all of it, or nothing when one policy is wrong.",
            discussion: """
                  keirouter guard import policies.json --dry-run
                """
        )

        private static let longestBundle = 16 << 20

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The document; - for the standard input.")
        var file: String

        @Flag(help: "Delete policies that the document does not have; declared ones stay.")
        var replace = false

        @Flag(help: "Say what would change, and change nothing.")
        var dryRun = false

        func run() async throws {
            let request = ImportRequest(bundle: try bundle(), replace: replace, dryRun: dryRun)
            let reply = try await options.open().with(ServiceTable.guard) { caller in
                try await caller.call(AdminMethods.guardV1.importPolicies, request)
            }
            options.show(reply, PolicyText.changes(reply, isTrial: dryRun))
        }

        private func bundle() throws(ProgramFailure) -> PolicyBundle {
            let bytes = try InputFile.read(file, longest: Self.longestBundle)
            let root: JSONCursor
            do throws(JSONError) {
                root = try JSONDocument(bytes).root
            } catch {
                throw ProgramFailure(.failed, "\(file) is no JSON: \(error)")
            }
            do throws(WireError) {
                return try PolicyBundle(from: root)
            } catch {
                throw ProgramFailure(.failed, "\(file) is no bundle of policies: \(error)")
            }
        }
    }

    /// `keirouter guard decisions`.
    struct Decisions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes the audit, the newest first: what was found and done, never the text.",
            discussion: """
                With --json each decision is a line of JSON, all that are kept.

                  keirouter guard decisions --action block
                  keirouter guard decisions --json > audit.jsonl
                """
        )

        /// Rows that are shown to people.
        private static let shown = 50

        @OptionGroup var options: InstallationOptions

        @Option(help: ArgumentHelp("Only those of requests with this key.", valueName: "name"))
        var key: String?

        @Option(help: ArgumentHelp("Only those that did this: log_only, warn, mask, block.", valueName: "action"))
        var action: String?

        @Option(help: ArgumentHelp("Only those in which this detector found something.", valueName: "name"))
        var detector: String?

        func run() async throws {
            var filter: [String: String] = [:]
            filter["key"] = key
            filter["action"] = action
            filter["detector"] = detector
            let wanted = filter
            let isJSON = options.json
            try await options.open().with(ServiceTable.guard) { caller in
                var token: String?
                repeat {
                    let size = isJSON ? ListRequest.largestPage : Self.shown
                    let request = ListRequest(pageToken: token, pageSize: size, filter: wanted)
                    let page = try await caller.call(AdminMethods.guardV1.decisions.list, request)
                    token = page.next
                    guard isJSON else {
                        return Console.write(
                            PolicyText.table(page.items, now: Int(WallClock.now()), hasMore: token != nil)
                        )
                    }
                    for item in page.items { Console.json(item) }
                } while token != nil
            }
        }
    }
}

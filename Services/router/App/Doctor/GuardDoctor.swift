package import Bootstrap
import Contracts
import PeerRPC

/// Finds out whether a guard keeps to the contract, whoever wrote it.
package struct GuardDoctor {
    private static let connectTime = Duration.seconds(3)
    /// How long an answer about a large text may take; the router waits about as long.
    private static let largeTime = Duration.seconds(5)
    private static let largeText = 1 << 20
    private static let atOnce = 32
    private static let address = "jane.doe@example.com"

    private let caller: ServiceCaller

    /// Runs all checks.
    ///
    /// - Parameters:
    ///   - endpoint: Where it answers; a path alone means a Unix socket.
    ///   - configuration: Limits of the wire.
    /// - Returns: One finding for each check.
    package static func run(at endpoint: String, _ configuration: KeiRouterConfiguration) async -> [Finding] {
        let endpoint = endpoint.hasPrefix("/") ? "unix://\(endpoint)" : endpoint
        do {
            return try await ServiceCaller.with(endpoint, configuration) { caller in
                guard await caller.waitUntilServing(connectTime) else {
                    return [
                        await caller.health() == nil
                            ? Finding(.fail, "connection", "nobody answers at \(endpoint)", advice: "start it first")
                            : Finding(.fail, "connection", "the guard at \(endpoint) says that it does not serve")
                    ]
                }
                return [Finding(.ok, "connection", endpoint)] + (await GuardDoctor(caller: caller).run())
            }
        } catch {
            return [Finding(.fail, "connection", "\(error)")]
        }
    }

    private func run() async -> [Finding] {
        [
            await health(), await clean(), await email(), await offsets(), await segments(), await outbound(),
            await unknownMembers(), await unknownMethod(), await parallel(), await large(), await policies(),
            await scan(),
        ]
    }

    // MARK: Inspect

    private func clean() async -> Finding {
        await inspect("clean text", ["The quick brown fox jumps over the lazy dog."]) { reply, time in
            guard reply.action == .allow else {
                return Finding(.warn, "clean text", "the action is \(reply.action.rawValue)", advice: "is that meant?")
            }
            return Finding(.ok, "clean text", "allowed in \(time)")
        }
    }

    private func email() async -> Finding {
        let text = "Write to \(Self.address) before Friday."
        return await inspect("e-mail address", [text]) { reply, _ in
            guard !reply.findings.isEmpty || reply.action != .allow else {
                return Finding(.ok, "e-mail address", "passes; a guard may look for other things")
            }
            let entities = reply.findings.map(\.entity).joined(separator: ", ")
            return Finding(.ok, "e-mail address", "\(reply.action.rawValue) (\(entities.isEmpty ? "–" : entities))")
        }
    }

    /// Characters of two, three and four bytes, some of several scalars, before and behind the hit.
    private func offsets() async -> Finding {
        let name = "offsets behind emoji"
        let before = "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467} na\u{EF}ve e\u{301} \u{65E5}\u{672C} "
        let alone = try? await caller.attempt(GuardMethods.inspect, Self.request([Self.address]))
        return await inspect(name, [before + Self.address + " \u{1F389}"]) { reply, _ in
            guard let alone, !alone.edits.isEmpty else { return Finding(.ok, name, "nothing to mask") }
            let shift = before.utf8.count
            let expected = alone.edits.map { $0.range.lowerBound + shift..<$0.range.upperBound + shift }
            guard reply.edits.map(\.range) == expected else {
                let message = "an address at byte \(shift) is masked elsewhere, or not at all"
                return Finding(.fail, name, message, advice: "offsets count bytes of UTF-8, not characters")
            }
            return Finding(.ok, name, "they count bytes of UTF-8")
        }
    }

    private func segments() async -> Finding {
        let texts = ["first", "second: \(Self.address)", "", "fourth: \(Self.address), \(Self.address)"]
        return await inspect("several segments", texts) { reply, _ in
            Finding(.ok, "several segments", "\(reply.edits.count) edits, each in its own segment")
        }
    }

    private func outbound() async -> Finding {
        let request = Self.request(["It is \(Self.address)."], direction: .outbound)
        return await inspect("answers", request) { reply, _ in
            Finding(.ok, "answers", "judged too: \(reply.action.rawValue)")
        }
    }

    private func large() async -> Finding {
        let sentence = "Lorem ipsum dolor sit amet, consectetur adipiscing elit \u{2013} sed do eiusmod tempor.\n"
        let text = String(repeating: sentence, count: Self.largeText / sentence.utf8.count + 1)
        return await inspect("a text of 1 MiB", [text]) { _, time in
            Finding(.ok, "a text of 1 MiB", "answered in \(time)")
        }
    }

    private func parallel() async -> Finding {
        let name = "\(Self.atOnce) calls at once"
        let problems = await withTaskGroup(of: String?.self) { group in
            for number in 0..<Self.atOnce {
                group.addTask { [caller] in
                    let request = Self.request(["Call \(number) of \(Self.address)"], first: number)
                    do throws(ServiceError) {
                        let reply = try await caller.attempt(GuardMethods.inspect, request, within: Self.largeTime)
                        return ReplyCheck.problem(reply, to: request)
                    } catch {
                        return error.message
                    }
                }
            }
            var problems: [String] = []
            for await problem in group { problems += problem.map { [$0] } ?? [] }
            return problems
        }
        guard let first = problems.first else { return Finding(.ok, name, "each has its own answer") }
        return Finding(.fail, name, "\(problems.count) went wrong: \(first)")
    }

    // MARK: The wire

    private func health() async -> Finding {
        do throws(ServiceError) {
            let status = try await caller.attempt(HealthMethods.check, HealthCheck())
            guard status.isServing else { return Finding(.fail, "health", "it says \(status.status)") }
            return Finding(.ok, "health", "serving")
        } catch {
            guard error.isNotOffered else { return Finding(.fail, "health", error.message) }
            return Finding(.ok, "health", "not offered, then it is healthy as long as it answers")
        }
    }

    private func unknownMembers() async -> Finding {
        let name = "unknown members"
        let method = RPCMethod<FutureRequest, InspectReply>(GuardMethods.inspect.name)
        do throws(ServiceError) {
            _ = try await caller.attempt(method, FutureRequest())
            return Finding(.ok, name, "ignored")
        } catch {
            return Finding(.fail, name, "refused: \(error.message)", advice: "ignore them, newer peers send more")
        }
    }

    private func unknownMethod() async -> Finding {
        let name = "unknown method"
        let method = RPCMethod<Empty, Empty>("guard.v1.Guard/NoSuchMethod")
        do throws(ServiceError) {
            _ = try await caller.attempt(method, Empty())
            return Finding(.fail, name, "it was answered as if it were known", advice: "answer the error -32601")
        } catch {
            guard error.isNotOffered else {
                let advice = "answer the error -32601 and go on"
                return Finding(.fail, name, "the error is \(error.code.rawValue), \(error.message)", advice: advice)
            }
            return Finding(.ok, name, "refused as such")
        }
    }

    private func policies() async -> Finding {
        do throws(ServiceError) {
            let list = try await caller.first(of: GuardMethods.policies, Empty(), within: Self.largeTime)
            guard let list else { return Finding(.fail, "Policies", "the stream ends without a list") }
            return Finding(.ok, "Policies", "\(list.scopes.count) scopes, version \(list.version)")
        } catch {
            guard error.isNotOffered else { return Finding(.fail, "Policies", error.message) }
            let rest = "then it is asked about every request, and while it does not answer requests are refused"
            return Finding(.ok, "Policies", "not offered, \(rest)")
        }
    }

    private func scan() async -> Finding {
        let text = "An answer in two parts, without anything to find in it."
        let request = ScanRequest(requestID: "doctor", scope: Self.scope)
        do throws(ServiceError) {
            let call = try await caller.open(GuardMethods.scan, request, within: Self.largeTime)
            var released = ""
            // The last piece is empty: it lets go all that is held.
            for part in [String(text.prefix(20)), String(text.dropFirst(20)), ""] {
                try await call.send(ScanChunk(channel: "0/text/0", text: part))
                guard let item = try await call.next(), item.channel == "0/text/0" else {
                    return Finding(.fail, "Scan", "a piece is not answered by one release of its channel")
                }
                released += item.release
            }
            await call.finish()
            while let item = try await call.next() { released += item.release }
            let reply = try await call.result()
            guard released == text else {
                return Finding(
                    .fail,
                    "Scan",
                    "\(reply.action.rawValue), but released is not what was sent: \(released)"
                )
            }
            return Finding(.ok, "Scan", "releases what it was sent")
        } catch {
            guard error.isNotOffered else { return Finding(.fail, "Scan", error.message) }
            return Finding(.ok, "Scan", "not offered, then Inspect is called for each piece of a stream")
        }
    }

    // MARK: Requests

    private static let scope = RequestScope(tenant: "default", key: "doctor", provider: "doctor", model: "doctor")

    private static func request(
        _ texts: [String],
        direction: Direction = .inbound,
        first: Int = 0
    ) -> InspectRequest {
        let segments = texts.enumerated().map { number, text in
            InspectSegment(
                id: first + number,
                role: direction == .inbound ? "user" : "assistant",
                kind: .text,
                lastUser: direction == .inbound && number == texts.count - 1,
                text: text
            )
        }
        return InspectRequest(requestID: "doctor", direction: direction, scope: scope, segments: segments, trial: true)
    }

    private func inspect(
        _ name: String,
        _ texts: [String],
        _ judge: (InspectReply, Duration) -> Finding
    ) async -> Finding {
        await inspect(name, Self.request(texts), judge)
    }

    /// Calls, holds the answer against the contract, and lets the check judge what it says.
    private func inspect(
        _ name: String,
        _ request: InspectRequest,
        _ judge: (InspectReply, Duration) -> Finding
    ) async -> Finding {
        let start = ContinuousClock.now
        do throws(ServiceError) {
            let reply = try await caller.attempt(GuardMethods.inspect, request, within: Self.largeTime)
            let time = Duration.milliseconds(Int((ContinuousClock.now - start) / .milliseconds(1)))
            if let problem = ReplyCheck.problem(reply, to: request) {
                return Finding(.fail, name, problem, advice: "docs/guard-protocol.md has the contract")
            }
            return judge(reply, time)
        } catch {
            guard error.code != .deadlineExceeded else {
                return Finding(.fail, name, "no answer within \(Self.largeTime)")
            }
            return Finding(.fail, name, error.message)
        }
    }
}

import Contracts
import Dialects
import HTTP
import NIOCore
import NIOHTTP1
import RouterCore

extension UpstreamCaller {
    private static var testDeadline: Duration { .seconds(10) }

    /// Asks for the provider's list of models, which costs nothing; of Vertex AI a token is asked for, which is as telling.
    func test(_ candidate: Candidate, at endpoint: UpstreamEndpoint) async -> AccountTest {
        let start = ContinuousClock.now
        func outcome(_ ok: Bool, _ status: Int, _ message: String) -> AccountTest {
            AccountTest(ok: ok, status: status, message: message, latencyMS: (.now - start).wholeMilliseconds)
        }
        let provider = candidate.target.provider
        guard let dialect = provider.dialects.first else {
            return outcome(false, 0, "the provider's dialect is not built yet")
        }
        let authorized: Candidate
        do throws(GoogleTokens.Refusal) {
            authorized = try await self.authorized(candidate, at: endpoint).candidate
        } catch {
            let fault = error.failure.fault
            return outcome(false, error.status, fault.message ?? "no token is given out (\(error.failure.reason))")
        }
        guard let request = modelsRequest(authorized, dialect, at: endpoint) else {
            return outcome(true, 200, "a token is given out for the service account")
        }
        let deadlines = UpstreamDeadlines(
            connect: min(timeouts.connect, Self.testDeadline),
            firstByte: Self.testDeadline,
            stall: Self.testDeadline,
            total: Self.testDeadline
        )
        do throws(TransportFailure) {
            let response = try await egress.send(request, to: endpoint, deadlines: deadlines)
            let status = Int(response.head.status.code)
            guard status >= 300 else {
                response.cancel()
                return outcome(true, status, "the provider accepts the credential")
            }
            let body = await response.beginning(limit: Self.errorBodyLimit)
            let fault = UpstreamFault.read(status: status, body: body.readableBytesView, dialect: dialect)
            // A provider without a model list still judges the credential first.
            guard status != 404, status != 405 else {
                return outcome(true, status, "the provider has no model list, and does not refuse the credential")
            }
            return outcome(false, status, fault.message ?? "the provider answered \(status)")
        } catch {
            return outcome(false, 0, error.explanation(behind: candidate.account.proxy))
        }
    }

    /// Why there is no list of models; one sentence for the operator.
    struct ListProblem: Error {
        let text: String
    }

    /// Asks an account's provider for its list of models.
    func models(_ candidate: Candidate, at endpoint: UpstreamEndpoint) async -> Result<[String], ListProblem> {
        guard let dialect = candidate.target.provider.dialects.first,
            let authorized = try? await self.authorized(candidate, at: endpoint),
            let request = modelsRequest(authorized.candidate, dialect, at: endpoint)
        else { return .failure(ListProblem(text: "the provider has no list of models")) }
        let limit = Self.testDeadline
        let deadlines = UpstreamDeadlines(connect: limit, firstByte: limit, stall: limit, total: limit)
        do throws(TransportFailure) {
            let response = try await egress.send(request, to: endpoint, deadlines: deadlines)
            let status = Int(response.head.status.code)
            guard status == 200 else {
                let body = await response.beginning(limit: Self.errorBodyLimit)
                let fault = UpstreamFault.read(status: status, body: body.readableBytesView, dialect: dialect)
                return .failure(ListProblem(text: fault.message ?? "the provider answered \(status)"))
            }
            let body = try await response.whole(limit: LiveModels.answerLimit)
            guard let names = LiveModels.read(body) else {
                return .failure(ListProblem(text: "the provider's answer is no list of models"))
            }
            return .success(names)
        } catch {
            return .failure(ListProblem(text: error.explanation(behind: candidate.account.proxy)))
        }
    }

    /// The request for an account's list of models; `nil` where its provider has none.
    private func modelsRequest(
        _ candidate: Candidate,
        _ dialect: Dialect,
        at endpoint: UpstreamEndpoint
    ) -> UpstreamRequest? {
        let provider = candidate.target.provider
        guard let list = provider.modelsPath(account: candidate.account) else { return nil }
        var headers = HTTPHeaders([("accept", "application/json"), ("user-agent", Self.userAgent)])
        addCredential(of: candidate, to: &headers)
        for (name, value) in provider.headers { headers.replaceOrAdd(name: name, value: value) }
        for (name, value) in dialect.defaultHeaders where !headers.contains(name: name) {
            headers.add(name: name, value: value)
        }
        let path = (list.isWhole ? "" : endpoint.basePath) + list.path
        AmazonSigner(candidate)?.sign(.GET, path, ByteBuffer(), to: endpoint.origin, &headers)
        return UpstreamRequest(method: .GET, path: path, headers: headers)
    }
}

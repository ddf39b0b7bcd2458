import Contracts
import Dialects
import HTTP
import JSON
import NIOCore
import NIOHTTP1
import RouterCore

/// Counting the tokens of a request without sending it.
extension ChatService {
    /// Answers `countTokens` in Gemini's dialect and `count_tokens` in Anthropic's.
    ///
    /// The count is made here by rule of thumb: a provider that counted would have to see the texts, and with them what
    /// the policies of the key keep from it. Nothing is reserved and nothing is owed.
    func count(_ call: ChatCall) async throws(RequestFailure) {
        let digest = try digest(of: call)
        do throws(ClientError) {
            _ = try await meter.identify(keySHA256: digest)
        } catch {
            throw call.exchange.isClientGone ? .clientGone : .error(error)
        }
        let document = try await document(of: call)
        let counted: (model: String, tokens: Int)
        do throws(DialectError) {
            counted = try count(document, call)
        } catch {
            throw .error(ClientError(error))
        }
        do throws(ResolutionError) {
            _ = try ModelResolver.resolve(counted.model, in: dispatcher.routing.state)
        } catch {
            throw .error(error.clientError(showingHint: true))
        }
        var headers = call.baseHeaders
        headers.add(name: "content-type", value: "application/json")
        headers.add(name: "x-keirouter-count", value: "estimate")
        let body = Self.answer(counted.tokens, call.dialect)
        call.exchange.respond(.ok, headers: headers, body: ByteBuffer(bytes: body))
    }

    private func count(_ document: JSONDocument, _ call: ChatCall) throws(DialectError) -> (model: String, tokens: Int)
    {
        if call.dialect == .gemini {
            return (call.path?.model ?? "", try Dialects.RequestFacts.countedTokens(document, path: call.path))
        }
        let facts = try Dialects.RequestFacts.read(document, dialect: call.dialect)
        return (facts.model, facts.estimatedInputTokens)
    }

    private static func answer(_ tokens: Int, _ dialect: Dialect) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { body in
            guard dialect == .gemini else { return body.integer("input_tokens", tokens) }
            body.integer("totalTokens", tokens)
            body.array("promptTokensDetails") { details in
                details.object { detail in
                    detail.string("modality", "TEXT")
                    detail.integer("tokenCount", tokens)
                }
            }
        }
        return writer.bytes
    }
}

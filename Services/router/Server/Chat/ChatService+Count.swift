import Contracts
import Dialects
import HTTP
import JSON
import NIOCore
import NIOHTTP1
import RouterCore

/// Counting the tokens of a request without sending it.
extension ChatService {
    /// Answers `countTokens` in Gemini's dialect.
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
        let tokens: Int
        do throws(DialectError) {
            tokens = try RequestFacts.countedTokens(document, path: call.path)
        } catch {
            throw .error(ClientError(error))
        }
        do throws(ResolutionError) {
            _ = try ModelResolver.resolve(call.path?.model ?? "", in: dispatcher.routing.state)
        } catch {
            throw .error(error.clientError(showingHint: true))
        }
        var writer = JSONWriter()
        writer.object { body in
            body.integer("totalTokens", tokens)
            body.array("promptTokensDetails") { details in
                details.object { detail in
                    detail.string("modality", "TEXT")
                    detail.integer("tokenCount", tokens)
                }
            }
        }
        var headers = call.baseHeaders
        headers.add(name: "content-type", value: "application/json")
        headers.add(name: "x-keirouter-count", value: "estimate")
        call.exchange.respond(.ok, headers: headers, body: ByteBuffer(bytes: writer.bytes))
    }
}

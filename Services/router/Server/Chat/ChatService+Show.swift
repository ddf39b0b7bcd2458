import Contracts
import Dialects
import HTTP
import JSON
import NIOCore
import NIOHTTP1
import RouterCore

/// What Ollama's clients ask of a model before they use it.
extension ChatService {
    /// Answers `POST /api/show` from what the catalogue knows.
    @inline(never)
    func show(_ call: ChatCall) async throws(RequestFailure) {
        let digest = try digest(of: call)
        let standing: KeyStanding
        do throws(ClientError) {
            standing = try await meter.identify(keySHA256: digest)
        } catch {
            throw call.exchange.isClientGone ? .clientGone : .error(error)
        }
        let document = try await document(of: call)
        let name: String
        do throws(DialectError) {
            name = try OllamaModels.asked(document)
        } catch {
            throw .error(ClientError(error))
        }
        let state = dispatcher.routing.state
        guard let model = state.listedModel(name, for: standing.allowance) else {
            let error = ClientError(.notFound, "there is no model of this name", code: "model_not_found")
            throw .error(error)
        }
        let target = try? ModelResolver.resolve(name, in: state).targets.first
        let known = target.flatMap { state.catalogue.model(provider: $0.provider.id, id: $0.model) }
        var headers = call.baseHeaders
        headers.add(name: "content-type", value: "application/json")
        let body = OllamaModels.shown(model, contextWindow: known?.contextWindow)
        call.exchange.respond(.ok, headers: headers, body: ByteBuffer(bytes: body))
    }
}

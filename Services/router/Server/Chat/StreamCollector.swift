import Contracts
import Dialects
import HTTP
import NIOCore
import NIOHTTP1
import RouterCore

/// Listens to a stream until it is whole, for a client that wants the answer in one piece.
///
/// Nothing reaches the client before, so a failure in its middle still moves to the next account.
struct StreamCollector {
    let relay: UnaryRelay

    @inline(never)
    func run(_ response: UpstreamResponse) async -> UnaryRelay.Arriving {
        let way = relay.way
        let status = Int(response.head.status.code)
        let contentType = response.head.headers.first(name: "content-type")
        guard let context = way.context, UpstreamFrames.announces(way.upstream.framing, contentType: contentType) else {
            return .failed(await StreamRelay.notAStream(response, way.upstream, relay.timing))
        }
        var assembler = StreamAssembler(from: way.upstream, context: context)
        var frames = UpstreamFrames(way.upstream.framing)
        var count = 0
        do throws(UpstreamError) {
            while let piece = try await response.next() {
                count += piece.readableBytes
                guard count <= UnaryRelay.bodyLimit else { throw .tooLarge }
                frames.append(piece)
                switch Self.read(&frames, &assembler) {
                case .goOn: continue
                case .whole:
                    response.cancel()
                    return whole(assembler, response)
                case .failed(let failure):
                    response.cancel()
                    return .failed(broken(failure, assembler, status))
                }
            }
        } catch {
            response.cancel()
            return .failed(broken(FailureClass(TransportFailure(error)), assembler, status))
        }
        switch Self.last(&frames, &assembler) {
        case .goOn, .whole: return whole(assembler, response)
        case .failed(let failure): return .failed(broken(failure, assembler, status))
        }
    }

    private enum Step {
        case goOn
        case whole
        indirect case failed(FailureClass)
    }

    private static func read(_ frames: inout UpstreamFrames, _ assembler: inout StreamAssembler) -> Step {
        do throws(StreamError) {
            while let frame = try frames.next() {
                switch read(frame, &assembler) {
                case .goOn: continue
                case let step: return step
                }
            }
            return .goOn
        } catch {
            return .failed(FailureClass(.malformed))
        }
    }

    private static func read(_ frame: ByteBuffer, _ assembler: inout StreamAssembler) -> Step {
        switch frame.withUnsafeReadableBytes({ assembler.read($0) }) {
        case .failure(let fault): .failed(FailureClass(fault))
        case .terminal: .whole
        case .forward, .content, .drop: .goOn
        }
    }

    /// The upstream has sent its last byte.
    private static func last(_ frames: inout UpstreamFrames, _ assembler: inout StreamAssembler) -> Step {
        if let rest = frames.finish() {
            switch read(rest, &assembler) {
            case .goOn: break
            case let step: return step
            }
        }
        switch assembler.finish() {
        case .complete: return .whole
        case .failure(let fault): return .failed(FailureClass(fault))
        }
    }

    private func whole(_ assembler: StreamAssembler, _ response: UpstreamResponse) -> UnaryRelay.Arriving {
        let answer = assembler.answer
        return .whole(
            UnaryRelay.Arrival(
                status: .ok,
                contentType: "application/json",
                body: ByteBuffer(),
                answer: answer,
                usage: answer.usage ?? relay.estimate(output: assembler.machine.estimatedOutputTokens),
                source: assembler.machine.isUsageComplete ? .provider : .estimated
            )
        )
    }

    /// What had come is the provider's to bill, although the client sees nothing of it.
    private func broken(_ failure: FailureClass, _ assembler: StreamAssembler, _ status: Int) -> AttemptEnd {
        guard assembler.machine.hasContent else { return relay.failed(failure, status) }
        let usage = assembler.answer.usage ?? relay.estimate(output: assembler.machine.estimatedOutputTokens)
        return .failed(relay.timing.ended(status, failure.reason, usage: usage, source: .estimated), failure, nil)
    }
}

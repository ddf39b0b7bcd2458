package import Contracts
import JSON
package import Logging
package import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Calls the servers of one endpoint.
///
/// A call made from a task that runs on one of the group's event loops stays on that loop, connection included; from
/// anywhere else it goes to the next loop and back.
package final class RPCClient: Sendable {
    private let pools: [NIOLoopBoundBox<LoopPool>]
    private let watcher: EndpointWatcher
    private let ids: CallCounter
    private let next = Atomic<Int>(0)

    /// Makes a client; it connects when it is first used.
    ///
    /// - Parameters:
    ///   - endpoint: Where the servers are.
    ///   - group: The event loops that callers run on.
    ///   - configuration: Limits, intervals and credentials.
    ///   - logger: Where changes of the pool are noted.
    package init(
        endpoint: RPCEndpoint,
        group: any EventLoopGroup,
        configuration: RPCClientConfiguration = RPCClientConfiguration(),
        logger: Logger
    ) {
        let ids = CallCounter()
        let targets = PoolTargets()
        let watcher = EndpointWatcher(
            endpoint: endpoint,
            configuration: configuration,
            logger: logger,
            publish: { targets.publish($0) }
        )
        let transport = ClientTransport(endpoint, configuration, logger)
        let loops = Array(group.makeIterator())
        pools = loops.enumerated().map { number, loop in
            let pool = LoopPool(
                loop: loop,
                watcher: watcher,
                configuration: configuration,
                transport: transport,
                logger: logger,
                seed: UInt64.random(in: .min ... .max) &+ UInt64(number),
                makeID: { ids.next() }
            )
            return NIOLoopBoundBox.makeBoxSendingValue(pool, eventLoop: loop)
        }
        self.watcher = watcher
        self.ids = ids
        targets.set(pools)
        for pool in pools { pool.eventLoop.execute { pool.value.activate() } }
        if let loop = loops.first { watcher.start(on: loop) }
    }

    // MARK: Calls

    /// Calls a method.
    ///
    /// - Throws: ``ServiceError``: what the server answered, or the transport's own, with status UNAVAILABLE when no
    ///   server could be reached or the connection broke, DEADLINE_EXCEEDED, or CANCELLED with the task.
    package func call<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters,
        deadline: ContinuousClock.Instant,
        traceparent: String? = nil
    ) async throws(ServiceError) -> Output {
        guard !Task.isCancelled else { throw .callCancelled }
        let id = ids.next()
        let slot = PlainSlot<Output>()
        let request = ClientCall.Request(
            id: id,
            method: method.name,
            body: Messages.request(id: id, method: method.name, parameters),
            deadline: deadline,
            traceparent: traceparent,
            isIdempotent: method.isIdempotent,
            result: slot
        )
        let pool = pool()
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { reply in
                pool.perform { $0.start(ClientCall(request, reply: reply)) }
                // A cancellation from before the start found no call to end.
                if Task.isCancelled { pool.later { $0.cancel(id) } }
            }
        } onCancel: {
            pool.later { $0.cancel(id) }
        }
        let cursor = try result.get()
        if let value = slot.value { return value }
        return try decode(cursor, code: .internalError)
    }

    /// Calls a method that streams; the next item is taken when `onItem` has returned from the one before.
    package func stream<Parameters, Item, Output>(
        _ stream: RPCServerStream<Parameters, Item, Output>,
        _ parameters: Parameters,
        deadline: ContinuousClock.Instant?,
        onItem: @escaping @Sendable (Item) async -> Void
    ) async throws(ServiceError) -> Output {
        let call = try await open(stream.name, parameters, deadline: deadline)
        do throws(ServiceError) {
            while let value = try await call.stream.receive() {
                await onItem(try decode(value, code: .internalError))
            }
            return try decode(try await call.result(), code: .internalError)
        } catch {
            call.cancel()
            throw error
        }
    }

    /// Opens a call that streams both ways.
    package func duplex<Parameters, Sent, Item, Output>(
        _ stream: RPCDuplexStream<Parameters, Sent, Item, Output>,
        _ parameters: Parameters,
        deadline: ContinuousClock.Instant?
    ) async throws(ServiceError) -> RPCDuplexCall<Sent, Item, Output> {
        RPCDuplexCall(try await open(stream.name, parameters, deadline: deadline))
    }

    /// Calls a method on every server of the endpoint, those outside the pool too.
    ///
    /// - Returns: The servers by their addresses with what each answered, in no order; none when there are none.
    package func callEach<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters,
        deadline: ContinuousClock.Instant
    ) async -> [(server: String, answer: Result<Output, ServiceError>)] {
        await watcher.refreshed()
        let pool = pool()
        let answers = await withCheckedContinuation { continuation in
            pool.perform { owner in
                owner.askEach(method.name, parameters, deadline: deadline) { continuation.resume(returning: $0) }
            }
        }
        return answers.map { server, answer in
            do throws(ServiceError) {
                return (server, .success(try decode(try answer.get(), code: .internalError)))
            } catch {
                return (server, .failure(error))
            }
        }
    }

    private func open(
        _ method: String,
        _ parameters: some WireCodable,
        deadline: ContinuousClock.Instant?
    ) async throws(ServiceError) -> OpenCall {
        guard !Task.isCancelled else { throw .callCancelled }
        let id = ids.next()
        let request = ClientCall.Request(
            id: id,
            method: method,
            body: Messages.request(id: id, method: method, parameters),
            deadline: deadline,
            isIdempotent: false
        )
        let pool = pool()
        return await withCheckedContinuation { continuation in
            pool.perform { owner in
                let call = ClientCall(request)
                let stream = call.openStream(on: owner.loop)
                owner.start(call)
                continuation.resume(returning: OpenCall(call, stream, pool))
            }
        }
    }

    // MARK: Life

    /// Waits until a server answers a health check.
    ///
    /// - Returns: Whether one did before the deadline.
    package func waitUntilReady(deadline: ContinuousClock.Instant) async -> Bool {
        while !Task.isCancelled {
            await watcher.refreshed()
            let pool = pool()
            let isReady = await withCheckedContinuation { continuation in
                pool.perform { $0.checkAny { continuation.resume(returning: $0) } }
            }
            if isReady {
                for pool in pools { pool.later { $0.revive() } }
                return true
            }
            guard ContinuousClock.now < deadline else { return false }
            try? await Task.sleep(for: .milliseconds(25), tolerance: .zero)
        }
        return false
    }

    /// Fails open calls and closes all connections; the client cannot be used again.
    package func shutdown() async {
        watcher.stop()
        for pool in pools {
            await withCheckedContinuation { continuation in
                pool.later { pool in
                    pool.close()
                    continuation.resume()
                }
            }
        }
    }

    /// Calls in flight on every loop, for tests and metrics.
    package func activeCalls() async -> Int {
        var sum = 0
        for pool in pools {
            sum += await withCheckedContinuation { continuation in
                pool.later { continuation.resume(returning: $0.calls.count) }
            }
        }
        return sum
    }

    /// The pool of the loop the caller runs on, or any.
    private func pool() -> NIOLoopBoundBox<LoopPool> {
        if let current = MultiThreadedEventLoopGroup.currentEventLoop {
            for pool in pools where pool.eventLoop === current { return pool }
        }
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return pools[Int(UInt(bitPattern: number) % UInt(pools.count))]
    }
}

extension NIOLoopBoundBox<LoopPool> {
    /// On the loop: now, when the caller runs on it.
    func perform(_ body: @escaping @Sendable (LoopPool) -> Void) {
        if eventLoop.inEventLoop {
            body(value)
        } else {
            later(body)
        }
    }

    /// On the loop, but not within whatever it is doing now.
    func later(_ body: @escaping @Sendable (LoopPool) -> Void) {
        eventLoop.execute { body(self.value) }
    }
}

/// Numbers a client's calls, on whichever loop they run.
final class CallCounter: Sendable {
    private let last = Atomic<Int>(0)

    func next() -> Int {
        last.wrappingAdd(1, ordering: .relaxed).newValue
    }
}

/// Passes lists of servers on to the pools, which are made after their watcher.
private final class PoolTargets: Sendable {
    private let pools = Mutex<[NIOLoopBoundBox<LoopPool>]>([])

    func set(_ pools: [NIOLoopBoundBox<LoopPool>]) {
        self.pools.withLock { $0 = pools }
    }

    func publish(_ servers: [ServerAddress]) {
        for pool in pools.withLock({ $0 }) { pool.later { $0.published(servers) } }
    }
}

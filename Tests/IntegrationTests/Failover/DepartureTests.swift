import Contracts
import TestSupport
import Testing

extension Integration {
    @Suite("A client that goes away")
    struct DepartureTests {
        /// When the client leaves.
        enum Moment: String, CaseIterable, Sendable {
            case beforeHead
            case beforeContent
            case amidContent
        }

        @Test(
            "closes the upstream within a second and leaves one row",
            arguments: MockDialect.allCases,
            Moment.allCases
        )
        func departure(dialect: MockDialect, moment: Moment) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let model = Common.name("m")
            let gate = Gate()
            common.mock.answer(.model(model)) { request in
                let answer = MockReply.answer(to: request)
                switch moment {
                case .beforeHead: return answer.after(.hold(gate))
                case .beforeContent: return answer.cut(after: 1, then: [.hold(gate), .end])
                case .amidContent: return answer.cut(after: dialect.framesBeforeContent + 2, then: [.hold(gate), .end])
                }
            }
            let body = Gateway.body(dialect, model: "\(Common.provider(dialect))/\(model)", stream: true)
            let exchange = try await common.gateway.open(Gateway.chat(dialect, key: key.secret, body: body))
            try await Poll.until("the upstream request") {
                common.mock.chats(model: model).first?.status != nil
                    || moment == .beforeHead && !common.mock.chats(model: model).isEmpty
            }
            let id = moment == .amidContent ? try await exchange.body(containing: "Hello").requestID : nil
            let left = ContinuousClock.now
            await exchange.close()
            let upstream = try #require(common.mock.chats(model: model).first)
            let lost = try await Poll.value("the upstream's close", deadline: .seconds(5)) { upstream.lostAt }
            #expect(lost - left < .seconds(1))
            gate.open()

            let keyID = try await common.gateway.key(key.name).id
            let rows = try await Poll.value("the row") {
                let rows = try await common.gateway.ledger(["key": keyID])
                return rows.isEmpty ? nil : rows
            }
            #expect(rows.count == 1)
            #expect(rows[0].outcome == .cancelled)
            if let id { #expect(rows[0].requestID == id) }
            #expect(rows[0].usage.input > 0)
            if moment == .amidContent { #expect(rows[0].usage.output > 0) }
            #expect(common.mock.chats(model: model).count == 1)
            try await common.gateway.waitUntilIdle(key: key.name)
        }

        @Test("leaves one row when it went while a whole answer was made", arguments: MockDialect.allCases)
        func unary(dialect: MockDialect) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let model = Common.name("m")
            let gate = Gate()
            common.mock.answer(.model(model)) { MockReply.answer(to: $0).after(.hold(gate)) }
            let body = Gateway.body(dialect, model: "\(Common.provider(dialect))/\(model)")
            let exchange = try await common.gateway.open(Gateway.chat(dialect, key: key.secret, body: body))
            let upstream = try await Poll.value("the upstream request") { common.mock.chats(model: model).first }
            let left = ContinuousClock.now
            await exchange.close()
            let lost = try await Poll.value("the upstream's close", deadline: .seconds(5)) { upstream.lostAt }
            #expect(lost - left < .seconds(1))
            gate.open()
            try await common.gateway.waitUntilIdle(key: key.name)
            let id = try await common.gateway.key(key.name).id
            let rows = try await common.gateway.ledger(["key": id])
            #expect(rows.map(\.outcome) == [.cancelled])
        }
    }
}

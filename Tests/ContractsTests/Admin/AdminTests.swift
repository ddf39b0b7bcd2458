import Contracts
import Testing

@Suite("Administration")
struct AdminTests {
    @Test("a resource's methods are named after it")
    func names() {
        let keys = AdminMethods.meterV1.keys
        #expect(keys.list.name == "meter.v1.Admin/ListKeys")
        #expect(keys.get.name == "meter.v1.Admin/GetKey")
        #expect(keys.put.name == "meter.v1.Admin/PutKey")
        #expect(keys.delete.name == "meter.v1.Admin/DeleteKey")
        #expect(AdminMethods.meterV1.watch.name == "meter.v1.Admin/Watch")
        #expect(AdminMethods.routerV1.watch.name == "router.v1.Admin/Watch")
        #expect(AdminMethods.routerV1.testAccount.name == "router.v1.Admin/TestAccount")
    }

    @Test("only reading may be repeated")
    func idempotence() {
        let plans = AdminMethods.meterV1.plans
        #expect(plans.list.isIdempotent)
        #expect(plans.get.isIdempotent)
        #expect(!plans.put.isIdempotent)
        #expect(!plans.delete.isIdempotent)
    }

    @Test(
        "a page has 1 to 500 items, 100 when nothing is said",
        arguments: [("{}", 100), (#"{"page_size":0}"#, 1), (#"{"page_size":9000}"#, 500), (#"{"page_size":7}"#, 7)]
    )
    func pageSize(text: String, size: Int) throws {
        #expect(try decode(ListRequest.self, text).pageSize == size)
    }

    @Test("a key may be put with its name alone")
    func shortPut() throws {
        let request = try decode(PutRequest<KeyItem>.self, #"{"item":{"name":"ci"}}"#)
        #expect(request == PutRequest(item: KeyItem(name: "ci")))
    }

    @Test("a ledger row is known by its request")
    func ledgerRow() {
        let row = UsageItem(requestID: "req_1", keyID: "key_1", startedUS: 1, outcome: .ok)
        #expect(row.id == "req_1")
    }
}

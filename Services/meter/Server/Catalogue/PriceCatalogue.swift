import MeterCore

/// Reads the price list that comes with the build.
enum PriceCatalogue {
    /// Files every listed price; a line that does not read is a defect of the generator and is skipped.
    static func fill(_ book: inout PriceBook) {
        // The router's built-in demo is local and free; without a price a budget would refuse it.
        book.set(Price(input: 0, output: 0, source: .catalogue), id: "demo/*")
        PriceTable.text.withUTF8Buffer { buffer in
            for line in buffer.split(separator: UInt8(ascii: "\n")) {
                let fields = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
                guard let id = fields.first, let price = price(fields.dropFirst().map(Int.init)) else { continue }
                book.set(price, id: id)
            }
        }
    }

    private static func price(_ rates: [Int?]) -> Price? {
        guard rates.count == 5 || rates.count == 10, let input = rates[0], let output = rates[1] else { return nil }
        var price = Price(
            input: input,
            output: output,
            cacheRead: rates[2],
            cacheWrite: rates[3],
            reasoning: rates[4],
            source: .catalogue
        )
        guard rates.count == 10 else { return price }
        guard let threshold = rates[5], let longInput = rates[6], let longOutput = rates[7] else { return nil }
        price.longContext = Price.LongContext(
            threshold: threshold,
            input: longInput,
            output: longOutput,
            cacheRead: rates[8],
            cacheWrite: rates[9]
        )
        return price
    }
}

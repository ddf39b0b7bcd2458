import JSON
import Testing

@Suite("Numbers")
struct JSONNumberTests {
    @Test(
        "a whole number reads exactly, however it is spelled",
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-12", -12), ("1.0", 1), ("-1.50e1", -15), ("1e2", 100), ("1E+2", 100),
            ("100e-2", 1),
            ("0.001e3", 1), ("0e999999999999999999999", 0), ("0.000", 0), ("-0.0e-5", 0), ("120.00", 120),
            ("10.20e1", 102),
            ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("9223372036854775807.0", Int.max),
            ("922337203685477580.70e1", Int.max), ("-9.223372036854775808e18", Int.min),
            ("9007199254740993", 9_007_199_254_740_993),
            ("1000000000000000000000e-20", 10),
        ]
    )
    func whole(text: String, expected: Int) throws {
        #expect(try parse(text).integer == expected)
        #expect(try parse("[\(text)]")[0]?.integer == expected)
    }

    @Test(
        "what is not whole or does not fit is no integer",
        arguments: [
            "0.5", "1e-1", "15e-1", "1.01", "9223372036854775808", "-9223372036854775809", "1e19", "1e400",
            "123456789012345678901234567890",
            "1e99999999999999999999999999", "1e-99999999999999999999999999", "9223372036854775807.5", "\"1\"", "null",
            "true",
        ]
    )
    func notWhole(text: String) throws {
        #expect(try parse(text).integer == nil)
    }

    @Test(
        "a double is the nearest one",
        arguments: [
            ("0.1", 0.1), ("1e23", 1e23), ("5e-324", Double.leastNonzeroMagnitude),
            ("2.2250738585072011e-308", Double.leastNormalMagnitude.nextDown),
            ("1.7976931348623157e308", Double.greatestFiniteMagnitude), ("123", 123), ("-7", -7), ("1e-400", 0),
            ("9007199254740993", 9_007_199_254_740_992), ("9999999999999999", 1e16), ("0.30000000000000004", 0.1 + 0.2),
        ]
    )
    func double(text: String, expected: Double) throws {
        #expect(try parse(text).double == expected)
    }

    @Test("the sign of a zero is kept, and a number past the range is none")
    func edges() throws {
        #expect(try parse("-0").double?.sign == .minus)
        #expect(try parse("-0.0").double?.sign == .minus)
        #expect(try parse("0").double?.sign == .plus)
        #expect(try parse("1e400").double == nil)
        #expect(try parse("-1e400").double == nil)
    }

    @Test("a number's text is kept", arguments: ["1.0", "1.10e+005", "-0", "123456789012345678901234567890.000"])
    func text(text: String) throws {
        let root = try parse("[ \(text) ]")
        #expect(root[0].map { String(decoding: $0.raw, as: UTF8.self) } == text)
        var writer = JSONWriter()
        writer.array { items in for element in root.elements { items.raw(element) } }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[\(text)]")
    }

    @Test("digits of any length are read to their end", arguments: 1...40)
    func lengths(count: Int) throws {
        let digits = String(repeating: "9", count: count)
        for (text, length) in [
            ("[\(digits)]", count), ("[-\(digits).\(digits)e1]", 2 * count + 4), ("[0.\(digits) ]", count + 2),
        ] {
            #expect(try parse(text)[0]?.range == 1..<length + 1)
        }
        let small = try parse("[\(digits.prefix(18)),1]")
        #expect(small[0]?.integer == Int(digits.prefix(18)))
        #expect(small[1]?.integer == 1)
    }
}

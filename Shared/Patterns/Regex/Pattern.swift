import CPCRE2

/// A compiled regular expression, usable from any thread.
///
/// Never one that can loop for ever: no recursion, callouts, verbs or single code units, a bounded source and, at every
/// match, a bounded number of steps (``Matcher``).
package final class Pattern: Sendable {
    package let source: String
    package let options: PatternOptions
    /// Whether it runs as machine code; without it, it is only slower.
    package let isNative: Bool
    private let code: Code

    /// Compiled code is not written to after compilation, which PCRE2 says makes it shareable.
    private struct Code: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// Compiles a pattern.
    ///
    /// - Parameters:
    ///   - source: The expression, in PCRE2's syntax.
    ///   - options: How it reads its text.
    ///   - limits: What it may be.
    /// - Throws: ``PatternError`` that an operator can read.
    package init(
        _ source: String,
        options: PatternOptions = [],
        limits: PatternLimits = PatternLimits()
    ) throws(PatternError) {
        guard source.utf8.count <= limits.length else { throw .tooLong(limit: limits.length) }
        if let what = ForbiddenSyntax.first(in: source) { throw .forbidden(what) }
        let pointer = try Self.compile(source, options, limits)
        self.source = source
        self.options = options
        code = Code(pointer: pointer)
        isNative = pcre2_jit_compile_8(pointer, PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_HARD) == 0
    }

    deinit {
        pcre2_code_free_8(code.pointer)
    }

    var pointer: OpaquePointer { code.pointer }

    private static func compile(
        _ source: String,
        _ options: PatternOptions,
        _ limits: PatternLimits
    ) throws(PatternError) -> OpaquePointer {
        let context = pcre2_compile_context_create_8(nil)
        defer { pcre2_compile_context_free_8(context) }
        pcre2_set_max_pattern_length_8(context, limits.length)
        pcre2_set_parens_nest_limit_8(context, UInt32(clamping: limits.nesting))
        var flags = UInt32(PCRE2_NEVER_BACKSLASH_C) | UInt32(PCRE2_NEVER_UCP) | UInt32(PCRE2_USE_OFFSET_LIMIT)
        flags |= options.contains(.unicode) ? UInt32(PCRE2_UTF) : UInt32(PCRE2_NEVER_UTF)
        if options.contains(.caseless) { flags |= UInt32(PCRE2_CASELESS) }
        if options.contains(.multiline) { flags |= UInt32(PCRE2_MULTILINE) }
        if options.contains(.dotAll) { flags |= UInt32(PCRE2_DOTALL) }
        var number: Int32 = 0
        var offset = 0
        let bytes = Array(source.utf8)
        let pointer = bytes.withUnsafeBufferPointer { buffer in
            pcre2_compile_8(buffer.baseAddress, buffer.count, flags, &number, &offset, context)
        }
        guard let pointer else { throw .malformed(offset: offset, problem: problem(number)) }
        return pointer
    }

    private static func problem(_ number: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 256)
        let count = pcre2_get_error_message_8(number, &text, text.count)
        return count > 0 ? String(decoding: text.prefix(Int(count)), as: UTF8.self) : "not a regular expression"
    }
}

/// Finds what the house does not allow in a pattern; text inside `[…]` and `\Q…\E` is only text.
enum ForbiddenSyntax {
    static func first(in source: String) -> String? {
        let bytes = Array(source.utf8)
        var index = 0
        var inClass = false
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\"):
                if let found = escape(bytes, index, inClass: inClass) { return found }
                index = end(ofEscapeAt: index, bytes)
                continue
            case UInt8(ascii: "[") where !inClass:
                inClass = true
                // A bracket that comes first, negated or not, is a member.
                if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "^") { index += 1 }
                if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "]") { index += 1 }
            case UInt8(ascii: "]"): inClass = false
            case UInt8(ascii: "(") where !inClass:
                if let found = group(bytes[(index + 1)...]) { return found }
            default: break
            }
            index += 1
        }
        return nil
    }

    private static func escape(_ bytes: [UInt8], _ index: Int, inClass: Bool) -> String? {
        guard index + 1 < bytes.count, !inClass else { return nil }
        if bytes[index + 1] == UInt8(ascii: "C") { return "\\C" }
        // \g<name> and \g'name' call a group; \g{name} refers to what it matched.
        if bytes[index + 1] == UInt8(ascii: "g"), index + 2 < bytes.count,
            bytes[index + 2] == UInt8(ascii: "<") || bytes[index + 2] == UInt8(ascii: "'")
        {
            return "recursion"
        }
        return nil
    }

    private static func end(ofEscapeAt index: Int, _ bytes: [UInt8]) -> Int {
        guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "Q") else { return index + 2 }
        var at = index + 2
        while at + 1 < bytes.count {
            if bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "E") { return at + 2 }
            at += 1
        }
        return bytes.count
    }

    private static func group(_ rest: ArraySlice<UInt8>) -> String? {
        guard let first = rest.first else { return nil }
        if first == UInt8(ascii: "*") { return "a verb such as (*COMMIT)" }
        guard first == UInt8(ascii: "?"), let second = rest.dropFirst().first else { return nil }
        let third = rest.dropFirst(2).first
        switch second {
        case UInt8(ascii: "C"): return "a callout"
        case UInt8(ascii: "R"), UInt8(ascii: "&"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"):
            return "recursion"
        case UInt8(ascii: "P") where third == UInt8(ascii: ">"): return "recursion"
        case UInt8(ascii: "-") where third.map({ (0x30...0x39).contains($0) }) == true: return "recursion"
        default: return nil
        }
    }
}

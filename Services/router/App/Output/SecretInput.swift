import Bootstrap

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Takes a secret from a file, from what is piped in, or from the keyboard without showing it.
///
/// Never from the command line: every process of the machine can read that.
enum SecretInput {
    /// Longer input is no credential but a mistaken file.
    private static let longest = 64 << 10

    /// - Parameters:
    ///   - file: The file that was named; `-` for the standard input.
    ///   - prompt: What to ask at a terminal.
    /// - Returns: The secret without white space around it; never empty.
    /// - Throws: ``ProgramFailure`` when nothing usable came.
    static func read(file: String?, prompt: String) throws(ProgramFailure) -> String {
        let bytes: [UInt8]
        if let file, file != "-" {
            bytes = try InputFile.read(file, longest: longest)
        } else if isatty(STDIN_FILENO) == 1 {
            bytes = try ask(prompt)
        } else {
            bytes = try InputFile.read("-", longest: longest)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ProgramFailure(.failed, "the secret is not text; give the key itself, in UTF-8")
        }
        let secret = String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        guard !secret.isEmpty else {
            throw ProgramFailure(.failed, "no secret was given; type it, pipe it in or name a file")
        }
        // The file of a service account is one key in many lines.
        guard secret.hasPrefix("{") || secret.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw ProgramFailure(.failed, "the secret has several lines; give the key alone")
        }
        return secret
    }

    // MARK: The keyboard

    private static let interrupt: UInt8 = 0x03
    private static let endOfInput: UInt8 = 0x04
    private static let eraseLine: UInt8 = 0x15

    /// Reads a line key by key: the terminal neither shows it nor turns ^C into a signal, so that it is always put back.
    private static func ask(_ prompt: String) throws(ProgramFailure) -> [UInt8] {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else {
            throw ProgramFailure(
                .failed,
                "the terminal cannot be read (\(SystemError.text(errno))); pipe the secret in"
            )
        }
        var quiet = before
        quiet.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            Console.note("\n")
        }
        Console.note(prompt)
        var line: [UInt8] = []
        while line.count <= longest {
            guard case .success(let key) = InputFile.next(STDIN_FILENO, 1), let byte = key.first else { return line }
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), endOfInput: return line
            case interrupt: throw ProgramFailure(.failed, "cancelled")
            case eraseLine: line = []
            case 0x08, 0x7F: if !line.isEmpty { line.removeLast() }
            default: line.append(byte)
            }
        }
        return line
    }
}

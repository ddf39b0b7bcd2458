import Contracts
import Patterns

/// Personal data that is told by its form; numbers of telephones have a file of their own.
enum PIIEntries {
    static let all = [email, card, account, address4, address6, url] + PhoneEntries.all + IndonesianEntries.all

    static let email = DetectorEntry(
        id: "pii.email",
        detector: .pii,
        entity: "EMAIL_ADDRESS",
        pattern: #"\b[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6}"#
            + #"(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24})"#,
        trigger: .literals(["@"]),
        lead: 64,
        reach: 254,
        before: ByteSet.word.union(ByteSet(".%+-@")),
        after: ByteSet.word.union(ByteSet("@")),
        peek: 2,
        check: .email,
        score: 0.95,
        hits: [
            "info@presidio.site", "o.brien@sub.domain.example.co.uk", "mailto:budi.santoso49@contoh.co.id?subject=halo",
            "Reply-To: Ratna <ratna@contoh.co.id>", "a@xn--d1acufc.xn--p1ai", "'j.doe@example.com', 1",
        ],
        misses: [
            "git clone git@github.com:acme/widgets.git", "npm i @types/node@1.2.3", "react-dom@4.9.4", "icon@2x.png",
            "getty@tty1.service", "scp deploy@build.example.com:/srv/app .", "%d@%s", "@app.route", "root@localhost",
        ]
    )

    static let card = DetectorEntry(
        id: "pii.card",
        detector: .pii,
        entity: "CREDIT_CARD",
        pattern: #"[1-6][0-9]{3}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,7}|3[04-9][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{4,5}"#
            + #"|[1-6][0-9]{11,18}"#,
        trigger: .digits,
        lead: 0,
        reach: 0,
        before: ByteSet.word.union(ByteSet(".-")),
        after: ByteSet.word,
        check: .card,
        score: 0.3,
        context: ["card", "cards", "kartu", "kredit", "credit", "visa", "mastercard", "amex", "cc", "pan"],
        contextScore: 0.65,
        severity: .high,
        hits: [
            "4012888888881881", "4012-8888-8888-1881", "4012 8888 8888 1881", "371449635398431", "30569309025904",
            "6759649826438453", "my credit card: 122000000000003", "{\"pan\":\"378217649910019\"}",
        ],
        misses: [
            "4012-8888-8888-1882", "my credit card number is 36168002586008", "1748503543012",
            "duration_ns=640479933310022",
            "loss: 0.7278871046882970", "0000000000000000", "id_4012888888881881", "50000000 500000000",
            "4012-8888 8888-1881",
        ]
    )

    static let account = DetectorEntry(
        id: "pii.iban",
        detector: .pii,
        entity: "IBAN_CODE",
        pattern: #"[A-Z]{2}[0-9]{2}(?:[0-9A-Z]{11,30}|(?:[ -][0-9A-Z]{4}){2,7}(?:[ -][0-9A-Z]{1,4}){0,2})"#,
        trigger: .accounts,
        lead: 0,
        reach: 48,
        before: ByteSet.word.union(ByteSet("-")),
        check: .account,
        score: 0.5,
        severity: .high,
        hits: [
            "AL47 2121 1009 0000 0002 3569 8741", "AT611904300234573201", "AZ21NABZ00000000137010001944",
            "BR97 0036 0305 0000 1000 9795 493P 1", "Transfer to IBAN NL57 ABNA 8431 1626 13 EUR 20",
        ],
        misses: [
            "AL47 212A 1009 0000 0002 3569 8741", "BE71 0961 2345 6760", "AT61 1904 3002 3457 320", "SHA256 A1B2 C3D4",
        ]
    )

    static let address4 = DetectorEntry(
        id: "pii.ip4",
        detector: .pii,
        entity: "IP_ADDRESS",
        pattern: #"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"#,
        trigger: .dotted,
        lead: 0,
        reach: 0,
        before: ByteSet.word.union(ByteSet(".-")),
        after: ByteSet.word,
        peek: 2,
        check: .address4,
        score: 0.6,
        severity: .low,
        hits: [
            "192.168.0.1", "IP: 192.168.1.1.", "(192.168.1.1)", "client_ip=180.4.104.236 user", "http://10.1.2.3/x",
        ],
        misses: [
            "Chrome/120.0.109.10", "FileVersion 6.7.61.221 of msvcp140.dll", "libfoo version 4.10.7.18",
            "pip: a==1.2.3.4",
            "192.168.1.256", "1.3.6.1.4.1.311", "127.0.0.1:8080", "255.255.255.0", "allow 10.0.0.0/8", "0.0.0.0",
            "IP192.168.1.1text",
            "rc 10.2.3.4-beta", "4.10.7.18",
        ]
    )

    static let address6 = DetectorEntry(
        id: "pii.ip6",
        detector: .pii,
        entity: "IP_ADDRESS",
        pattern:
            #"(?:[0-9A-Fa-f]{0,4}:){2,7}(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9A-Fa-f]{1,4})?(?:%[0-9A-Za-z]{1,15})?"#,
        trigger: .colons,
        lead: 40,
        reach: 64,
        before: ByteSet.word.union(ByteSet(":.")),
        after: ByteSet.word.union(ByteSet(":")),
        peek: 2,
        check: .address6,
        score: 0.6,
        severity: .low,
        hits: [
            "2001:db8::8a2e:370:7334", "::ffff:10.0.0.1", "fe80::1%eth0", "[::ffff:192.168.1.1]:80",
            "connecting from ::1",
            "2001:db8:0:0:2f31:0:0:9618", "SSH to user@2001:db8::1", "::ffff:0000:10.0.0.1",
        ],
        misses: [
            "684D:1111:222:3333:4444:5555:77", "std::dead", "MyClass::toString", "x[1::2]", "[::1]:8080",
            "aa:bb:cc:dd:ee:ff",
            "12:34:56", "2001::db8::1", "12345:db8::1", ":::", "::ffff:192.168.1", "text2001:db8::1", "Ratio 1:2:3:4",
            "use a::b0::c", "abc::def", "fd00::/8",
        ]
    )

    /// Longer than any window: in a stream it is replaced from its start.
    static let url = DetectorEntry(
        id: "pii.url",
        detector: .pii,
        entity: "URL",
        pattern: #"\b(?:https?|ftp|wss?)://[^\x00-\x20"'<>`{}|\\^\x7f]{1,2048}"#,
        options: .caseless,
        trigger: .literals(["://"]),
        lead: 5,
        reach: 2048,
        check: .url,
        score: 0.6,
        severity: .low,
        isOptIn: true,
        hits: [
            "https://www.microsoft.com", "lihat http://intranet.example.id/pegawai/70804#599.", "(https://a.example)",
        ],
        misses: ["a.py", "main.rs", "com.example.App", "obj.name", "www.microsoft", "://"]
    )
}

/// Numbers of telephones.
enum PhoneEntries {
    static let all = [international, indonesianMobile, indonesianOffice, northAmerican, mobile, named]

    static let words = [
        "phone", "phones", "telephone", "telepon", "telp", "tel", "hp", "handphone", "ponsel", "wa", "whatsapp",
        "mobile",
        "cell", "call", "fax", "sms", "hubungi", "contact", "kontak", "seluler",
    ]
    private static let before = ByteSet.word.union(ByteSet(".-+/#"))

    static let international = entry(
        "pii.phone.international",
        #"\+[1-9][0-9]{0,2}(?:[ .-]?\(?[0-9]{1,5}\)?){1,6}"#,
        before: ByteSet.word.union(ByteSet(".-+)]")),
        check: .phoneInternational,
        score: 0.85,
        hits: [
            "+62 887-4022-6496", "+55 11 98456 5666", "+1 (415) 555-0128", "+91 4155550132", "+65 9715 1354 dan",
            "+628656103238'", "+44 20 7946 0972 after 5pm",
        ],
        misses: ["@@ -319,14 +795,7 @@", "+1234567890", "+1700000000000", "+0700", "1+628123456789"]
    )

    static let indonesianMobile = entry(
        "pii.phone.id-mobile",
        #"(?:08|62[ -]?8)[1-9][0-9]{1,2}(?:[ -]?[0-9]{3,5}){2}"#,
        before: before,
        check: .phoneLocal,
        score: 0.75,
        hits: ["0812-3456-7890", "081387235207", "WA 62812 3456 7890", "HP 085264175257"],
        misses: ["5081387235207", "0x081387235207", "08123", "1.081387235207"]
    )

    static let indonesianOffice = entry(
        "pii.phone.id-office",
        #"\(0[2-9][0-9]{1,2}\)[ -]?[0-9]{3,4}[ -]?[0-9]{3,5}"#,
        before: before,
        check: .phoneLocal,
        score: 0.75,
        hits: ["(021) 4731 3978", "(021) 555 1234", "(0274)512345"],
        misses: ["(021) 12", "f(021) 4731 3978"]
    )

    static let northAmerican = entry(
        "pii.phone.north-america",
        #"(?:\([2-9][0-9]{2}\) ?[2-9][0-9]{2}[ .-]|[2-9][0-9]{2}-[2-9][0-9]{2}-)[0-9]{4}"#,
        before: before,
        check: .phoneNorthAmerica,
        score: 0.7,
        hits: ["(415) 555-0132", "(415)555-0132", "415-555-0132"],
        misses: ["is415-555-0132", "91-415-555-0132", "123-45-6789", "(415) 555-01321"]
    )

    /// National forms of mobile numbers that nothing else looks like.
    static let mobile = entry(
        "pii.phone.mobile",
        #"0[789]0-[0-9]{4}-[0-9]{4}|07[0-9]{3} [0-9]{3} ?[0-9]{3}"#,
        before: before,
        check: .phoneLocal,
        score: 0.6,
        hits: ["090-1234-5678", "07911 123 456"],
        misses: ["090-1234-56789", "1090-1234-5678"]
    )

    /// Any nine digits or more, right behind a word that says what they are.
    static let named = entry(
        "pii.phone.named",
        #"\(?[0-9]{2,5}\)?(?:[ -]?[0-9]{2,5}){2,4}"#,
        before: before,
        check: .phoneNamed,
        score: 0.3,
        context: words + ["number", "nomor", "no"],
        contextScore: 0.6,
        hits: ["call 030 1234 5678", "Tel: 09-7625400", "My CN number is 13812345678"],
        misses: [
            "offset 45054538676 of 51214265034", "call 2026-08-15 10:00", "8539514067 bytes",
            "order number 45054538676",
        ]
    )

    private static func entry(
        _ id: String,
        _ pattern: String,
        before: ByteSet,
        check: Check,
        score: Double,
        context: [String] = [],
        contextScore: Double = 0,
        hits: [String],
        misses: [String]
    ) -> DetectorEntry {
        DetectorEntry(
            id: id,
            detector: .pii,
            entity: "PHONE_NUMBER",
            pattern: pattern,
            trigger: .digits,
            lead: 2,
            reach: 1,
            before: before,
            after: ByteSet.word.union(ByteSet("-")),
            check: check,
            score: score,
            context: context,
            contextScore: contextScore,
            contextSpan: 24,
            hits: hits,
            misses: misses
        )
    }
}

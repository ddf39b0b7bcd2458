import ArgumentParser
import Bootstrap
package import Contracts

/// `keirouter proxies`.
struct ProxiesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxies",
        abstract: "Lists, makes, changes and deletes proxies: one address, or a pool of several that take turns.",
        subcommands: [List.self, Put.self, Delete.self],
        defaultSubcommand: List.self
    )

    /// `keirouter proxies list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists proxies, and what of them is down.")

        @OptionGroup var options: InstallationOptions

        func run() async throws {
            let proxies = try await options.open().withRouter { try await $0.all(AdminMethods.routerV1.proxies) }
            options.show(
                list: proxies,
                none: "There are no proxies; make one with keirouter proxies put NAME FILE.",
                ProxyText.table
            )
        }
    }

    /// `keirouter proxies put`.
    struct Put: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a proxy, or changes the one of this name.",
            discussion: """
                The addresses come from a file or a pipe, a line each, because they may
                hold passwords: http://user:password@host:port or socks5://host:port.

                  keirouter proxies put office proxies.txt
                  pass show proxies | keirouter proxies put office -
                  keirouter proxies put office --no-strict
                  keirouter accounts add openai --proxy office

                Several take turns; one that is down rests, and the next is tried. Where
                all are down, requests fail, or with --no-strict go direct.
                """,
            aliases: ["create"]
        )

        private static let longest = 64 << 10

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The proxy's name.")
        var name: String

        @Argument(help: "The file of addresses; - for the standard input, none to keep them.")
        var file: String?

        @Flag(inversion: .prefixedNo, help: "Fail rather than go direct where all are down; without it as it was.")
        var strict: Bool?

        @Flag(inversion: .prefixedNo, help: "Whether it may be used; without it as it was.")
        var enabled: Bool?

        func run() async throws {
            let (name, strict, enabled) = (name, strict, enabled)
            let addresses = try file.map(Self.addresses) ?? []
            let proxy = try await options.open().withRouter { router in
                let proxies = AdminMethods.routerV1.proxies
                let old = try await router.all(proxies).first { $0.name == name }
                var item = old ?? ProxyItem(name: name)
                item.urls = addresses
                if let strict { item.strict = strict }
                if let enabled { item.enabled = enabled }
                return try await router.call(proxies.put, PutRequest(item: item, etag: old?.etag))
            }
            options.show(proxy, ProxyText.table([proxy]).text)
        }

        /// The addresses of a file: white space parts them.
        private static func addresses(_ file: String) throws(ProgramFailure) -> [String] {
            let bytes = try InputFile.read(file, longest: longest)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ProgramFailure(.failed, "the addresses are not text in UTF-8")
            }
            let lines = text.split(whereSeparator: \.isWhitespace).map(String.init)
            guard !lines.isEmpty else { throw ProgramFailure(.failed, "there is no address; give a line for each") }
            return lines
        }
    }

    /// `keirouter proxies delete`.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Deletes a proxy that nothing goes through.")

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The proxy's name or id.")
        var name: String

        func run() async throws {
            let proxy = try await options.open().withRouter { service in
                try await service.delete(AdminMethods.routerV1.proxies, "proxy", plural: "proxies", name) {
                    $0.name == name || $0.id == name
                }
            }
            options.show(proxy, "The proxy \(proxy.name) is deleted.")
        }
    }
}

/// Proxies as people read them.
package enum ProxyText {
    package static func table(_ proxies: [ProxyItem]) -> Table {
        var table = Table([.init("name"), .init("addresses"), .init("down"), .init("where all are down"), .init("id")])
        for proxy in proxies {
            let state = proxy.enabled ? proxy.name : "\(proxy.name) (off)"
            table.add([
                proxy.declared ? "\(state) (declared)" : state, proxy.display, proxy.down.joined(separator: ", "),
                proxy.strict ? "requests fail" : "requests go direct", proxy.id,
            ])
        }
        return table
    }
}

import Hummingbird
import PortalCore

/// All pages, put together.
package enum PortalPages {
    package static func make(_ parts: PortalParts) throws -> PortalPageSet {
        let files = StaticFiles(fonts: FontFolder.beside(program: FontFolder.program))
        let view = PageView(templates: try Templates(), files: files, parts: parts)
        return PortalPageSet(
            groups: [
                files, OverviewPage(view: view), RequestPages(view: view), ExportPages(view: view),
                KeyPages(view: view),
                ProviderPages(view: view), AccountForms(view: view), PolicyPages(view: view), SavingPages(view: view),
                SessionPages(view: view), ConnectPages(view: view), UndoPages(view: view), MemberPages(view: view),
            ],
            entry: EntryForms(view: view)
        )
    }
}

import PortalServer
import Testing

@Suite struct PlaceholderServer { @Test func placeholder() {} }

import Testing

/// All that needs running processes, one test after another: their deadlines are short, and two cores are few.
@Suite(.serialized)
enum Integration {}

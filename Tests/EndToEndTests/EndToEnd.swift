import Testing

/// Tests of the real binary: real processes, sockets, files and terminals. One after the other, because
/// they share two cores and measure nothing.
@Suite(
    .serialized,
    .enabled(if: LonghaulBinary.isBuilt, "no binary 'longhaul' beside the tests: build it first"))
struct EndToEnd {}

import CLZ4

/// LZ4 frames, as the `lz4` tool writes and reads them.
package enum LZ4Frame {
    /// The most bytes that `compress` makes of `count` bytes.
    static func bound(_ count: Int) -> Int {
        var preferences = Self.preferences(contentSize: count)
        return LZ4F_compressFrameBound(count, &preferences)
    }

    /// One frame with content size and content checksum.
    package static func compress(_ content: [UInt8]) throws(BlockError) -> [UInt8] {
        var preferences = Self.preferences(contentSize: content.count)
        let frame = [UInt8](unsafeUninitializedCapacity: LZ4F_compressFrameBound(content.count, &preferences))
        {
            let size = LZ4F_compressFrame($0.baseAddress, $0.count, content, content.count, &preferences)
            $1 = LZ4F_isError(size) == 0 ? size : 0
        }
        guard !frame.isEmpty else { throw .frame("LZ4 could not compress \(content.count) bytes") }
        return frame
    }

    /// Size of `bytes` after compression: what a filter is judged by.
    static func compressedSize(_ bytes: [UInt8], scratch: inout [UInt8]) -> Int {
        let needed = Int(LZ4_compressBound(Int32(bytes.count)))
        if scratch.count < needed { scratch = [UInt8](repeating: 0, count: needed) }
        let capacity = Int32(scratch.count)
        return bytes.withUnsafeBytes { source in
            scratch.withUnsafeMutableBytes { target in
                Int(
                    LZ4_compress_default(
                        source.baseAddress, target.baseAddress, Int32(source.count), capacity))
            }
        }
    }

    /// The content of exactly one frame that names its content's size and carries its checksum.
    ///
    /// - Parameter limit: the most bytes of content; checked before anything is allocated for it.
    package static func decompress(_ frame: [UInt8], limit: Int) throws(BlockError) -> [UInt8] {
        var context: OpaquePointer?
        guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0, let context
        else {
            throw .frame("LZ4 could not start")
        }
        defer { LZ4F_freeDecompressionContext(context) }

        var information = LZ4F_frameInfo_t()
        var headerSize = frame.count
        try check(LZ4F_getFrameInfo(context, &information, frame, &headerSize))
        guard information.frameType == LZ4F_frame else { throw .frame("it is a skippable frame") }
        guard information.contentSize > 0 else { throw .frame("its header doesn't say its content's size") }
        guard information.contentChecksumFlag == LZ4F_contentChecksumEnabled else {
            throw .frame("it carries no content checksum")
        }
        guard information.contentSize <= limit else {
            throw .tooLarge(what: "The block's content", bytes: information.contentSize, limit: limit)
        }

        var content = [UInt8](repeating: 0, count: Int(information.contentSize))
        var read = headerSize
        var written = 0
        while true {
            var consumed = frame.count - read
            var produced = content.count - written
            let hint = frame.withUnsafeBytes { source in
                content.withUnsafeMutableBytes { target in
                    LZ4F_decompress(
                        context, target.baseAddress.map { $0 + written }, &produced,
                        source.baseAddress.map { $0 + read }, &consumed, nil)
                }
            }
            try check(hint)
            read += consumed
            written += produced
            if hint == 0 { break }
            guard consumed > 0 || produced > 0 else {
                throw .frame(read == frame.count ? "it ends early" : "it holds more than its header says")
            }
        }
        guard written == content.count else { throw .frame("it holds less than its header says") }
        guard read == frame.count else { throw .frame("\(frame.count - read) bytes follow its end") }
        return content
    }

    private static func check(_ code: Int) throws(BlockError) {
        if LZ4F_isError(code) != 0 { throw .frame(String(cString: LZ4F_getErrorName(code))) }
    }

    private static func preferences(contentSize: Int) -> LZ4F_preferences_t {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.contentSize = UInt64(contentSize)
        preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
        return preferences
    }
}

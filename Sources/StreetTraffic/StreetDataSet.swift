import Foundation
import TrafficData

/// The street recordings of a data folder: CommonRoad scenes with intersections.
public enum StreetDataSet {
    /// Reads the Lankershim and Peachtree scenes of `folder/commonroad`, in order of name.
    /// - Throws: `TrafficDataError` where a folder or file can't be read.
    public static func load(_ folder: URL, split: DataSplit? = nil) throws -> [StreetRecording] {
        let scenes = folder.appendingPathComponent("commonroad")
        guard FileManager.default.fileExists(atPath: scenes.path) else { return [] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: scenes.path).sorted()
        } catch {
            throw TrafficDataError.unreadable(file: scenes.path, reason: error.localizedDescription)
        }
        return try names.filter { name in
            (name.hasSuffix(".xml") || name.hasSuffix(".xml.gz"))
                && [.lankershim, .peachtree].contains(RecordingSource(commonRoadName: name))
                && (split == nil || DataSplit.of(String(name.prefix { $0 != "." })) == split)
        }.map { try StreetRecording(CommonRoadFile.read(scenes.appendingPathComponent($0))) }
    }
}

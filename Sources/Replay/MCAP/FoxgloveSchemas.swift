/// JSON schemas of the messages, put together from their parts.
enum FoxgloveSchema {
    static let sceneUpdate = object(
        "foxglove.SceneUpdate", ["deletions": array(object(nil, [:])), "entities": array(entity)])

    static let frameTransform = object(
        "foxglove.FrameTransform",
        [
            "timestamp": time, "parent_frame_id": string, "child_frame_id": string, "translation": vector,
            "rotation": quaternion,
        ])

    static let log = object(
        "foxglove.Log",
        [
            "timestamp": time, "level": integer, "message": string, "name": string, "file": string,
            "line": integer,
        ])

    static let scalar = object("longhaul.Scalar", ["timestamp": time, "value": number])

    private static let string = #"{"type":"string"}"#
    private static let number = #"{"type":"number"}"#
    private static let integer = #"{"type":"integer"}"#
    private static let boolean = #"{"type":"boolean"}"#
    private static let time = object("time", ["sec": integer, "nsec": integer])
    private static let vector = object(nil, ["x": number, "y": number, "z": number])
    private static let quaternion = object(nil, ["x": number, "y": number, "z": number, "w": number])
    private static let pose = object(nil, ["position": vector, "orientation": quaternion])
    private static let colour = object(nil, ["r": number, "g": number, "b": number, "a": number])
    private static let cube = object(nil, ["pose": pose, "size": vector, "color": colour])
    private static let line = object(
        nil,
        [
            "type": integer, "pose": pose, "thickness": number, "scale_invariant": boolean,
            "points": array(vector), "color": colour, "colors": array(colour), "indices": array(integer),
        ])
    private static let text = object(
        nil,
        [
            "pose": pose, "billboard": boolean, "font_size": number, "scale_invariant": boolean,
            "color": colour, "text": string,
        ])
    private static let nothing = object(nil, [:])
    private static let entity = object(
        nil,
        [
            "timestamp": time, "frame_id": string, "id": string, "lifetime": time, "frame_locked": boolean,
            "metadata": array(object(nil, ["key": string, "value": string])), "arrows": array(nothing),
            "cubes": array(cube), "spheres": array(nothing), "cylinders": array(nothing),
            "lines": array(line), "triangles": array(nothing), "texts": array(text), "models": array(nothing),
        ])

    private static func array(_ items: String) -> String { #"{"type":"array","items":"# + items + "}" }

    private static func object(_ title: String?, _ properties: KeyValuePairs<String, String>) -> String {
        let title = title.map { #""title":"\#($0)","# } ?? ""
        let fields = properties.map { #""\#($0.key)":\#($0.value)"# }.joined(separator: ",")
        return "{" + title + #""type":"object","properties":{"# + fields + "}}"
    }
}

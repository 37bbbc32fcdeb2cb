/// Messages as Foxglove reads them, with the fields that its own schemas name
/// (https://docs.foxglove.dev/docs/sdk/schemas). All of a scene entity's lists must be there, empty or not.
enum Foxglove {
    struct Time: Encodable {
        var sec: UInt64
        var nsec: UInt64

        init(nanoseconds: UInt64) {
            sec = nanoseconds / 1_000_000_000
            nsec = nanoseconds % 1_000_000_000
        }
    }

    struct Vector: Encodable {
        var x: Double
        var y: Double
        var z: Double

        /// Millimetres are enough.
        init(_ x: Double, _ y: Double, _ z: Double) {
            self.x = (x * 1000).rounded() / 1000
            self.y = (y * 1000).rounded() / 1000
            self.z = (z * 1000).rounded() / 1000
        }
    }

    struct Quaternion: Encodable {
        var x = 0.0
        var y = 0.0
        var z: Double
        var w: Double
    }

    struct Pose: Encodable {
        var position: Vector
        var orientation: Quaternion
    }

    struct Colour: Encodable {
        var r: Double
        var g: Double
        var b: Double
        var a: Double
    }

    struct Cube: Encodable {
        var pose: Pose
        var size: Vector
        var color: Colour
    }

    struct Line: Encodable {
        /// 0: one line from point to point; 2: a line for each pair of points.
        var type: Int
        var pose: Pose
        var thickness: Double
        var scale_invariant = false
        var points: [Vector]
        var color: Colour
        var colors: [Colour] = []
        var indices: [Int] = []
    }

    struct Text: Encodable {
        var pose: Pose
        var billboard = true
        var font_size: Double
        var scale_invariant = false
        var color: Colour
        var text: String
    }

    struct Property: Encodable {
        var key: String
        var value: String
    }

    struct Nothing: Encodable {}

    struct Entity: Encodable {
        var timestamp: Time
        var frame_id = "map"
        var id: String
        var lifetime = Time(nanoseconds: 0)
        var frame_locked = false
        var metadata: [Property] = []
        var arrows: [Nothing] = []
        var cubes: [Cube] = []
        var spheres: [Nothing] = []
        var cylinders: [Nothing] = []
        var lines: [Line] = []
        var triangles: [Nothing] = []
        var texts: [Text] = []
        var models: [Nothing] = []
    }

    struct SceneUpdate: Encodable {
        var deletions: [Nothing] = []
        var entities: [Entity]
    }

    struct FrameTransform: Encodable {
        var timestamp: Time
        var parent_frame_id = "map"
        var child_frame_id = "ego"
        var translation: Vector
        var rotation: Quaternion
    }

    struct Log: Encodable {
        var timestamp: Time
        /// 2 information, 3 warning, 4 error.
        var level: Int
        var message: String
        var name = "longhaul"
        var file = ""
        var line = 0
    }

    /// One number over time, for a plot.
    struct Scalar: Encodable {
        var timestamp: Time
        var value: Double
    }
}

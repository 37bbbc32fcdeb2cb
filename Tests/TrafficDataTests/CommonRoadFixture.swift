import Foundation

/// A small CommonRoad file: two lanes side by side towards +x, each of two lanelets, and one car.
struct CommonRoadFixture {
    var version = "2018b"
    var length = "4.5"
    var secondTime = "1"
    var benchmark = "USA_US101-7_1_T-1"
    var leftSuccessor = "2"
    var preamble = ""
    var rightDirection = "same"

    var data: Data { Data(text.utf8) }

    var text: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>\(preamble)
        <commonRoad timeStepSize="0.1" commonRoadVersion="\(version)" benchmarkID="\(benchmark)">
          \(lanelet(1, y: 3.5, x: 0...60, successor: leftSuccessor, right: "3"))
          \(lanelet(2, y: 3.5, x: 60...120, predecessor: "1", right: "4"))
          \(lanelet(3, y: 0, x: 0...60, successor: "4", left: "1"))
          \(lanelet(4, y: 0, x: 60...120, predecessor: "3", left: "2", sign: "9"))
          \(sign)
          \(obstacle)
          <planningProblem id="99"><initialState/></planningProblem>
        </commonRoad>
        """
    }

    private var isNew: Bool { version == "2020a" }

    private var sign: String {
        guard isNew else { return "" }
        return """
            <trafficSign id="9"><trafficSignElement><trafficSignID>R2-1</trafficSignID>
            <additionalValue>24.6</additionalValue></trafficSignElement></trafficSign>
            """
    }

    private func lanelet(
        _ id: Int, y: Double, x: ClosedRange<Double>, predecessor: String? = nil, successor: String? = nil,
        left: String? = nil, right: String? = nil, sign: String? = nil
    ) -> String {
        func points(_ y: Double) -> String {
            [x.lowerBound, x.upperBound].map { "<point><x>\($0)</x><y>\(y)</y></point>" }.joined()
        }
        return """
            <lanelet id="\(id)">
            <leftBound>\(points(y + 3.5))</leftBound><rightBound>\(points(y))</rightBound>
            \(predecessor.map { "<predecessor ref=\"\($0)\"/>" } ?? "")
            \(successor.map { "<successor ref=\"\($0)\"/>" } ?? "")
            \(left.map { "<adjacentLeft ref=\"\($0)\" drivingDir=\"same\"/>" } ?? "")
            \(right.map { "<adjacentRight ref=\"\($0)\" drivingDir=\"\(rightDirection)\"/>" } ?? "")
            \(isNew ? (sign.map { "<trafficSignRef ref=\"\($0)\"/>" } ?? "") : "")
            </lanelet>
            """
    }

    private func state(_ tag: String, time: String, x: Double) -> String {
        """
        <\(tag)><position><point><x>\(x)</x><y>1.75</y></point></position>
        <orientation><exact>0.0</exact></orientation><time><exact>\(time)</exact></time>
        <velocity><exact>10.0</exact></velocity></\(tag)>
        """
    }

    private var obstacle: String {
        let tag = isNew ? "dynamicObstacle" : "obstacle"
        let states = ["0", secondTime, "2"].enumerated().map { index, time in
            state(index == 0 ? "initialState" : "state", time: time, x: 10 + Double(index))
        }
        return """
            <\(tag) id="500">\(isNew ? "" : "<role>dynamic</role>")<type>car</type>
            <shape><rectangle><length>\(length)</length><width>1.8</width></rectangle></shape>
            \(states[0])<trajectory>\(states[1])\(states[2])</trajectory></\(tag)>
            """
    }
}

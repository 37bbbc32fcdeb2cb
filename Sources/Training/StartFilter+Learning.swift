import TrafficData
import WorldModel

extension StartFilter {
    /// Every how many frames a second of a track is read.
    private static let stride = 2
    /// With fewer seconds than this nothing is learned.
    private static let fewest = 500
    /// Doubt about a sample, metres, and about a speed, m/s, that keeps coefficients small.
    private static let sampleDoubt = 0.005, speedDoubt = 0.02

    /// The filter that reads the states of NGSIM's recordings best: their tracks, smoothed over past and future alike,
    /// are the truth. nil where there are too few.
    package static func learned(from recordings: [RoadRecording]) -> StartFilter? {
        var along: [Reading] = [], across: [Reading] = []
        for recording in recordings where recording.source.isNGSIM {
            for track in recording.tracks {
                for frame in Swift.stride(from: track.firstFrame, to: track.frames.upperBound, by: stride) {
                    guard let second = track.lastSecond(at: frame), let headingSpeed = second.lateralSpeed else { continue }
                    let agent = track.agent(at: frame)
                    let road = 1 - recording.corridor.curvature(at: Double(agent.s)) * Double(agent.d)
                    let (alongInputs, speed) = alongInputs(second.s, speeds: second.speed)
                    along.append(
                        Reading(
                            unrest: unrest(second.s), inputs: alongInputs,
                            truth: [
                                Double(agent.s) - second.s[samples - 1], Double(agent.speed) / road - speed,
                                Double(agent.acceleration) / road, Double(agent.recentAcceleration) / road,
                                Double(agent.olderAcceleration) / road,
                            ]))
                    across.append(
                        Reading(
                            unrest: unrest(second.d), inputs: acrossSamples(second.d) + [headingSpeed],
                            truth: [
                                Double(agent.d) - second.d[samples - 1], Double(agent.lateralSpeed),
                                Double(agent.lateralAcceleration), Double(agent.olderLateralSpeed),
                            ]))
                }
            }
        }
        guard along.count >= fewest else { return nil }
        func noise(samples: Int, speeds: Int) -> [Double] {
            Array(repeating: sampleDoubt * sampleDoubt, count: samples)
                + Array(repeating: speedDoubt * speedDoubt, count: speeds)
        }
        var heading = LeastSquares(inputs: samples - 1, outputs: 1)
        for reading in across { heading.add(Array(reading.inputs[..<(samples - 1)]), [reading.inputs[samples - 1]]) }
        // What the half second before did says more about an acceleration's error than a single step does.
        return StartFilter(
            along: direction(along, noise: noise(samples: samples - 2, speeds: samples), errorsOf: [0, 1, 3]),
            across: direction(across, noise: noise(samples: samples - 1, speeds: 1), errorsOf: [0, 1, 2]),
            headingSpeed: heading.solution(noise: noise(samples: samples - 1, speeds: 0)).map(Float.init))
    }

    /// One vehicle's last second, and what was true.
    private struct Reading {
        var unrest: Double
        var inputs: [Double]
        var truth: [Double]
    }

    /// Classes of equal size, and for each the best coefficients and errors spread evenly over the recordings.
    private static func direction(_ readings: [Reading], noise: [Double], errorsOf chosen: [Int]) -> Direction {
        let inputs = noise.count, outputs = readings[0].truth.count
        let sorted = readings.map(\.unrest).sorted()
        var result = Direction(
            unrest: (1..<classes).map { Float(sorted[$0 * sorted.count / classes]) }, coefficients: [], errors: [])
        for kind in 0..<classes {
            let members = readings.filter { result.kind($0.unrest) == kind }
            var fit = LeastSquares(inputs: inputs, outputs: outputs)
            for reading in members { fit.add(reading.inputs, reading.truth) }
            let solution = fit.solution(noise: noise)
            result.coefficients += solution.map(Float.init)
            for number in 0..<errorsKept {
                guard !members.isEmpty else {
                    result.errors += [Float](repeating: 0, count: errorSize)
                    continue
                }
                let reading = members[(2 * number + 1) * members.count / (2 * errorsKept)]
                result.errors += chosen.map { output in
                    let read = (0..<inputs).reduce(0) { $0 + reading.inputs[$1] * solution[$1 * outputs + output] }
                    return Float(reading.truth[output] - read)
                }
            }
        }
        return result
    }
}

/// Linear least squares with several outputs, from sums of products.
package struct LeastSquares {
    let inputs: Int
    let outputs: Int
    private(set) var count = 0
    /// `[input * inputs + input]`, `[input * outputs + output]`.
    private var squares: [Double]
    private var products: [Double]

    package init(inputs: Int, outputs: Int) {
        self.inputs = inputs
        self.outputs = outputs
        squares = Array(repeating: 0, count: inputs * inputs)
        products = Array(repeating: 0, count: inputs * outputs)
    }

    package mutating func add(_ x: [Double], _ y: [Double]) {
        count += 1
        for i in 0..<inputs {
            for j in 0..<inputs { squares[i * inputs + j] += x[i] * x[j] }
            for j in 0..<outputs { products[i * outputs + j] += x[i] * y[j] }
        }
    }

    /// `[input * outputs + output]`, by Gaussian elimination; `noise` is the variance of doubt about each input.
    package func solution(noise: [Double]) -> [Double] {
        let width = inputs + outputs
        var rows = [Double](repeating: 0, count: inputs * width)
        for i in 0..<inputs {
            for j in 0..<inputs { rows[i * width + j] = squares[i * inputs + j] }
            rows[i * width + i] += noise[i] * Double(count)
            for j in 0..<outputs { rows[i * width + inputs + j] = products[i * outputs + j] }
        }
        // Symmetric and positive definite: no pivoting is needed.
        for pivot in 0..<inputs {
            let scale = 1 / rows[pivot * width + pivot]
            for column in 0..<width { rows[pivot * width + column] *= scale }
            for row in 0..<inputs where row != pivot {
                let factor = rows[row * width + pivot]
                for column in 0..<width { rows[row * width + column] -= factor * rows[pivot * width + column] }
            }
        }
        return (0..<inputs).flatMap { rows[$0 * width + inputs..<($0 + 1) * width] }
    }
}

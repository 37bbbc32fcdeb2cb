import TrafficData
import WorldModel

extension StartFilter {
    /// Every how many frames a second of a track is read.
    private static let stride = 2
    /// With fewer seconds than this nothing is learned.
    private static let fewest = 500
    /// Doubt about a sample, metres, and about a file's speed, m/s, that keeps coefficients small.
    private static let sampleDoubt = 0.005, speedDoubt = 0.02

    /// The filter that reads the states of NGSIM's recordings best: their tracks, smoothed over past and future alike,
    /// are the truth. nil where there are too few.
    package static func learned(from recordings: [RoadRecording]) -> StartFilter? {
        var along = LeastSquares(inputs: inputs, outputs: alongOutputs)
        var across = LeastSquares(inputs: inputs, outputs: acrossOutputs)
        for recording in recordings where recording.source.isNGSIM {
            for track in recording.tracks {
                for frame in Swift.stride(from: track.firstFrame, to: track.frames.upperBound, by: stride) {
                    guard let second = track.lastSecond(at: frame) else { continue }
                    let agent = track.agent(at: frame)
                    let road = 1 - recording.corridor.curvature(at: Double(agent.s)) * Double(agent.d)
                    let (alongInputs, speed) = alongInputs(second.s, fileSpeed: second.speed)
                    along.add(
                        alongInputs,
                        [
                            Double(agent.s) - second.s[samples - 1], Double(agent.speed) / road - speed,
                            Double(agent.acceleration) / road, Double(agent.recentAcceleration) / road,
                            Double(agent.olderAcceleration) / road,
                        ])
                    across.add(
                        acrossInputs(second.d),
                        [
                            Double(agent.d) - second.d[samples - 1], Double(agent.lateralSpeed),
                            Double(agent.lateralAcceleration), Double(agent.olderLateralSpeed),
                        ])
                }
            }
        }
        guard along.count >= fewest else { return nil }
        let noise = [Double](repeating: sampleDoubt * sampleDoubt, count: inputs - 1)
        let forAlong = along.solution(noise: noise + [speedDoubt * speedDoubt])
        let forAcross = across.solution(noise: noise + [sampleDoubt * sampleDoubt])
        // What the half second before did says more about an acceleration's error than a single step does.
        return StartFilter(
            along: forAlong.map(Float.init), across: forAcross.map(Float.init),
            alongDoubt: LeastSquares.root(along.errors(of: forAlong), of: [0, 1, 3]),
            acrossDoubt: LeastSquares.root(across.errors(of: forAcross), of: [0, 1, 2]))
    }
}

/// Linear least squares with several outputs, from sums of products.
package struct LeastSquares {
    let inputs: Int
    let outputs: Int
    private(set) var count = 0
    /// `[input * inputs + input]`, `[input * outputs + output]`, `[output * outputs + output]`.
    private var squares: [Double]
    private var products: [Double]
    private var targets: [Double]

    package init(inputs: Int, outputs: Int) {
        self.inputs = inputs
        self.outputs = outputs
        squares = Array(repeating: 0, count: inputs * inputs)
        products = Array(repeating: 0, count: inputs * outputs)
        targets = Array(repeating: 0, count: outputs * outputs)
    }

    package mutating func add(_ x: [Double], _ y: [Double]) {
        count += 1
        for i in 0..<inputs {
            for j in 0..<inputs { squares[i * inputs + j] += x[i] * x[j] }
            for j in 0..<outputs { products[i * outputs + j] += x[i] * y[j] }
        }
        for i in 0..<outputs {
            for j in 0..<outputs { targets[i * outputs + j] += y[i] * y[j] }
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

    /// Mean products of the outputs' errors, `[output * outputs + output]`.
    package func errors(of solution: [Double]) -> [Double] {
        var result = targets
        for a in 0..<outputs {
            for b in 0..<outputs {
                for i in 0..<inputs {
                    result[a * outputs + b] -= solution[i * outputs + a] * products[i * outputs + b]
                    result[a * outputs + b] -= solution[i * outputs + b] * products[i * outputs + a]
                    for j in 0..<inputs {
                        result[a * outputs + b] +=
                            solution[i * outputs + a] * squares[i * inputs + j] * solution[j * outputs + b]
                    }
                }
            }
        }
        return result.map { $0 / Double(max(count, 1)) }
    }

    /// Cholesky's lower triangular root of the part of a covariance that belongs to `chosen`, row by row.
    package static func root(_ covariance: [Double], of chosen: [Int]) -> [Float] {
        let size = chosen.count, width = Int(Double(covariance.count).squareRoot())
        var root = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0...row {
                var rest = covariance[chosen[row] * width + chosen[column]]
                for k in 0..<column { rest -= root[row * size + k] * root[column * size + k] }
                if row == column {
                    root[row * size + row] = max(rest, 0).squareRoot()
                } else {
                    let diagonal = root[column * size + column]
                    root[row * size + column] = diagonal > 0 ? rest / diagonal : 0
                }
            }
        }
        return root.map(Float.init)
    }
}

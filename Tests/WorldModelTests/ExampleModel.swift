import ReproducibleMath
import WorldModel

/// A small world model with arbitrary but valid contents.
func exampleModel(seed: UInt64 = 1) -> WorldModel {
    let random = CounterRandom(seed: seed, scenario: 0)
    var drawn: UInt32 = 0
    func values(_ count: Int, scale: Float) -> [Float] {
        (0..<count).map { _ in
            drawn += 1
            return (random.uniforms(agent: 0, step: drawn, purpose: .training).x - 0.5) * scale
        }
    }
    func quantiles(rows: Int, from low: Float, to high: Float) -> [Float] {
        let last = Float(SceneStatistics.quantileCount - 1)
        return (0..<rows * SceneStatistics.quantileCount).map {
            low + (high - low) * Float($0 % SceneStatistics.quantileCount) / last
        }
    }
    func layer(_ inputs: Int, _ outputs: Int) -> NetworkWeights.Layer {
        .init(
            inputs: inputs, outputs: outputs, weight: values(inputs * outputs, scale: 0.3),
            bias: values(outputs, scale: 0.1))
    }
    func direction(inputs: Int, outputs: Int) -> StartFilter.Direction {
        .init(
            unrest: [0.01, 0.03, 0.1], coefficients: values(StartFilter.classes * inputs * outputs, scale: 3),
            errors: values(StartFilter.classes * StartFilter.errorsKept * StartFilter.errorSize, scale: 0.2))
    }
    return WorldModel(
        vocabulary: MotionVocabulary(
            longitudinal: values(16 * 5, scale: 4), lateral: values(8 * 5, scale: 2)),
        network: NetworkWeights(layers: [layer(Features.count, 16), layer(16, 24)]),
        statistics: SceneStatistics(
            gapQuantiles: quantiles(rows: SceneStatistics.speedBins, from: 1, to: 100),
            speedDeviationQuantiles: quantiles(rows: SceneStatistics.speedBins, from: -3, to: 3),
            laneSpeedQuantiles: quantiles(rows: SceneStatistics.speedBins, from: -2, to: 2),
            offsetQuantiles: quantiles(rows: SceneStatistics.speedBins, from: -0.5, to: 0.5),
            kindShares: [0.9, 0.08, 0.02],
            lengthQuantiles: quantiles(rows: SceneStatistics.kinds, from: 2, to: 18),
            widthQuantiles: quantiles(rows: SceneStatistics.kinds, from: 0.8, to: 2.6)),
        startFilter: StartFilter(
            along: direction(inputs: StartFilter.alongInputs, outputs: StartFilter.alongOutputs),
            across: direction(inputs: StartFilter.acrossInputs, outputs: StartFilter.acrossOutputs),
            headingSpeed: values(StartFilter.samples - 1, scale: 3)),
        temperature: 0.95, lateralTemperature: 0.7,
        provenance: ["data": "invented", "note": "quotes \" and \\, a newline \n and an umlaut ü"])
}

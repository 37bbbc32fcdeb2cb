import Testing
import Training
import WorldModel

@Suite struct VocabularyTests {
    private let recordings = (0..<4).map { syntheticRecording(phase: 0.37 * Float($0)) }

    @Test func executedTokensEndWithinCentimetresOfTheRecordedMotion() {
        let vocabulary = VocabularyBuilder.build(recordings, longitudinal: 64, lateral: 32, seed: 1)
        let error = VocabularyBuilder.roundTrip(recordings, vocabulary)
        #expect(error.meanAlong < 0.01 && error.high95Along < 0.03)
        #expect(error.meanAcross < 0.01 && error.high95Across < 0.03)
        #expect(error.meanAlong > 0)
    }

    @Test func everyProfileIsCodedAsItself() {
        let vocabulary = VocabularyBuilder.build(recordings, longitudinal: 32, lateral: 16, seed: 2)
        let coder = TokenCoder(vocabulary)
        for index in 0..<vocabulary.longitudinalCount {
            let profile = Array(vocabulary.longitudinal[index * 5..<index * 5 + 5])
            #expect(coder.longitudinal.nearest(to: profile) == index)
        }
    }

    @Test func oneProfileHoldsTheSpeedAndLateralOnesAreMirrorPairs() {
        let vocabulary = VocabularyBuilder.build(recordings, longitudinal: 32, lateral: 16, seed: 3)
        let profiles = (0..<vocabulary.longitudinalCount).map { vocabulary.longitudinal[$0 * 5..<$0 * 5 + 5] }
        #expect(profiles.filter { $0.allSatisfy { $0 == 0 } }.count == 1)
        for pair in 0..<vocabulary.lateralCount / 2 {
            let left = vocabulary.lateral[pair * 10..<pair * 10 + 5]
            let right = vocabulary.lateral[pair * 10 + 5..<pair * 10 + 10]
            #expect(left.map { -$0 } == Array(right))
        }
    }

    @Test func tooFewMotionsStillGiveAFullVocabulary() {
        let vocabulary = VocabularyBuilder.build([], longitudinal: 64, lateral: 32, seed: 1)
        #expect(vocabulary.longitudinalCount == 64 && vocabulary.lateralCount == 32)
        #expect(vocabulary.longitudinal.allSatisfy { $0.isFinite })
    }
}

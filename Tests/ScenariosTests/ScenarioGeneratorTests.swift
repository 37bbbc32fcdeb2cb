import Metrics
import RoadNetwork
import Scenarios
import Testing
import WorldModel

@Suite struct ScenarioGeneratorTests {
    static let generator = ScenarioGenerator(campaign: Campaign(seed: 42), statistics: .plausible)
    static let many = (0..<2000).map { generator.scenario(UInt64($0)) }

    /// FNV-1a over the bits of everything a rollout reads.
    private func digest(_ scenario: Scenario) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func absorb(_ value: Float) { hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01b3 }
        let corridor = scenario.corridor
        absorb(Float(scenario.family.rawValue))
        for value in [scenario.windowBehind, scenario.windowAhead] { absorb(value) }
        for value in [corridor.start, corridor.spacing, corridor.speedLevel] { absorb(value) }
        for list in [corridor.curvature, corridor.laneCentre, corridor.laneWidth, scenario.laneSpeeds] {
            list.forEach(absorb)
        }
        for agent in scenario.agents {
            for value in [agent.s, agent.d, agent.speed] { absorb(value) }
            for value in [agent.length, agent.width, agent.kind] { absorb(value) }
            for value in [agent.headwayTrait, agent.speedTrait, agent.traitsKnown] { absorb(value) }
        }
        return hash
    }

    @Test func givesTheSameBitsOnEveryMachineAndInEveryProcess() {
        let digests = [0, 1, 2, 1_000_000, (1 << 56) - 1].map { digest(Self.generator.scenario($0)) }
        #expect(digests == [
                9949905203805556761, 7385866497943933690, 5928705705058625329, 6750585256158239675,
                15287057621026991054,
            ])
    }

    @Test func givesTheSameScenarioAloneAndInAnyOrder() {
        for index in stride(from: 1999, through: 0, by: -37) {
            let alone = ScenarioGenerator(campaign: Campaign(seed: 42), statistics: .plausible)
            #expect(alone.scenario(UInt64(index)) == Self.many[index])
        }
    }

    @Test func differsFromSeedToSeedAndFromIndexToIndex() {
        let other = ScenarioGenerator(campaign: Campaign(seed: 43), statistics: .plausible)
        let digests = Self.many.prefix(500).map(digest) + (0..<500).map { digest(other.scenario($0)) }
        #expect(Set(digests).count == 1000)
    }

    @Test func roadsAreFreewaysWithinTheLimitsOfTheirDesign() {
        var laneCounts: Set<Int> = []
        for scenario in Self.many {
            let corridor = scenario.corridor
            laneCounts.insert(corridor.laneCount)
            #expect(corridor.laneWidth.allSatisfy { $0 >= 3.4 && $0 <= 3.75 })
            #expect(corridor.speedLevel >= 22 && corridor.speedLevel <= 34)
            let sharpest = corridor.curvature.reduce(0) { max($0, $1.magnitude) }
            #expect(sharpest <= 1 / 600)
            #expect(sharpest * corridor.speedLevel * corridor.speedLevel <= 1.2001)
            #expect(corridor.start <= -scenario.windowBehind)
            #expect(corridor.end >= 45 * 64 + scenario.windowAhead)
        }
        #expect(laneCounts == [2, 3, 4, 5, 6])
    }

    @Test func curvatureChangesInTransitionsAndNeverJumps() {
        for scenario in Self.many.prefix(300) {
            let curvature = scenario.corridor.curvature
            for (a, b) in zip(curvature, curvature.dropFirst()) { #expect(abs(b - a) <= 1.0 / 600 / 4) }
            #expect(curvature.contains { $0 != 0 })
        }
    }

    @Test func pointsOfTheReferenceLineAreItsSpacingApart() {
        for scenario in Self.many.prefix(100) {
            let points = scenario.corridor.points
            #expect(points.count == scenario.corridor.sampleCount)
            for (a, b) in zip(points, points.dropFirst()) {
                let dx = b.x - a.x, dy = b.y - a.y
                #expect(abs((dx * dx + dy * dy).squareRoot() - 25) < 0.001)
            }
        }
    }

    @Test func windowsHoldTwentyFourToFortyAgentsAllOfThemInside() {
        for scenario in Self.many {
            #expect((25...Scenario.maximumAgents).contains(scenario.agents.count))
            #expect(scenario.agents[0].s == 0 && scenario.agents[0].kind == 0)
            for agent in scenario.agents {
                #expect(agent.s >= -scenario.windowBehind && agent.s <= scenario.windowAhead)
            }
        }
        let mean = Float(Self.many.reduce(0) { $0 + $1.agents.count - 1 }) / Float(Self.many.count)
        #expect(mean >= 28)
    }

    @Test func nobodyOverlapsAndEverybodyStaysInsideHisLane() {
        for scenario in Self.many {
            for (i, a) in scenario.agents.enumerated() {
                let inLane = scenario.corridor.laneCount.indices.contains { lane in
                    let sample = lane * scenario.corridor.sampleCount
                    let offset = abs(a.d - scenario.corridor.laneCentre[sample])
                    return offset + 0.5 * a.width <= 0.5 * scenario.corridor.laneWidth[sample]
                }
                #expect(inLane, "scenario \(scenario.index), agent \(i)")
                for b in scenario.agents[..<i] {
                    let along = abs(a.s - b.s) - 0.5 * (a.length + b.length)
                    let across = abs(a.d - b.d) - 0.5 * (a.width + b.width)
                    #expect(along > 1 || across > 0.1, "scenario \(scenario.index), agent \(i)")
                }
            }
        }
    }

    @Test func everyFollowerCanBrakeForHisLeader() {
        for scenario in Self.many {
            let lanes = Dictionary(grouping: scenario.agents) { agent in
                scenario.corridor.laneCount.indices.min {
                    abs(agent.d - scenario.corridor.laneCentre[$0 * scenario.corridor.sampleCount])
                        < abs(agent.d - scenario.corridor.laneCentre[$1 * scenario.corridor.sampleCount])
                }
            }
            for vehicles in lanes.values.map({ $0.sorted { $0.s < $1.s } }) {
                for (follower, leader) in zip(vehicles, vehicles.dropFirst()) {
                    let gap = leader.s - follower.s - 0.5 * (leader.length + follower.length)
                    let stopping = (follower.speed * follower.speed - leader.speed * leader.speed) / 12
                    #expect(gap > 1.4 + 0.3 * follower.speed + max(0, stopping), "scenario \(scenario.index)")
                }
            }
        }
    }

    @Test func familiesFollowTheMixAndHaveTheirSpeedsAndDensities() {
        let groups = Dictionary(grouping: Self.many, by: \.family)
        func mean(_ family: TrafficFamily, _ value: (Scenario) -> Float) -> Float {
            let group = groups[family] ?? []
            return group.reduce(0) { $0 + value($1) } / Float(group.count)
        }
        let speeds = TrafficFamily.allCases.map { family in
            mean(family) { $0.agents.reduce(0) { $0 + $1.speed } / Float($0.agents.count) }
        }
        let windows = TrafficFamily.allCases.map { mean($0, \.windowAhead) }
        for (family, share) in zip(TrafficFamily.allCases, Campaign().mix) {
            let drawn = Double(groups[family]?.count ?? 0) / Double(Self.many.count)
            #expect(abs(drawn - share) < 0.04, "\(family)")
        }
        #expect(speeds == speeds.sorted(by: >) && windows == windows.sorted(by: >))
        #expect((2...8).contains(speeds[3]) && (8...16).contains(speeds[2]) && (16...26).contains(speeds[1]))
        #expect(windows[0] > 150)
    }

    @Test func aMixOfOneFamilyGivesNothingElse() {
        let campaign = Campaign(mix: [0, 0, 0, 1])
        let generator = ScenarioGenerator(campaign: campaign, statistics: .plausible)
        #expect((0..<200).allSatisfy { generator.scenario($0).family == .jam })
    }

    @Test func kindsAndTraitsAreDrawnAsTheStatisticsSay() {
        let agents = Self.many.flatMap { $0.agents.dropFirst() }
        let trucks = Float(agents.count { $0.kind == 1 }) / Float(agents.count)
        #expect(trucks > 0.04 && trucks < 0.09)
        for trait in [\InitialAgent.headwayTrait, \.speedTrait] {
            let values = agents.map { $0[keyPath: trait] }
            let mean = values.reduce(0, +) / Float(values.count)
            let square = values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
            #expect(abs(mean) < 0.02 && abs(square - 1) < 0.03)
        }
        #expect(agents.allSatisfy { $0.traitsKnown == 1 })
    }
}

extension Int {
    fileprivate var indices: Range<Int> { 0..<self }
}

import RoadNetwork
import Synchronization

/// The routes of a map that were asked for: many agents share one.
final class RouteBook: Sendable {
    private let routes = Mutex<[[LaneGraph.LaneID]: Route]>([:])

    func route(along lanes: [LaneGraph.LaneID], on map: StreetMap) -> Route {
        if let known = routes.withLock({ $0[lanes] }) { return known }
        let route = Route(lanes: lanes, on: map)
        routes.withLock { $0[lanes] = route }
        return route
    }
}

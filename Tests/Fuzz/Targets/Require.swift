/// What must hold whatever the input; says so in a release build too, where `precondition` is silent.
func require(_ holds: @autoclosure () -> Bool, _ problem: @autoclosure () -> String) {
    if !holds() { fatalError(problem()) }
}

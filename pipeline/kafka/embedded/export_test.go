package embedded

// WriteSnapshots is writeSnapshots, for the tests outside of the package.
var WriteSnapshots = writeSnapshots

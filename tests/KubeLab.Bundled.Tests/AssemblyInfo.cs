// A run is the only one of its process: it has the log and the invocation to itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

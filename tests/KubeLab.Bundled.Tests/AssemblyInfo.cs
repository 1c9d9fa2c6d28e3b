using Xunit.Sdk;
using Xunit.v3;

// A run is the only one of its process: it has the log and the invocation to itself.
[assembly: Parallelization(Mode = ParallelMode.None)]

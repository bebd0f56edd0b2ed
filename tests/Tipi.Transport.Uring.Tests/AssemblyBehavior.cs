using Xunit.Sdk;
using Xunit.v3;

// One test at a time: some count the process's descriptors and threads, some lower its limits, some measure waits.
[assembly: Parallelization(Mode = ParallelMode.None)]

// One test at a time: some count the process's descriptors and threads, some lower its limits, some measure waits.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

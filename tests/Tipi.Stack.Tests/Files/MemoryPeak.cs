namespace Tipi.Stack.Tests.Files;

/// <summary>The most memory that was held at the moments it was asked to look, beyond what was there before.</summary>
internal sealed class MemoryPeak
{
    private readonly long _managedBefore;
    private readonly long _residentBefore;

    internal MemoryPeak()
    {
        _managedBefore = GC.GetTotalMemory(forceFullCollection: true);
        _residentBefore = Environment.WorkingSet;
    }

    internal long ManagedBytes { get; private set; }

    internal long ResidentBytes { get; private set; }

    internal void Look()
    {
        long managed = GC.GetTotalMemory(forceFullCollection: false) - _managedBefore;
        // Garbage that is not collected yet is not held.
        if (managed > ManagedBytes) managed = GC.GetTotalMemory(forceFullCollection: true) - _managedBefore;
        ManagedBytes = Math.Max(ManagedBytes, managed);
        ResidentBytes = Math.Max(ResidentBytes, Environment.WorkingSet - _residentBefore);
    }
}

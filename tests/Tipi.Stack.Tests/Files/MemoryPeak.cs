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
        ManagedBytes = Math.Max(ManagedBytes, GC.GetTotalMemory(forceFullCollection: false) - _managedBefore);
        ResidentBytes = Math.Max(ResidentBytes, Environment.WorkingSet - _residentBefore);
    }
}

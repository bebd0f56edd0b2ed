using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(Tipi.Interop.Tests.Sample.SampleFleet))]

namespace Tipi.Interop.Tests.Sample;

/// <summary>One running sample for each variant, started when first asked for and shared by all tests.</summary>
public sealed class SampleFleet : IAsyncDisposable
{
    private readonly ConcurrentDictionary<SampleVariant, Lazy<Task<SampleProcess>>> _samples = new();

    /// <summary>Variants for theories.</summary>
    public static TheoryData<SampleVariant> All => [.. Enum.GetValues<SampleVariant>()];

    /// <summary>The address of the running sample.</summary>
    public async Task<Uri> AddressAsync(SampleVariant variant)
    {
        var sample = _samples.GetOrAdd(variant, v => new Lazy<Task<SampleProcess>>(() => SampleProcess.StartAsync(v)));
        return (await sample.Value).Address;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sample in _samples.Values)
            if (sample.Value.IsCompletedSuccessfully) await (await sample.Value).DisposeAsync();
    }
}

using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(Tipi.Interop.Tests.Sample.SampleFleet))]

namespace Tipi.Interop.Tests.Sample;

/// <summary>One running sample for each variant and wire, started when first asked for, shared by all tests.</summary>
public sealed class SampleFleet : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(SampleVariant, SampleWire), Lazy<Task<SampleProcess>>> _samples = new();

    /// <summary>Variants for theories.</summary>
    public static TheoryData<SampleVariant> All => [.. Enum.GetValues<SampleVariant>()];

    /// <summary>Variants and wires for theories.</summary>
    public static TheoryData<SampleVariant, SampleWire> OnEachWire => Rows((_, _) => true);

    /// <summary>Those that know HTTP/2.</summary>
    public static TheoryData<SampleVariant, SampleWire> OnEachHttp2 => Rows((variant, wire) =>
        wire == SampleWire.Tls || (wire == SampleWire.Clear && variant.SpeaksBothInClear()));

    /// <summary>Those that know HTTP/2 without TLS, on the port of HTTP/1.1.</summary>
    public static TheoryData<SampleVariant> Http2InClear =>
        [.. Enum.GetValues<SampleVariant>().Where(variant => variant.SpeaksBothInClear())];

    /// <summary>The address of the running sample.</summary>
    public async Task<Uri> AddressAsync(SampleVariant variant, SampleWire wire = SampleWire.Clear)
    {
        var sample = _samples.GetOrAdd(
            (variant, wire), _ => new Lazy<Task<SampleProcess>>(() => SampleProcess.StartAsync(variant, wire)));
        return (await sample.Value).Address;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sample in _samples.Values)
            if (sample.Value.IsCompletedSuccessfully) await (await sample.Value).DisposeAsync();
    }

    private static TheoryData<SampleVariant, SampleWire> Rows(Func<SampleVariant, SampleWire, bool> speaks)
    {
        var rows = new TheoryData<SampleVariant, SampleWire>();
        foreach (var variant in Enum.GetValues<SampleVariant>())
            foreach (var wire in Enum.GetValues<SampleWire>())
                if (speaks(variant, wire)) rows.Add(variant, wire);
        return rows;
    }
}

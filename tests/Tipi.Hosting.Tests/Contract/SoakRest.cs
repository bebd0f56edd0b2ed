using System.Diagnostics;
using Tipi.Hosting.Tests.Server;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>What is left of a round when its clients have gone: nothing but what pools keep.</summary>
internal sealed class SoakRest : IDisposable
{
    // 16 MiB for bodies of requests, 32 MiB for responses: they may fill in any round.
    private const long MostPooledBytes = 48 << 20;

    // Blocks kept by all rings, and by each one; and as many again that lie with the kernel and with what is written.
    private const long MostRingBytes = 2 * (64 + 2) << 20;

    // Between the middle and the last third of a long run. Pools fill for the first minute: twelve rounds of five
    // seconds, so that the first third has to have about as many.
    private const long MostGrowthBytes = 2 << 20;
    private const int RoundsForGrowth = 30;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly MeterBalances _balances;
    private readonly Func<string> _listRunning;
    private readonly List<long> _memory = [];
    private readonly int _socketsBefore = CountDescriptors("socket:");
    private int _anonymousBefore = int.MaxValue;
    private int _inFlightBefore = int.MaxValue;

    /// <param name="server">A server that nobody has connected to.</param>
    /// <param name="listRunning">Tells which requests run, for who looks for the reason of a failure.</param>
    internal SoakRest(TestServer server, Func<string> listRunning)
    {
        _balances = new MeterBalances(server);
        _listRunning = listRunning;
    }

    public void Dispose() => _balances.Dispose();

    /// <summary>
    /// Waits until the server has no connection, request, handshake or upgrade in hand and the process no socket more
    /// than before the clients came.
    /// </summary>
    internal async Task ExpectAsync()
    {
        var clock = Stopwatch.StartNew();
        while (FindLeft() is { } left)
        {
            if (clock.Elapsed > s_patience)
                Assert.Fail($"After {s_patience.TotalSeconds} s there are: {left}. Running: {_listRunning()}");
            await Task.Delay(20);
        }

        foreach (string used in (string[])["tipi.active_connections", "http.server.active_requests",
            "kestrel.active_tls_handshakes", "kestrel.queued_requests", "kestrel.upgraded_connections"])
            Assert.Contains(used, _balances.Used);
        // Rings, their wake-ups and the runtime's pollers are made once; listeners and wake-ups stay in flight.
        if (_memory.Count == 0)
            (_anonymousBefore, _inFlightBefore) = (CountDescriptors("anon_inode:"), CountInFlight());
        _memory.Add(MeasureMemory());
        Assert.True(_memory[^1] - _memory[0] < MostPooledBytes, $"{_memory[^1] - _memory[0]} bytes more.");
        Assert.True(UringMemory.HeldBytes < MostRingBytes, $"The rings hold {UringMemory.HeldBytes} bytes.");
    }

    /// <summary>Fails where memory went on to grow. Says nothing about a run of few rounds.</summary>
    internal void ExpectNoGrowth()
    {
        if (_memory.Count < RoundsForGrowth) return;
        int third = _memory.Count / 3;
        long growth = Median(_memory[^third..]) - Median(_memory[^(2 * third)..^third]);
        Assert.True(growth < MostGrowthBytes, $"{growth} bytes more in the last third: {string.Join(' ', _memory)}");
    }

    public override string ToString() =>
        $"{_memory[^1] >> 10} KiB in use, {UringMemory.HeldBytes >> 10} KiB of rings, "
        + $"{CountDescriptors("socket:")} sockets, {CountInFlight()} requests in flight";

    private string? FindLeft()
    {
        if (_balances.Open is { Length: > 0 } open) return open;
        int sockets = CountDescriptors("socket:") - _socketsBefore;
        if (sockets > 0) return $"{sockets} sockets";
        int anonymous = CountDescriptors("anon_inode:") - _anonymousBefore;
        if (anonymous > 0) return $"{anonymous} descriptors of the kernel's kinds";
        int inFlight = CountInFlight() - _inFlightBefore;
        return inFlight > 0 ? $"{inFlight} requests of rings in flight" : null;
    }

    /// <summary>
    /// Without the rings' blocks, and without large objects: of these the framework's shared pool keeps some for each
    /// thread, and the clients use it for their bodies. Whatever is leaked has small objects as well.
    /// </summary>
    private static long MeasureMemory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        ReadOnlySpan<GCGenerationInfo> kinds = GC.GetGCMemoryInfo(GCKind.FullBlocking).GenerationInfo;
        return InUse(kinds[2]) + InUse(kinds[^1]) - UringMemory.HeldBytes;
    }

    private static long InUse(in GCGenerationInfo kind) => kind.SizeAfterBytes - kind.FragmentationAfterBytes;

    private static long Median(List<long> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>Requests of rings that the kernel has not ended, by its own list.</summary>
    private static int CountInFlight() => FindDescriptors("anon_inode:[io_uring]")
        .Sum(path => File.ReadLines(path.Replace("/fd/", "/fdinfo/", StringComparison.Ordinal))
            .Count(line => line.Contains("op=", StringComparison.Ordinal)));

    private static int CountDescriptors(string kind) => FindDescriptors(kind).Count();

    /// <summary>Of a kind; files are opened by the runtime when it likes.</summary>
    private static IEnumerable<string> FindDescriptors(string kind)
    {
        return Directory.GetFiles("/proc/self/fd").Where(IsOfKind);

        bool IsOfKind(string path)
        {
            try
            {
                return File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name
                    .StartsWith(kind, StringComparison.Ordinal) == true;
            }
            catch (IOException)
            {
                return false; // it was closed meanwhile
            }
        }
    }
}

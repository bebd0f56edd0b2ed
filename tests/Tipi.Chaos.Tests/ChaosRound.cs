using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Tipi.Chaos.Tests;

/// <summary>
/// Probes of every wire beside clients that make the application misbehave, and one thing that is short.
/// </summary>
internal sealed class ChaosRound(
    IReadOnlyList<Uri> addresses, IReadOnlyList<string> misdeeds, string? shortage, TimeSpan time)
{
    private const int HoldMs = 300;
    private const int Disturbers = 4;

    private static int s_clients;
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _answers;

    /// <summary>Answers to probes that were right.</summary>
    internal int Answers => _answers;

    /// <summary>Probes that were not answered.</summary>
    internal IReadOnlyCollection<string> Failures => _failures;

    /// <exception cref="ForeignAnswerException">A client got what is not its own.</exception>
    internal async Task RunAsync(Func<bool> hasEnded)
    {
        (Uri Address, Version Version)[] wires = [.. addresses.SelectMany(
            address => new[] { HttpVersion.Version11, HttpVersion.Version20 }.Select(version => (address, version)))];
        IEnumerable<Task> probes = wires.SelectMany(wire => new[]
        {
            ProbeAsync(wire.Address, wire.Version, hasEnded), ProbeAsync(wire.Address, wire.Version, hasEnded),
        });
        IEnumerable<Task> disturbers = Enumerable.Range(0, Disturbers).Select(
            number => DisturbAsync(wires[number % wires.Length].Address, wires[number % wires.Length].Version, number));
        Task taking = shortage is null ? Task.CompletedTask : TakeAsync(shortage);
        await Task.WhenAll([.. probes, .. disturbers, taking]);
    }

    private bool IsOver => _clock.Elapsed > time;

    private async Task ProbeAsync(Uri address, Version version, Func<bool> hasEnded)
    {
        int number = Interlocked.Increment(ref s_clients);
        using var client = new ChaosClient(address, version, $"client-{number}-of-{version}-{address.Scheme};");
        for (int request = 0; !IsOver && !hasEnded(); request++)
        {
            try
            {
                await AskAsync(client, request % 4);
                Interlocked.Increment(ref _answers);
            }
            catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
            {
                _failures.Enqueue($"{client.Who} {request % 4}: {error.GetBaseException().Message}");
            }
        }
    }

    private static Task AskAsync(ChaosClient client, int kind) => kind switch
    {
        0 => client.AskAsync("/own", 100),
        1 => client.AskWithBodyAsync(20_000, 30_000),
        2 => client.AskAsync("/unawaited", 200_000),
        _ => client.AskAsync("/own", 100_000),
    };

    private async Task DisturbAsync(Uri address, Version version, int number)
    {
        using var client = new ChaosClient(address, version, $"disturber-{Interlocked.Increment(ref s_clients)};");
        for (int at = number; !IsOver; at++) await client.DisturbAsync(misdeeds[at % misdeeds.Count]);
    }

    private async Task TakeAsync(string what)
    {
        using var client = new ChaosClient(addresses[0], HttpVersion.Version11, "taker;");
        while (!IsOver)
        {
            await client.DisturbAsync($"/shortage/{what}/{HoldMs}");
            await Task.Delay(HoldMs);
        }
    }
}

using System.Diagnostics.Tracing;
using System.Net.Security;
using System.Security.Authentication;
using Tipi.Hosting.Tests.Tls;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Diagnostics;

/// <summary>
/// Handshakes as <c>dotnet-trace</c> and <c>dotnet-counters</c> see them: Kestrel's names and numbers.
/// </summary>
[Collection(Alone.Name)]
public sealed class TlsEventTests
{
    private static readonly string[] s_names = ["TlsHandshakeStart", "TlsHandshakeStop", "TlsHandshakeFailed"];

    private static string Show(EventRecorder listener, string connectionId) => string.Join(" | ",
        from one in listener.Events
        where s_names.Contains(one.EventName) && connectionId.Equals(one.Payload![0])
        select $"{one.EventId} {one.Level} {string.Join(' ', one.Payload!.Skip(1))}".TrimEnd());

    private static async Task<string> NextIdAsync(EventRecorder listener, string end = "ConnectionStop")
    {
        EventWrittenEventArgs? stop = await listener.WaitAsync(end);
        return (string)stop!.Payload![0]!;
    }

    [Theory, OnEachTransport]
    public async Task A_handshake_that_succeeds_has_a_start_and_a_stop(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, new TestPolicy
        {
            Configure = static options => options.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        });
        foreach (var (version, protocol) in new[] { (SslProtocols.Tls12, "http/1.1"), (SslProtocols.Tls13, "h2") })
        {
            using var listener = new EventRecorder();
            using (await TlsClient.ConnectAsync(server.Port, options =>
            {
                options.EnabledSslProtocols = version;
                options.ApplicationProtocols = [new SslApplicationProtocol(protocol)];
            }))
            {
                string id = await NextIdAsync(listener, "TlsHandshakeStop");
                Assert.Equal(
                    $"8 Informational Tls12, Tls13 | 9 Informational {version} {protocol} localhost",
                    Show(listener, id));
            }
        }
    }

    [Theory, OnEachTransport]
    public async Task One_that_fails_has_a_failure_too(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, new TestPolicy
        {
            Configure = static options => options.EnabledSslProtocols = SslProtocols.Tls13,
        });
        using (var listener = new EventRecorder())
        {
            await Assert.ThrowsAnyAsync<Exception>(() => TlsClient.ConnectAsync(
                server.Port, options => options.EnabledSslProtocols = SslProtocols.Tls12));
            string id = await NextIdAsync(listener);
            Assert.Equal("8 Informational Tls13 | 10 Error | 9 Informational", Show(listener, id));
        }
        using (var listener = new EventRecorder())
        {
            // What is no first message never comes to the choice of versions: nothing starts.
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync([22, 3, 1, 0, 4, 9, 0, 0, 0]);
            await client.ReadToEndAsync();
            client.Dispose();
            string id = await NextIdAsync(listener);
            Assert.Equal("10 Error | 9 Informational", Show(listener, id));
        }
    }

    [Theory, OnEachTransport]
    public async Task Handshakes_are_counted(TipiTransport transport)
    {
        const string total = "total-tls-handshakes", current = "current-tls-handshakes";
        const string failed = "failed-tls-handshakes";
        var gate = new TaskCompletionSource();
        using var listener = new EventRecorder(intervalSeconds: 0.05);
        await using TestServer server = await StartAsync(
            transport, new TestPolicy { OnSelect = (_, cancellation) => gate.Task.WaitAsync(cancellation) });
        using (await server.ConnectAsync())
        {
            // The source is made by its first connection.
        }
        double totalBefore = await listener.ReadCounterAsync(total);
        double failedBefore = await listener.ReadCounterAsync(failed);

        Task<TlsClient> good = TlsClient.ConnectAsync(server.Port);
        using RawClient bad = await server.ConnectAsync();
        await bad.SendAsync([22, 3, 1, 0, 100, 1]); // as if it were to go on
        while (await listener.ReadCounterAsync(current) < 2) Assert.False(good.IsCompleted);
        Assert.Equal(2, await listener.ReadCounterAsync(current));
        Assert.Equal(totalBefore + 2, await listener.ReadCounterAsync(total));

        gate.SetResult();
        using TlsClient client = await good;
        bad.EndSending();
        await bad.ReadToEndAsync();
        while (await listener.ReadCounterAsync(current) > 0) await Task.Delay(10);
        Assert.Equal(totalBefore + 2, await listener.ReadCounterAsync(total));
        Assert.Equal(failedBefore + 1, await listener.ReadCounterAsync(failed));
        Assert.True(await listener.WaitForCounterAsync("tls-handshakes-per-second", _ => true));
    }

    private static Task<TestServer> StartAsync(TipiTransport transport, TestPolicy policy) => TestServer.StartAsync(
        transport, static _ => Task.CompletedTask, options => options.CodeEndpoints[0].UseTls(policy));
}

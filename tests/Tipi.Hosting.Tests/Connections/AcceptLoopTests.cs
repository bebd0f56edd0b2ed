using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;

namespace Tipi.Hosting.Tests.Connections;

public sealed class AcceptLoopTests
{
    [Theory, OnEachTransport]
    public async Task A_connection_that_can_not_be_begun_does_not_end_the_accepting(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, _ => Task.CompletedTask, options => options.Limits.MaxConcurrentConnections = 1);
        using var listener = new MeterListener();
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.SetMeasurementEventCallback<long>((_, value, _, _) =>
        {
            if (value > 0 && failed.TrySetResult()) throw new InvalidOperationException("The exporter is broken.");
        });
        var factory = server.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, own) =>
        {
            bool isWanted = instrument.Name == "tipi.active_connections";
            if (isWanted && ReferenceEquals(instrument.Meter.Scope, factory)) own.EnableMeasurementEvents(instrument);
        };
        listener.Start();

        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Connect(new IPEndPoint(IPAddress.Loopback, server.Port));
        await failed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(await IsClosedAsync(first));
        // Accepted, and not counted for ever: only one may be open. The count may fall after the client sees the end.
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await IsServedAsync(server)) await Task.Delay(50, late.Token);
    }

    private static async Task<bool> IsClosedAsync(Socket socket)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            return await socket.ReceiveAsync(new byte[1], SocketFlags.None, late.Token) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task<bool> IsServedAsync(TestServer server)
    {
        try
        {
            return (await server.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status == 200;
        }
        catch (Exception refused) when (refused is SocketException or EndOfStreamException)
        {
            return false;
        }
    }
}

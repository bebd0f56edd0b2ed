using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;

namespace Tipi.Hosting.Tests.Endpoints;

public sealed class AcceptLoopTests
{
    [Theory, OnEachTransport]
    public async Task A_measurement_that_fails_costs_no_connection(TipiTransport transport)
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
        first.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8);
        Assert.True(await IsAnsweredAsync(first));
        // And it is not counted for ever: only one may be open. The count may fall after the client sees the end.
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await IsServedAsync(server)) await Task.Delay(50, late.Token);
    }

    private static async Task<bool> IsAnsweredAsync(Socket socket)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await socket.ReceiveAsync(new byte[1], SocketFlags.None, late.Token) == 1;
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

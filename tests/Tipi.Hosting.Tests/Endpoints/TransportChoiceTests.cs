using Microsoft.Extensions.Logging;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Endpoints;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Tests.Endpoints;

public sealed class TransportChoiceTests : IDisposable
{
    private readonly LogRecorder _logs = new();

    public void Dispose() => _logs.Dispose();

    private Microsoft.AspNetCore.Connections.IConnectionListenerFactory Make(TipiTransport wish, string? cause)
    {
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(_logs));
        return TransportChoice.Make(
            new TipiServerOptions { Transport = wish }, new BoundSockets(), cause, cause is null ? null : "allow it",
            factory);
    }

    [Theory]
    [InlineData(TipiTransport.Auto)]
    [InlineData(TipiTransport.Uring)]
    public async Task Rings_where_they_are_to_be_had(TipiTransport wish)
    {
        RingSupport support = RingSupport.Probe();
        Assert.SkipUnless(support.IsAvailable, $"{support.Cause}; {support.Remedy}");
        await using var rings = Assert.IsType<UringConnectionListenerFactory>(Make(wish, null));
        Assert.Empty(_logs.Records);
    }

    [Fact]
    public void Sockets_where_they_are_wished_for()
    {
        Assert.IsType<SocketListenerFactory>(Make(TipiTransport.Sockets, null));
        Assert.IsType<SocketListenerFactory>(Make(TipiTransport.Sockets, "it is forbidden"));
        Assert.Empty(_logs.Records);
    }

    [Fact]
    public void Auto_falls_back_with_one_warning_that_names_cause_and_remedy()
    {
        Assert.IsType<SocketListenerFactory>(Make(TipiTransport.Auto, "it is forbidden"));
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nobody expects io_uring: there is no warning.");
        LogRecord warning = Assert.Single(_logs.Records);
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains("it is forbidden. To use it, allow it", warning.Text);
    }

    [Fact]
    public void Rings_that_are_demanded_and_missing_stop_the_start()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Make(TipiTransport.Uring, "it is forbidden"));
        Assert.Contains("it is forbidden. To use it, allow it", error.Message);
    }
}

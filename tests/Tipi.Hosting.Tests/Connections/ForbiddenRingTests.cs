using Microsoft.Extensions.Logging;
using Tipi.Tests.Kernel;

namespace Tipi.Hosting.Tests.Connections;

/// <summary>A server where the kernel refuses io_uring, as under Docker's default seccomp profile.</summary>
public sealed class ForbiddenRingTests
{
    [Fact]
    public async Task Auto_serves_on_sockets_after_one_warning_that_names_cause_and_remedy()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "seccomp exists on Linux only");
        await using TestServer server = Start(TipiTransport.Auto);

        Assert.Equal(200, (await server.AskAsync("GET / HTTP/1.1\r\nHost: tipi\r\n\r\n")).Status);
        LogRecord warning = Assert.Single(server.Logs, record => record.Level >= LogLevel.Warning);
        Assert.Contains("seccomp", warning.Text, StringComparison.Ordinal);
        Assert.Contains("io_uring_setup", warning.Text, StringComparison.Ordinal);
        Assert.Contains("sockets", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Uring_fails_at_start_with_cause_and_remedy()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "seccomp exists on Linux only");
        Exception failure = Assert.ThrowsAny<Exception>(() => Start(TipiTransport.Uring)).InnerException!;
        Assert.Contains("seccomp", failure.Message, StringComparison.Ordinal);
        Assert.Contains("io_uring_setup", failure.Message, StringComparison.Ordinal);
    }

    private static TestServer Start(TipiTransport transport) => ForbiddingThread.Run(
        ForbiddingThread.Eperm,
        () => TestServer.StartAsync(transport, context => context.Response.WriteAsync("ok")).GetAwaiter().GetResult());
}

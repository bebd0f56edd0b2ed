using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Clients;

/// <summary>Addresses other than an IPv4 port.</summary>
public sealed class AddressTests
{
    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task A_Unix_socket(SampleVariant variant)
    {
        Tool.Require("curl");
        var path = Path.Combine(Path.GetTempPath(), $"tipi-{Guid.NewGuid():N}.sock");
        await using (var sample = await SampleProcess.StartAsync(variant, $"http://unix:{path}"))
        {
            string[] arguments = ["-sS", "-i", "--unix-socket", path, "http://localhost/files/stream/500000"];
            var run = (await Tool.RunAsync("curl", arguments)).Succeeded();

            Assert.StartsWith("HTTP/1.1 200 OK\r\n", run.Text, StringComparison.Ordinal);
            Assert.True(run.Output.Length > 500_000);
            Assert.Equal(0, await sample.StopAsync());
        }
        Assert.False(File.Exists(path), "The socket's file is left behind.");
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task An_IPv6_port(SampleVariant variant)
    {
        Tool.Require("curl");
        await using var sample = await SampleProcess.StartAsync(variant, "http://[::1]:0");

        var run = (await Tool.RunAsync("curl", "-sS", "-g", $"{sample.Address}health")).Succeeded();

        Assert.NotEqual(0, sample.Address.Port);
        Assert.Equal("Healthy", run.Text);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task A_port_that_is_taken_ends_the_start(SampleVariant variant)
    {
        await using var first = await SampleProcess.StartAsync(variant);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => SampleProcess.StartAsync(variant, first.Address.ToString()));

        Assert.Contains("address already in use", error.Message, StringComparison.OrdinalIgnoreCase);
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Tipi.Interop.Tests.Sample;

/// <summary>A process that is stopped for a while and goes on, as in a paused container.</summary>
public sealed class PauseTests
{
    /// <summary>Longer than the grace of 5 s in which a body may come slowly.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(6.5);

    /// <summary>
    /// Before the pause, so that the server waits for the body; and after it, as long as a server takes to look at the
    /// time, and more.
    /// </summary>
    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(1.2);

    /// <summary>All at once: the test does little but wait.</summary>
    [Fact]
    public async Task Time_that_stood_still_counts_against_no_client() => await Task.WhenAll(
        UploadAsync(SampleVariant.Kestrel, HttpVersion.Version11),
        UploadAsync(SampleVariant.TipiSockets, HttpVersion.Version11),
        UploadAsync(SampleVariant.TipiSockets, HttpVersion.Version20),
        UploadAsync(SampleVariant.TipiUring, HttpVersion.Version11),
        UploadAsync(SampleVariant.TipiUring, HttpVersion.Version20));

    private static async Task UploadAsync(SampleVariant variant, Version version)
    {
        await using var sample = await SampleProcess.StartAsync(variant);
        using var client = new HttpClient();
        using var content = new TwoPieces();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(sample.Address, "files/echo"))
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        var answer = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await content.HalfWay.Task;
        await Task.Delay(s_moment);

        await SignalAsync(sample, "-STOP");
        await Task.Delay(s_pause);
        await SignalAsync(sample, "-CONT");
        await Task.Delay(s_moment);
        content.Rest.SetResult();

        using var response = await answer;
        Assert.Equal(
            (variant, HttpStatusCode.OK, "first second"),
            (variant, response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    private static async Task SignalAsync(SampleProcess sample, string signal)
    {
        using var kill = Process.Start("kill", [signal, sample.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    private sealed class TwoPieces : HttpContent
    {
        internal TaskCompletionSource HalfWay { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource Rest { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes("first "));
            await stream.FlushAsync();
            HalfWay.SetResult();
            await Rest.Task;
            await stream.WriteAsync(Encoding.ASCII.GetBytes("second"));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

using System.Net;
using Tipi.Transport.Uring;

namespace Tipi.Blocking.Tests;

/// <summary>A server whose process is short of something, or loses a ring.</summary>
public class ShortageTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(0, 2)]
    [InlineData(64, 2)]
    [InlineData(256, 2)]
    [InlineData(8192, 64)]
    public async Task WithLittleLockedMemory_ItStartsAndSaysOnceWhatItDoesWithout(int kib, int processors)
    {
        Require();
        using var app = await StartAsync([$"DOTNET_PROCESSOR_COUNT={processors}", .. WithLockedMemory(kib)]);
        using var client = NewClient(app);
        for (var i = 0; i < 10; i++) Assert.Equal("ok", await client.GetStringAsync(new Uri("/", UriKind.Relative)));
        Assert.Equal(kib == 0 ? 1 : 0, Count(app, "uses sockets"));
        Assert.Equal(kib == 0 ? 0 : 1, Count(app, "The limit on locked memory leaves room for"));
    }

    [Fact]
    public async Task WithoutLockedMemory_RingsThatAreDemandedAreAnErrorThatNamesLimitAndRemedy()
    {
        Require();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(WithLockedMemory(0), "--Tipi:Transport=Uring"));
        Assert.Contains("RLIMIT_MEMLOCK, 0 KiB", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ulimit -l", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARingIsLost_AnotherTakesItsPlace_AndTheThirdTimeTheHostStops()
    {
        Require();
        using var app = await BlockingApp.StartAsync();
        for (var i = 1; i <= 2; i++)
        {
            await CloseRingsAsync(app);
            await UntilAnsweredAsync(app, "/");
            await UntilAnsweredAsync(app, "/ready");
            var times = i;
            await UntilAsync(() => Count(app, "failed and was replaced") == times);
        }

        await CloseRingsAsync(app);
        Assert.Equal(0, await app.WaitForExitAsync());
        Assert.Equal(1, Count(app, "Rings failed 3 times"));
        Assert.Equal(1, Count(app, "crit: Tipi.Transport.Uring"));
    }

    private static void Require()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "io_uring exists on Linux only");
        var support = RingSupport.Probe();
        Assert.SkipUnless(support.IsAvailable, $"{support.Cause}; {support.Remedy}");
    }

    // The command begins with the environment.
    private static Task<BlockingApp> StartAsync(string[] command, params string[] arguments) =>
        BlockingApp.StartAsync(["env", .. command], ["--urls=http://127.0.0.1:0", .. arguments], addresses: 1);

    // Root is not limited unless it gives up the right to lock as it likes.
    private static string[] WithLockedMemory(int kib) =>
    [
        "setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock", "prlimit", $"--memlock={kib * 1024}",
    ];

    private static HttpClient NewClient(BlockingApp app) =>
        new() { BaseAddress = app.Address, Timeout = s_patience / 6 };

    private static int Count(BlockingApp app, string text) =>
        app.Text.Split(text).Length - 1;

    // The request's own connection goes with its ring.
    private static Task<string?> CloseRingsAsync(BlockingApp app) => AskAsync(app, "/close-rings");

    private static async Task<string?> AskAsync(BlockingApp app, string path)
    {
        using var client = NewClient(app);
        return await AskAsync(client, path);
    }

    // Null where the connection breaks or is refused, or the request fails.
    private static async Task<string?> AskAsync(HttpClient client, string path)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync() : null;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task UntilAnsweredAsync(BlockingApp app, string path)
    {
        using var late = new CancellationTokenSource(s_patience);
        while (await AskAsync(app, path) is null) await Task.Delay(20, late.Token);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(s_patience);
        while (!condition()) await Task.Delay(20, late.Token);
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>
/// System calls of a handler whose ring was handed off: what its thread had asked the kernel for goes on to arrive, and
/// wakes it. Calls that Linux begins again are not cut short by that. Those that it never begins again (signal(7):
/// epoll_wait, semtimedop, a receive with a time limit) may answer EINTR on a ring's thread, and nowhere else.
/// </summary>
public sealed class InterruptedCallsTests
{
    private const int WaitMs = 400;
    private const int Eintr = 4;

    [Theory, OnEachTransport]
    public async Task Waits_that_Linux_begins_again_last_as_long_as_asked(TipiTransport transport)
    {
        await AskAsync(transport, context => context.Response.WriteAsync(Answer(static () => Poll(0, 0, WaitMs))));
        await AskAsync(transport, context => context.Response.WriteAsync(Answer(static () => Sleep(WaitMs * 1000))));
        await AskAsync(transport, context =>
        {
            Thread.Sleep(WaitMs);
            return context.Response.WriteAsync("0");
        });
    }

    // The runtime's collector interrupts any thread that is just about to begin a call. It happens once in many calls,
    // and what a ring does would happen in each.
    [Theory, OnEachTransport]
    public async Task Beside_the_ring_no_call_is_interrupted(TipiTransport transport) =>
        await AskAsync(transport, async context => await context.Response.WriteAsync(await Task.Run(static () =>
        {
            string[] answers = [.. Enumerable.Range(0, 3).Select(_ => Answer(WaitForEvents))];
            return answers.Count(answer => answer == "EINTR") <= 1 && answers.All(answer => answer is "0" or "EINTR")
                ? "0" : string.Join(", ", answers);
        })));

    private static int WaitForEvents()
    {
        int events = OpenEvents(0);
        int answer = WaitForEvents(events, new byte[12], 1, WaitMs);
        int errno = Marshal.GetLastPInvokeError();
        _ = Close(events);
        Marshal.SetLastPInvokeError(errno);
        return answer;
    }

    private static string Answer(Func<int> call)
    {
        var clock = Stopwatch.StartNew();
        if (call() < 0) return Marshal.GetLastPInvokeError() == Eintr ? "EINTR" : "failed";
        return clock.ElapsedMilliseconds >= WaitMs - 1 ? "0" : $"after {clock.ElapsedMilliseconds} ms";
    }

    // While the handler waits, others of the same ring send without pause.
    private static async Task AskAsync(TipiTransport transport, RequestDelegate wait)
    {
        await using WireServer server = await WireServer.StartAsync(
            transport, Wire.Http1,
            context => context.Request.Path == "/wait" ? wait(context) : context.Response.WriteAsync("ok"),
            options => options.Uring.RingCount = 1);
        for (int i = 0; i < 3; i++) Assert.Equal("ok", await server.GetTextAsync());
        Task<string> waiting = server.GetTextAsync("/wait");
        Task[] others = [.. Enumerable.Range(0, 4).Select(async _ =>
        {
            using HttpClient other = server.NewClient();
            while (!waiting.IsCompleted)
                Assert.Equal("ok", await other.GetStringAsync(new Uri($"{server.Address}/")));
        })];
        Assert.Equal("0", await waiting);
        await Task.WhenAll(others);
    }

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll(nint fds, nuint count, int timeoutMs);

    [DllImport("libc", EntryPoint = "usleep", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(uint us);

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenEvents(int flags);

    [DllImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int WaitForEvents(int events, byte[] buffer, int most, int timeoutMs);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int fd);
}

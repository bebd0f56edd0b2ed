using System.Globalization;
using System.Security.Principal;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>What a handler does to the thread that it runs on is undone before the next one runs there.</summary>
public sealed class ThreadTraitsTests
{
    private const int Rounds = 10;

    private static readonly CultureInfo s_culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();

    [Theory, OnEachWire]
    public async Task What_a_handler_sets_on_its_thread_is_gone_with_the_next(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, SpoilOrLook);
        for (int i = 0; i < Rounds; i++)
        {
            Assert.Equal("spoilt", await server.TextAsync("GET", "/spoil"));
            Assert.Equal("", await server.TextAsync("GET", "/look"));
            using HttpClient other = server.NewClient();
            Assert.Equal("", await other.GetStringAsync(new Uri($"{server.Address}/look")));
        }
    }

    [Theory, OnEachTransport]
    public async Task Nor_does_the_next_of_a_pipeline_find_it(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, SpoilOrLook);
        using RawClient client = await server.ConnectAsync();
        for (int i = 0; i < Rounds; i++)
        {
            await client.SendAsync("GET /spoil HTTP/1.1\r\nHost: a\r\n\r\nGET /look HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal("spoilt", (await client.ReadResponseAsync()).Body);
            Assert.Equal("", (await client.ReadResponseAsync()).Body);
        }
    }

    /// <summary>On the runtime's pool an interrupt stays, under every server.</summary>
    [Theory, OnEachWire(OnlyUring = true)]
    public async Task A_handler_that_interrupts_its_thread_harms_nobody_else(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            if (context.Request.Path == "/late") Thread.Sleep(30); // the ring is handed off
            if (context.Request.Path == "/look") Thread.Sleep(1); // a wait that takes an interrupt
            else Thread.CurrentThread.Interrupt();
            return context.Response.WriteAsync("ok");
        });
        for (int i = 0; i < Rounds; i++)
        {
            Assert.Equal("ok", await server.TextAsync("GET", i % 2 == 0 ? "/quick" : "/late"));
            Assert.Equal("ok", await server.TextAsync("GET", "/look"));
            using HttpClient other = server.NewClient();
            Assert.Equal("ok", await other.GetStringAsync(new Uri($"{server.Address}/look")));
        }
    }

    private static Task SpoilOrLook(HttpContext context)
    {
        if (context.Request.Path != "/spoil") return context.Response.WriteAsync(Look());
        Spoil();
        return context.Response.WriteAsync("spoilt");
    }

    private static void Spoil()
    {
        Thread thread = Thread.CurrentThread;
        thread.Priority = ThreadPriority.Lowest;
        thread.Name = "spoilt";
        thread.IsBackground = false;
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = s_culture;
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        Thread.CurrentPrincipal = new GenericPrincipal(new GenericIdentity("spoilt"), null);
    }

    private static string Look()
    {
        Thread thread = Thread.CurrentThread;
        string found = "";
        if (thread.Priority != ThreadPriority.Normal) found += " priority";
        if (thread.Name == "spoilt") found += " name";
        if (!thread.IsBackground) found += " foreground";
        if (ReferenceEquals(CultureInfo.CurrentCulture, s_culture)) found += " culture";
        if (ReferenceEquals(CultureInfo.CurrentUICulture, s_culture)) found += " language";
        if (SynchronizationContext.Current is not null) found += " synchronization";
        if (Thread.CurrentPrincipal?.Identity?.Name == "spoilt") found += " principal";
        return found;
    }
}

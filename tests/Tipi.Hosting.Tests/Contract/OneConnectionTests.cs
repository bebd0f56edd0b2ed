using System.Collections.Concurrent;
using System.Net;
using System.Security.Claims;
using Tipi.Hosting.Tests.Http2;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>What an application can keep of a request serves the same connection only, and not for ever.</summary>
public sealed class OneConnectionTests
{
    private const int Clients = 8;
    private const string Secret = "X-Secret";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Theory, OnEachWire]
    public async Task Nothing_that_can_be_kept_serves_two_connections(TipiTransport transport, Wire wire)
    {
        var owners = new ConcurrentDictionary<object, string>(ReferenceEqualityComparer.Instance);
        var tokens = new ConcurrentDictionary<CancellationToken, string>();
        var strangers = new ConcurrentQueue<string>();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            string id = context.Connection.Id;
            foreach (object kept in Keepable(context))
            {
                if (owners.GetOrAdd(kept, id) != id) strangers.Enqueue($"{kept.GetType()}");
            }
            if (tokens.GetOrAdd(context.RequestAborted, id) != id) strangers.Enqueue("token");
            await Task.Yield();
            await context.Response.WriteAsync(id);
        });
        var connections = new HashSet<string>();
        for (int round = 0; round < 3; round++)
        {
            HttpClient[] clients = [.. Enumerable.Range(0, Clients).Select(_ => server.NewClient())];
            for (int i = 0; i < 3; i++)
                connections.UnionWith(await Task.WhenAll(clients.Select(client => client.GetStringAsync("/"))));
            foreach (HttpClient client in clients) client.Dispose();
        }
        Assert.Empty(strangers);
        Assert.True(connections.Count >= 3 * Clients, $"{connections.Count}");
    }

    [Theory, OnEachWire]
    public async Task Who_looks_on_after_his_request_sees_no_other_client(TipiTransport transport, Wire wire)
    {
        const int Requests = 40, Looks = 20;
        int raced = 0;
        var looks = new ConcurrentBag<Task<int>>();
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            string secret = context.Request.Headers[Secret].ToString();
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, secret)], "test"));
            context.Response.Headers[Secret] = secret;
            looks.Add(LookAsync(context, context.Features.Get<IHttpRequestFeature>()!, secret));
            return context.Response.WriteAsync(secret);
        });
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(AskAsync));

        async Task AskAsync(int number)
        {
            using HttpClient client = server.NewClient();
            string secret = $"secret-{number}";
            client.DefaultRequestHeaders.Add(Secret, secret);
            for (int i = 0; i < Requests; i++)
            {
                using HttpResponseMessage response = await client.GetAsync($"/{secret}?{secret}");
                if (response.StatusCode == HttpStatusCode.InternalServerError) Interlocked.Increment(ref raced);
                else Assert.Equal(secret, await response.Content.ReadAsStringAsync());
            }
        }

        async Task<int> LookAsync(HttpContext context, IHttpRequestFeature request, string own)
        {
            IHeaderDictionary received = request.Headers;
            int strange = 0;
            for (int i = 0; i < Looks; i++)
            {
                await Task.Delay(2);
                strange += Try(() => context.Request.Headers[Secret].ToString(), own);
                strange += Try(() => context.Request.Path.Value, $"/{own}");
                strange += Try(() => context.User.Identity?.Name, own);
                strange += Try(() => received[Secret], own);
                strange += Try(() => context.Response.Headers[Secret], own);
                strange += Try(() => request.QueryString, $"?{own}");
            }
            return strange;
        }

        Assert.Equal(0, (await Task.WhenAll(looks)).Sum());

        // The framework's context allows no look during the next request: it may throw there, and nothing else may.
        Exception[] faults = [.. server.Logs.Where(record => record.EventId == 13).Select(record => record.Error!)];
        Assert.All(faults, fault => Assert.StartsWith(
            "   at Microsoft.AspNetCore.Http.Default",
            Assert.IsType<NullReferenceException>(fault.GetBaseException()).StackTrace));
        Assert.InRange(raced, 0, faults.Length);
        Assert.InRange(faults.Length, 0, Clients);
        Assert.InRange(looks.Count, (Clients * Requests) - raced, Clients * Requests);
    }

    [Theory, OnEachWire]
    public async Task A_kept_token_is_not_cancelled_by_the_end_of_other_connections(TipiTransport transport, Wire wire)
    {
        var kept = new ConcurrentQueue<CancellationToken>();
        int running = 0, ended = 0;
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            if (context.Request.Path == "/keep")
            {
                kept.Enqueue(context.RequestAborted);
                return;
            }
            Interlocked.Increment(ref running);
            await Task.WhenAny(Task.Delay(s_patience, context.RequestAborted));
            Interlocked.Increment(ref ended);
        });
        using HttpClient stays = server.NewClient();
        for (int i = 1; i <= 10; i++)
        {
            Assert.Empty(await stays.GetStringAsync("/keep"));
            using HttpClient other = server.NewClient();
            using var source = new CancellationTokenSource();
            Task<string> leaves = other.GetStringAsync("/", source.Token);
            await Eventually.HoldsAsync(() => Volatile.Read(ref running) == i, () => "It does not start.");
            await source.CancelAsync();
            other.Dispose();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
            await Eventually.HoldsAsync(() => Volatile.Read(ref ended) == i, () => "It does not end.");
        }
        Assert.Equal(10, kept.Count);
        Assert.DoesNotContain(kept, token => token.IsCancellationRequested);
    }

    [Theory, OnEachWire]
    public async Task An_idle_connection_gives_them_up_and_goes_on(TipiTransport transport, Wire wire)
    {
        var kept = new ConcurrentQueue<WeakReference>();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            foreach (object one in Keepable(context)) kept.Enqueue(new WeakReference(one));
            await Task.Yield();
            await context.Response.WriteAsync(context.Connection.Id);
        });
        string first = await server.TextAsync("POST", "/", StreamedContent.Of([1, 2, 3]));
        Assert.True(kept.Count > 20);
        await Eventually.HoldsAsync(
            () =>
            {
                GC.Collect();
                return !kept.Any(one => one.IsAlive);
            },
            () => string.Join(", ", kept.Select(one => one.Target?.GetType().Name)));
        Assert.Equal(first, await server.TextAsync("POST", "/", StreamedContent.Of([1, 2, 3])));
    }

    private static int Try(Func<string?> look, string own)
    {
        try
        {
            // Nothing is there any more, or it is the same client's next request.
            string seen = look() ?? "";
            return seen == "" || seen == own ? 0 : 1;
        }
        catch (Exception)
        {
            return 0;
        }
    }

    private static IEnumerable<object> Keepable(HttpContext context) =>
    [
        context, context.Request, context.Response, context.Connection, context.Features, context.Request.Headers,
        context.Response.Headers, context.Request.Body, context.Response.Body, context.Request.BodyReader,
        context.Response.BodyWriter, context.Items, .. context.Features.Select(feature => feature.Value),
    ];
}

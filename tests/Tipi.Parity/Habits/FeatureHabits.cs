using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Tipi.Parity.Servers;
using static Tipi.Parity.Habits.Habit;

namespace Tipi.Parity.Habits;

/// <summary>What the features of a request and of its connection say and do.</summary>
internal static partial class FeatureHabits
{
    internal static IReadOnlyList<Habit> All { get; } = [.. OfRequest(), .. OfConnection(), .. OfCollection()];

    private static IEnumerable<Habit> OfRequest() =>
    [
        new("identifier", Get, (http, notes) =>
        {
            notes.Add(Identifier().Replace(http.TraceIdentifier, "C"));
            notes.See(http.TraceIdentifier.StartsWith(http.Connection.Id + ":", StringComparison.Ordinal), "of Id");
            http.TraceIdentifier = "mine";
            notes.See(http.TraceIdentifier);
            return Task.CompletedTask;
        }) { Client = TwiceAsync },
        new("connection feature", Get, (http, notes) =>
        {
            var feature = http.Features.Get<IHttpConnectionFeature>()!;
            notes.Add(Identifier().Replace(feature.ConnectionId, "C"));
            notes.See(feature.LocalIpAddress);
            notes.See(feature.RemoteIpAddress);
            notes.See(feature.LocalPort > 0);
            notes.See(feature.RemotePort > 0);
            notes.Try(() => feature.RemoteIpAddress = IPAddress.Parse("192.0.2.1"), "set");
            notes.Try(() => feature.RemotePort = 7, "set");
            notes.Try(() => feature.ConnectionId = "mine", "set");
            notes.Add($"{http.Connection.RemoteIpAddress} {http.Connection.RemotePort} {http.Connection.Id}");
            notes.See(http.Connection.ClientCertificate);
            notes.Add($"certificate {http.Connection.GetClientCertificateAsync().IsCompletedSuccessfully}");
            return Task.CompletedTask;
        }),
        new("connection feature of the next request", Get, (http, notes) =>
        {
            notes.See(http.Connection.RemoteIpAddress);
            if (notes.Requests == 1) http.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.1");
            return Task.CompletedTask;
        }) { Client = TwiceAsync },
        new("persistent state", Get, (http, notes) =>
        {
            var state = http.Features.Get<IPersistentStateFeature>()!.State;
            notes.See(state.Count);
            state["a"] = "b";
            return Task.CompletedTask;
        }) { Client = TwiceAsync },
        new("extended CONNECT", Get, (http, notes) =>
        {
            var connect = http.Features.Get<IHttpExtendedConnectFeature>();
            notes.See(connect?.IsExtendedConnect, "IsExtendedConnect");
            notes.See(connect?.Protocol, "Protocol");
            return notes.TryAsync(() => connect!.AcceptAsync().AsTask(), "accept");
        }),
        new("data rates", Get, (http, notes) =>
        {
            var request = http.Features.Get<IHttpMinRequestBodyDataRateFeature>();
            var response = http.Features.Get<IHttpMinResponseDataRateFeature>();
            notes.See(request?.MinDataRate?.BytesPerSecond, "request");
            notes.See(response?.MinDataRate?.GracePeriod, "response");
            notes.Try(() => request!.MinDataRate = null, "request: null");
            notes.Try(() => response!.MinDataRate = new MinDataRate(1, TimeSpan.FromSeconds(2)), "response: 1");
            notes.See(request?.MinDataRate, "request");
            notes.See(response?.MinDataRate?.BytesPerSecond, "response");
            return Task.CompletedTask;
        }) { Client = TwiceAsync },
        new("body control", Get, (http, notes) =>
        {
            var control = http.Features.Get<IHttpBodyControlFeature>()!;
            notes.See(control.AllowSynchronousIO);
            control.AllowSynchronousIO = true;
            return Task.CompletedTask;
        }) { Client = TwiceAsync },
        new("limit of the body", Get, (http, notes) =>
        {
            var limit = http.Features.Get<IHttpMaxRequestBodySizeFeature>()!;
            notes.See(limit.MaxRequestBodySize);
            notes.See(limit.IsReadOnly);
            limit.MaxRequestBodySize = 7;
            return Task.CompletedTask;
        }) { Client = TwiceAsync },
        new("bad request, route values and endpoint", Get, (http, notes) =>
        {
            notes.See(http.Features.Get<IBadRequestExceptionFeature>()?.Error, "bad request");
            notes.See(http.Features.Get<IRouteValuesFeature>()!.RouteValues.Count, "route values");
            notes.See(http.GetEndpoint(), "endpoint");
            http.Request.RouteValues["a"] = "b";
            http.SetEndpoint(new Endpoint(null, null, "one"));
            return Task.CompletedTask;
        }) { Client = TwiceAsync },
        new("response trailers", Get, async (http, notes) =>
        {
            notes.See(http.Response.SupportsTrailers());
            notes.Try(() => http.Response.DeclareTrailer("X-A"), "declare");
            await http.Response.WriteAsync("hello");
            notes.Try(() => http.Response.AppendTrailer("X-A", "1"), "append");
        }),
        new("reset", Get, (http, notes) =>
        {
            notes.See(http.Features.Get<IHttpResetFeature>() is null, "no reset");
            return Task.CompletedTask;
        }),
    ];

    private static IEnumerable<Habit> OfConnection() =>
    [
        new("items of the connection", Get, (http, notes) =>
        {
            var items = http.Features.Get<IConnectionItemsFeature>()!.Items;
            notes.See(items.ContainsKey("a"));
            items["a"] = "b";
            return Task.CompletedTask;
        }) { Client = TwiceAsync },
        new("identifier of the connection", Get, (http, notes) =>
        {
            string id = http.Features.Get<IConnectionIdFeature>()!.ConnectionId;
            notes.See(id == http.Connection.Id, "is Connection.Id");
            return Task.CompletedTask;
        }),
        new("socket and pool of the connection", Get, (http, notes) =>
        {
            notes.See(http.Features.Get<IConnectionSocketFeature>()?.Socket.Connected, "connected");
            notes.See(http.Features.Get<IMemoryPoolFeature>()?.MemoryPool.MaxBufferSize > 0, "pool");
            notes.See(http.Features.Get<IConnectionTransportFeature>()?.Transport is not null, "transport");
            return Task.CompletedTask;
        }),
        new("lifetime of the connection", Get, (http, notes) =>
        {
            var lifetime = http.Features.Get<IConnectionLifetimeFeature>()!;
            notes.See(lifetime.ConnectionClosed.IsCancellationRequested);
            lifetime.ConnectionClosed.Register(() => notes.Signal("closed"));
            return Task.CompletedTask;
        })
        {
            Last = "closed",
            Client = static async (wire, _) =>
            {
                string answer = (await wire.ReadAsync())!.ToString();
                wire.Dispose();
                return answer;
            },
        },
        new("abort by the connection's lifetime", Get, (http, notes) =>
        {
            http.Features.Get<IConnectionLifetimeFeature>()!.Abort();
            return Task.CompletedTask;
        }),
        new("request to close the connection", Get, (http, notes) =>
        {
            notes.Try(() => http.Features.Get<IConnectionLifetimeNotificationFeature>()!.RequestClose(), "close");
            return http.Response.WriteAsync("hello");
        }),
        new("heartbeat of the connection", Get, async (http, notes) =>
        {
            notes.Try(() => http.Features.Get<IConnectionHeartbeatFeature>()!
                .OnHeartbeat(state => ((Notes)state).Signal("beat"), notes), "register");
            notes.See(await notes.HappensAsync("beat"), "beats");
        }),
        new("end of the connection", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", (http, notes) =>
        {
            http.Features.Get<IConnectionCompleteFeature>()!.OnCompleted(state =>
            {
                ((Notes)state).Signal("complete");
                return Task.CompletedTask;
            }, notes);
            return Task.CompletedTask;
        }) { Last = "complete" },
        new("tags of the connection", Get, (http, notes) =>
        {
            var tags = http.Features.Get<IConnectionMetricsTagsFeature>();
            notes.See(tags?.Tags.Count, "tags without a listener");
            return Task.CompletedTask;
        }),
    ];

    private static IEnumerable<Habit> OfCollection() =>
    [
        new("collection of features", Get, (http, notes) =>
        {
            IFeatureCollection features = http.Features;
            int before = features.Revision;
            notes.See(features.IsReadOnly);
            features.Set<IHttpUpgradeFeature>(null);
            notes.See(features.Get<IHttpUpgradeFeature>() is null, "removed");
            notes.See(features.Revision > before, "revision grows");
            notes.See(features[typeof(IHttpUpgradeFeature)] is null, "removed by type");
            notes.See(features.Any(pair => pair.Key == typeof(IHttpUpgradeFeature)), "enumerated");
            notes.Try(() => features[typeof(IHttpUpgradeFeature)] = "wrong", "wrong type");
            features.Set(notes);
            notes.See(ReferenceEquals(features.Get<Notes>(), notes), "own");
            features.Set<Notes>(null);
            notes.See(features.Get<Notes>() is null, "own removed");
            notes.Try(() => _ = features[null!], "null");
            return Task.CompletedTask;
        }),
        new("response feature replaced", Get, async (http, notes) =>
        {
            http.Features.Set<IHttpResponseFeature>(new HttpResponseFeature { StatusCode = 404 });
            notes.See(http.Response.StatusCode);
            await http.Response.WriteAsync("hello");
        }),
        new("body feature replaced", Get, async (http, notes) =>
        {
            var own = http.Features.Get<IHttpResponseBodyFeature>()!;
            using var memory = new MemoryStream();
            http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(memory, own));
            await http.Response.WriteAsync("hello");
            notes.See(memory.Length);
            http.Features.Set(own);
            await http.Response.WriteAsync("after");
        }),
        new("features of the next request", Get, (http, notes) =>
        {
            notes.See(http.Features.Get<IHttpUpgradeFeature>() is null, "upgrade is gone");
            http.Features.Set<IHttpUpgradeFeature>(null);
            return Task.CompletedTask;
        }) { Client = TwiceAsync },
    ];

    private static async Task<string> TwiceAsync(Wire wire, Notes notes)
    {
        WireAnswer? first = await wire.ReadAsync();
        await wire.SendAsync(Get);
        return $"{first?.Status} ⏎ {(await wire.ReadAsync())?.Status}";
    }

    [GeneratedRegex("^[0-9A-V]{13}(?=:|$)")]
    private static partial Regex Identifier();
}

using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Tipi.Hosting.Tests.Contract;
using Tipi.Hosting.Tests.Server;
using Tipi.Tests.Kernel;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>
/// The encoder of a connection and the decoder of its client stay in step, over seeded heads, hints and trailers of
/// which some are refused, and while the client changes the size of its table.
/// </summary>
public sealed class EncoderStepTests
{
    private const int Requests = 240;
    private const int AtOnce = 8;

    [Theory, OnEachWire(OnlyHttp2 = true)]
    public async Task As_HttpClient_decodes_it(TipiTransport transport, Wire wire)
    {
        var plan = new HeadPlan(Stress.Seed());
        await using WireServer server =
            await WireServer.StartAsync(transport, wire, plan.AnswerAsync, HeadPlan.Configure);
        for (int i = 0; i < Requests; i += AtOnce)
            await Task.WhenAll(Enumerable.Range(i, AtOnce).Select(async number =>
            {
                using HttpResponseMessage answer = await server.SendAsync("GET", $"/{number}");
                string body = await answer.Content.ReadAsStringAsync();
                plan.Check(
                    number, (int)answer.StatusCode, body,
                    name => answer.Headers.NonValidated.TryGetValues(name, out var values)
                        || answer.Content.Headers.NonValidated.TryGetValues(name, out values) ? [.. values] : []);
            }));
        Assert.Single(plan.Connections);
    }

    [Theory, OnEachTransport]
    public async Task As_a_client_decodes_it_that_resizes_its_table(TipiTransport transport)
    {
        int seed = Stress.Seed();
        var plan = new HeadPlan(seed);
        var random = new Random(seed);
        await using TestServer server = await TestServer.StartAsync(transport, plan.AnswerAsync, HeadPlan.Configure);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        for (int i = 0; i < Requests; i += AtOnce)
        {
            if (random.Next(3) == 0) await client.SettingsAsync((1, random.Next(4097)));
            if (random.Next(6) == 0) await client.SettingsAsync((1, 0), (1, random.Next(4097)));
            for (int number = i; number < i + AtOnce; number++)
                await client.HeadersAsync(
                    2 * number + 1, $":method: GET|:scheme: http|:path: /{number}|:authority: localhost");
            for (int number = i; number < i + AtOnce; number++)
            {
                Http2Answer answer = await client.AnswerAsync(2 * number + 1);
                plan.Check(
                    number, answer.Status, answer.Body,
                    name => [.. answer.Fields.Where(field => field.Name == name).Select(field => field.Value)]);
            }
        }
        Assert.Single(plan.Connections);
    }

    /// <summary>Which fields an answer has, by its number; some answers cannot be sent.</summary>
    private sealed class HeadPlan(int seed)
    {
        private static readonly string[] s_names =
            ["x-tenant", "x-user", "etag", "set-cookie", "x-trace", "cache-control", "content-type", "x-beyond"];

        internal HashSet<string> Connections { get; } = [];

        internal static void Configure(TipiServerOptions options) =>
            options.ResponseHeaderEncodingSelector = name => name == "x-beyond" ? Encoding.UTF8 : null;

        internal async Task AnswerAsync(HttpContext context)
        {
            int number = int.Parse(context.Request.Path.Value![1..], System.Globalization.CultureInfo.InvariantCulture);
            lock (Connections) Connections.Add(context.Connection.Id);
            foreach (var (name, values) in FieldsOf(number)) context.Response.Headers[name] = values;
            if (number % 7 == 3) await HintAsync(context, number);
            if (IsTooLarge(number)) context.Response.Headers["x-large"] = new string('v', 1024 * 1024);
            if (number % 5 == 0) await context.Response.Body.FlushAsync();
            await context.Response.WriteAsync($"body {number}");
            if (number % 9 == 4) context.Response.AppendTrailer("x-user", $"trailer {number}");
        }

        internal void Check(int number, int status, string body, Func<string, string[]> values)
        {
            Assert.Equal(IsTooLarge(number) ? (500, "") : (200, $"body {number}"), (status, body));
            if (IsTooLarge(number)) return;
            foreach (var (name, wanted) in FieldsOf(number))
            {
                string[] sent = [.. wanted.Select(value => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value!)))];
                Assert.Equal(sent, values(name));
            }
        }

        private static bool IsTooLarge(int number) => number % 4 == 1;

        private static async Task HintAsync(HttpContext context, int number)
        {
            var feature = context.Features.GetRequiredFeature<IHttpInformationalResponseFeature>();
            var hints = new HeaderDictionary { ["x-user"] = $"hint {number}", ["link"] = "</a.css>" };
            if (number % 2 == 0) hints["link"] = new string('v', 1024 * 1024);
            try
            {
                await feature.SendAsync(103, hints, default);
            }
            catch (InvalidOperationException) when (number % 2 == 0)
            {
                // Too large.
            }
        }

        private Dictionary<string, string[]> FieldsOf(int number)
        {
            var random = new Random(seed ^ (number * 7919));
            var fields = new Dictionary<string, string[]>();
            for (int i = random.Next(1, 7); i > 0; i--)
            {
                string name = s_names[random.Next(s_names.Length)];
                string value = random.Next(3) switch
                {
                    0 => $"often {random.Next(3)}",
                    1 => $"seldom {random.Next(1000)}",
                    _ => new string((char)('a' + random.Next(26)), random.Next(1, 1500)),
                };
                if (name == "x-beyond") value = $"é{value}";
                fields[name] = name == "set-cookie" ? [value, $"second {random.Next(5)}"] : [value];
            }
            return fields;
        }
    }
}

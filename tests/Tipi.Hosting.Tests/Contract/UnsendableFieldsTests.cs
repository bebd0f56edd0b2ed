using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>
/// Fields that cannot be sent cost their own response: what comes after it on the same connection is right, whoever
/// reads it. Over HTTP/2 rows of a head that was given up in its middle would be missing from the client's table.
/// </summary>
public sealed class UnsendableFieldsTests
{
    private const int TooMuch = 1024 * 1024 + 1;

    [Theory, OnEachWire]
    public async Task A_head_that_is_too_large_is_a_500_and_the_next_ones_are_right(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await StartAsync(transport, wire, async context =>
        {
            context.Response.Headers["x-large"] = new string('v', TooMuch);
            await context.Response.WriteAsync("never seen");
        });
        await AssertCostsItselfAsync(server, HttpStatusCode.InternalServerError);
    }

    [Theory, OnEachWire]
    public async Task So_does_one_of_many_fields(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await StartAsync(transport, wire, context =>
        {
            for (int i = 0; i < 1100; i++) context.Response.Headers[$"x-{i}"] = new string('v', 1000);
            return Task.CompletedTask;
        });
        await AssertCostsItselfAsync(server, HttpStatusCode.InternalServerError);
    }

    [Theory, OnEachWire]
    public async Task An_encoding_that_fails_late_is_a_500_and_the_next_ones_are_right(
        TipiTransport transport, Wire wire)
    {
        bool fails = false;
        await using WireServer server = await StartAsync(
            transport, wire,
            async context =>
            {
                context.Response.Headers["x-name"] = "Zoë";
                fails = true;
                await context.Response.WriteAsync("never seen");
            },
            options => options.ResponseHeaderEncodingSelector = _ =>
            {
                if (!fails) return Encoding.UTF8;
                fails = false;
                throw new InvalidOperationException("The encoding is gone.");
            });
        await AssertCostsItselfAsync(server, HttpStatusCode.InternalServerError);
    }

    [Theory, OnEachWire]
    public async Task Early_hints_that_are_too_large_are_told_to_the_application(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await StartAsync(transport, wire, async context =>
        {
            var hints = new HeaderDictionary { ["x-tenant"] = "of nobody", ["link"] = new string('v', TooMuch) };
            var feature = context.Features.GetRequiredFeature<IHttpInformationalResponseFeature>();
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await feature.SendAsync(103, hints, default));
            await context.Response.WriteAsync("told");
        });
        await AssertCostsItselfAsync(server, HttpStatusCode.OK);
    }

    /// <summary>The response has begun: its client sees that it is not whole.</summary>
    [Theory, OnEachWire(OnlyHttp2 = true)]
    public async Task Trailers_that_are_too_large_reset_their_stream(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await StartAsync(transport, wire, async context =>
        {
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            context.Response.AppendTrailer("x-tenant", "of nobody");
            context.Response.AppendTrailer("x-large", new string('v', TooMuch));
        });
        string connection = await AskAsync(server, "a");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.GetTextAsync("/fault"));
        for (char tenant = 'b'; tenant < 'f'; tenant++)
            Assert.Equal(connection, await AskAsync(server, tenant.ToString()));
    }

    private static Task<WireServer> StartAsync(
        TipiTransport transport, Wire wire, RequestDelegate fault, Action<TipiServerOptions>? configure = null) =>
        WireServer.StartAsync(
            transport, wire,
            async context =>
            {
                context.Response.Headers["x-connection"] = context.Connection.Id;
                // The first of a new value is not inserted unless its name's last row was used: ask for each twice.
                context.Response.Headers["x-tenant"] = context.Request.Headers["x-tenant"];
                if (context.Request.Path == "/fault")
                {
                    context.Response.Headers["x-new-row"] = Guid.NewGuid().ToString();
                    await fault(context);
                    return;
                }
                await context.Response.WriteAsync("fine");
            },
            configure);

    private static async Task AssertCostsItselfAsync(WireServer server, HttpStatusCode wanted)
    {
        string connection = await AskAsync(server, "a");
        using (HttpResponseMessage answer = await server.SendAsync("GET", "/fault"))
        {
            Assert.Equal(wanted, answer.StatusCode);
            await answer.Content.ReadAsStringAsync();
        }
        for (char tenant = 'b'; tenant < 'f'; tenant++)
        {
            for (int twice = 0; twice < 2; twice++)
            {
                string same = await AskAsync(server, tenant.ToString());
                if (server.IsHttp2) Assert.Equal(connection, same);
            }
        }
    }

    /// <summary>Asks for somebody, and is answered for them.</summary>
    /// <returns>The connection that answered.</returns>
    private static async Task<string> AskAsync(WireServer server, string tenant)
    {
        using HttpRequestMessage request = server.Request("GET", "/");
        request.Headers.Add("x-tenant", tenant);
        using HttpResponseMessage answer = await server.SendAsync(request);
        Assert.Equal("fine", await answer.Content.ReadAsStringAsync());
        Assert.Equal(tenant, Assert.Single(answer.Headers.GetValues("x-tenant")));
        return Assert.Single(answer.Headers.GetValues("x-connection"));
    }
}

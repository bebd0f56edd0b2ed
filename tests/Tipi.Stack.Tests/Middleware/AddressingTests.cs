using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Tipi.Stack.Tests.Middleware;

/// <summary>Middleware that reads or changes where a request came from and went to.</summary>
public sealed class AddressingTests
{
    [Theory, OnEachServer]
    public async Task HTTPS_redirection_keeps_path_and_query(StackServer server)
    {
        await using StackHost host = await StackHost.StartAsync(
            server,
            app =>
            {
                app.UseHttpsRedirection();
                app.MapGet("/page", () => "page");
            },
            builder => builder.Services.AddHttpsRedirection(options => options.HttpsPort = 8443));

        using HttpResponseMessage answer = await host.Client.GetAsync(new Uri("page?q=1", UriKind.Relative));

        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.Equal("https://127.0.0.1:8443/page?q=1", answer.Headers.Location!.OriginalString);
    }

    [Theory, OnEachServer]
    public async Task Forwarded_headers_change_scheme_host_and_address_and_stop_the_redirection(StackServer server)
    {
        await using StackHost host = await StackHost.StartAsync(
            server,
            app =>
            {
                app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All });
                app.UseHttpsRedirection();
                app.MapGet("/where", (HttpContext context) =>
                    $"{context.Request.Scheme} {context.Request.Host} {context.Connection.RemoteIpAddress} "
                    + $"{context.Connection.RemotePort}");
            },
            builder => builder.Services.AddHttpsRedirection(options => options.HttpsPort = 8443));
        using var request = new HttpRequestMessage(HttpMethod.Get, "where");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9:4711");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "tipi.example");

        using HttpResponseMessage answer = await host.Client.SendAsync(request);

        Assert.Equal("https tipi.example 203.0.113.9 4711", await answer.Content.ReadAsStringAsync());
    }

    // The next request on the connection must not see what middleware wrote into the features of the last one.
    [Theory, OnEachServer]
    public async Task A_forwarded_address_is_gone_with_its_request(StackServer server)
    {
        await using StackHost host = await StackHost.StartAsync(server, app =>
        {
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All });
            app.MapGet("/where", (HttpContext context) =>
                $"{context.Request.Scheme} {context.Request.Host} {context.Connection.RemoteIpAddress}");
        });
        using RawClient client = await host.ConnectAsync();

        await client.SendAsync(
            "GET /where HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n\r\n"
            + "GET /where HTTP/1.1\r\nHost: b\r\n\r\n");

        Assert.Equal("https a 203.0.113.9", (await client.ReadResponseAsync()).Body);
        Assert.Equal("http b 127.0.0.1", (await client.ReadResponseAsync()).Body);
    }

    [Theory, OnEachServer]
    public async Task CORS_answers_the_preflight_and_marks_the_answer(StackServer server)
    {
        await using StackHost host = await StackHost.StartAsync(
            server,
            app =>
            {
                app.UseCors();
                app.MapPut("/thing", () => "put").RequireCors("shop");
            },
            builder => builder.Services.AddCors(options => options.AddPolicy("shop", policy => policy
                .WithOrigins("https://shop.example").WithMethods("PUT").WithHeaders("x-token").AllowCredentials())));
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "thing");
        preflight.Headers.Add("Origin", "https://shop.example");
        preflight.Headers.Add("Access-Control-Request-Method", "PUT");
        preflight.Headers.Add("Access-Control-Request-Headers", "x-token");
        using var put = new HttpRequestMessage(HttpMethod.Put, "thing");
        put.Headers.Add("Origin", "https://shop.example");

        using HttpResponseMessage allowed = await host.Client.SendAsync(preflight);
        using HttpResponseMessage done = await host.Client.SendAsync(put);

        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        Assert.Equal("PUT", allowed.Headers.GetValues("Access-Control-Allow-Methods").Single());
        Assert.Equal("https://shop.example", done.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("put", await done.Content.ReadAsStringAsync());
    }

    [Theory, OnEachServer]
    public async Task The_context_accessor_shows_each_request_its_own_context(StackServer server)
    {
        await using StackHost host = await StackHost.StartAsync(
            server,
            app => app.MapGet("/trace/{id}", async (string id, IHttpContextAccessor accessor) =>
            {
                HttpContext before = accessor.HttpContext!;
                await Task.Delay(10);
                await Task.Yield();
                return $"{ReferenceEquals(before, accessor.HttpContext)} {accessor.HttpContext!.Request.Path}";
            }),
            builder => builder.Services.AddHttpContextAccessor());

        string[] answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => host.Client.GetStringAsync(new Uri($"trace/{i}", UriKind.Relative))));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"True /trace/{i}"), answers);
    }
}

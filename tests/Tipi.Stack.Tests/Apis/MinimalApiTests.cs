using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace Tipi.Stack.Tests.Apis;

/// <summary>Minimal APIs: binding, validation, results, OpenAPI.</summary>
public sealed class MinimalApiTests
{
    [Theory, OnEachServer]
    public async Task Every_source_is_bound(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using var request = new HttpRequestMessage(HttpMethod.Put, "bind/7/caf%C3%A9%20%2B?tags=a&tags=b%26");
        request.Headers.Add("X-Token", "secret");
        request.Headers.Add("Cookie", "visit=3");
        request.Content = JsonContent.Create(new { Name = "Zelt ⛺", Count = 2 });

        using HttpResponseMessage answer = await host.Client.SendAsync(request);

        Assert.Equal("7|café +|a,b&|secret|3|Zelt ⛺|2", await answer.Content.ReadAsStringAsync());
    }

    [Theory, OnEachServer]
    public async Task A_form_is_bound(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using var form = new FormUrlEncodedContent([new("name", "a b&c"), new("count", "5")]);

        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri("form", UriKind.Relative), form);

        Assert.Equal("a b&c 5", await answer.Content.ReadAsStringAsync());
    }

    [Theory, OnEachServer]
    public async Task An_invalid_body_is_named_field_by_field(StackServer server)
    {
        await using StackHost host = await StartAsync(server);

        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync("valid", new { Name = "", Count = 99 });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<HttpValidationProblemDetails>();
        Assert.Equal(["Count", "Name"], problem!.Errors.Keys.Order());
    }

    [Theory, OnEachServer]
    public async Task Text_that_is_not_JSON_is_a_bad_request(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using var content = new StringContent("{ not json", null, "application/json");

        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri("valid", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory, OnEachServer]
    public async Task Results_set_status_fields_and_body(StackServer server)
    {
        await using StackHost host = await StartAsync(server);

        using HttpResponseMessage created = await AskAsync(host, "created");
        using HttpResponseMessage nothing = await AskAsync(host, "nothing");
        using HttpResponseMessage moved = await AskAsync(host, "moved");
        using HttpResponseMessage conflict = await AskAsync(host, "conflict");
        using HttpResponseMessage stream = await AskAsync(host, "stream");

        Assert.Equal((HttpStatusCode.Created, "/things/1"), (created.StatusCode, $"{created.Headers.Location}"));
        Assert.Equal((HttpStatusCode.NoContent, 0L), (nothing.StatusCode, nothing.Content.Headers.ContentLength));
        Assert.Equal(HttpStatusCode.PermanentRedirect, moved.StatusCode);
        Assert.Equal("taken", (await conflict.Content.ReadFromJsonAsync<ProblemDetails>())!.Detail);
        Assert.Equal("streamed", await stream.Content.ReadAsStringAsync());
    }

    [Theory, OnEachServer]
    public async Task HEAD_and_wrong_methods_are_answered_by_routing(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using var head = new HttpRequestMessage(HttpMethod.Head, "both");
        using var delete = new HttpRequestMessage(HttpMethod.Delete, "both");

        using HttpResponseMessage bare = await host.Client.SendAsync(head);
        using HttpResponseMessage wrong = await host.Client.SendAsync(delete);

        Assert.Equal("text/plain", bare.Content.Headers.ContentType!.MediaType);
        Assert.Empty(await bare.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.MethodNotAllowed, wrong.StatusCode);
        Assert.Equal(["GET", "HEAD"], wrong.Content.Headers.Allow.Order());
    }

    [Theory, OnEachServer]
    public async Task OpenAPI_describes_the_endpoints_under_the_address_of_the_request(StackServer server)
    {
        await using StackHost host = await StartAsync(server);

        var document = await host.Client.GetFromJsonAsync<JsonElement>("openapi/v1.json");

        Assert.True(document.GetProperty("paths").TryGetProperty("/bind/{id}/{name}", out _));
        string? url = document.GetProperty("servers")[0].GetProperty("url").GetString();
        Assert.Equal(host.Address.AbsoluteUri, url);
    }

    private static Task<HttpResponseMessage> AskAsync(StackHost host, string path) =>
        host.Client.GetAsync(new Uri(path, UriKind.Relative));

    private static Task<StackHost> StartAsync(StackServer server) => StackHost.StartAsync(
        server,
        app =>
        {
            app.MapOpenApi();
            app.MapPut("/bind/{id:int}/{name}", (
                int id, string name, [FromQuery] string[] tags, [FromHeader(Name = "X-Token")] string token,
                HttpRequest request, Draft draft) =>
                $"{id}|{name}|{string.Join(',', tags)}|{token}|{request.Cookies["visit"]}|{draft.Name}|{draft.Count}");
            app.MapPost("/form", ([FromForm] string name, [FromForm] int count) => $"{name} {count}")
                .DisableAntiforgery();
            app.MapPost("/valid", (Draft draft) => draft);
            app.MapGet("/created", () => TypedResults.Created("/things/1", new Draft { Name = "one" }));
            app.MapGet("/nothing", () => TypedResults.NoContent());
            app.MapGet("/moved", () => TypedResults.Redirect("/both", permanent: true, preserveMethod: true));
            app.MapGet("/conflict", () => TypedResults.Problem("taken", statusCode: 409));
            app.MapGet("/stream", () => TypedResults.Stream(new MemoryStream("streamed"u8.ToArray()), "text/plain"));
            app.MapMethods("/both", ["GET", "HEAD"], () => "both");
        },
        builder =>
        {
            builder.Services.AddOpenApi();
            builder.Services.AddValidation();
            builder.Services.AddAntiforgery();
        });

    /// <summary>What a client sends.</summary>
    public sealed record Draft
    {
        [Required]
        public string Name { get; init; } = "";

        [Range(0, 10)]
        public int Count { get; init; }
    }
}

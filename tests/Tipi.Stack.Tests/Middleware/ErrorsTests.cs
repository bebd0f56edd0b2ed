using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tipi.Stack.Tests.Middleware;

/// <summary>Exceptions become the answers that the framework makes of them.</summary>
public sealed class ErrorsTests
{
    [Theory, OnEachServer]
    public async Task The_exception_handler_answers_with_problem_details(StackServer server)
    {
        await using StackHost host = await StackHost.StartAsync(
            server,
            app =>
            {
                app.UseExceptionHandler();
                app.UseStatusCodePages();
                app.MapGet("/fail", Fail);
            },
            builder => builder.Services.AddProblemDetails());

        using HttpResponseMessage failed = await host.Client.GetAsync(new Uri("fail", UriKind.Relative));
        using HttpResponseMessage missing = await host.Client.GetAsync(new Uri("missing", UriKind.Relative));

        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal("application/problem+json", failed.Content.Headers.ContentType!.MediaType);
        ProblemDetails? problem = await failed.Content.ReadFromJsonAsync<ProblemDetails>();
        Assert.Equal(500, problem!.Status);
        Assert.False(failed.Headers.Contains("X-Begun"));
        Assert.Equal(404, (await missing.Content.ReadFromJsonAsync<ProblemDetails>())!.Status);
    }

    [Theory, OnEachServer]
    public async Task The_developer_page_shows_the_exception_to_a_browser(StackServer server)
    {
        await using StackHost host = await StackHost.StartAsync(server, app =>
        {
            app.UseDeveloperExceptionPage();
            app.MapGet("/fail", Fail);
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "fail");
        request.Headers.Accept.ParseAdd("text/html");

        using HttpResponseMessage answer = await host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("The tent fell.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    // Too late for another answer: the client must see that this one is not whole.
    [Theory, OnEachServer]
    public async Task After_the_answer_began_the_client_sees_that_it_is_broken(StackServer server)
    {
        await using StackHost host = await StackHost.StartAsync(
            server,
            app =>
            {
                app.UseExceptionHandler();
                app.MapGet("/late", async (HttpResponse response) =>
                {
                    await response.WriteAsync("half");
                    await response.Body.FlushAsync();
                    throw new InvalidOperationException("The tent fell.");
                });
            },
            builder => builder.Services.AddProblemDetails());

        HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(
            () => host.Client.GetStringAsync(new Uri("late", UriKind.Relative)));

        Assert.Equal(HttpRequestError.ResponseEnded, error.HttpRequestError);
    }

    [Theory, OnEachServer]
    public async Task A_body_over_the_limit_is_a_problem_with_status_413(StackServer server)
    {
        await using StackHost host = await StackHost.StartAsync(
            server,
            app =>
            {
                app.UseExceptionHandler(new ExceptionHandlerOptions
                {
                    StatusCodeSelector = error => (error as BadHttpRequestException)?.StatusCode ?? 500,
                });
                app.MapPost("/small", (JsonElement value) => value).WithMetadata(new SizeLimit(10));
            },
            builder => builder.Services.AddProblemDetails());

        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync("small", new { Name = "A long name" });

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory, OnEachServer]
    public async Task Health_checks_answer_503_while_one_fails(StackServer server)
    {
        bool isWell = true;
        await using StackHost host = await StackHost.StartAsync(
            server,
            app => app.MapHealthChecks("/health"),
            builder => builder.Services.AddHealthChecks().AddCheck(
                "tent", () => isWell ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy()));
        var health = new Uri("health", UriKind.Relative);

        Assert.Equal("Healthy", await host.Client.GetStringAsync(health));
        isWell = false;
        using HttpResponseMessage ill = await host.Client.GetAsync(health);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ill.StatusCode);
        Assert.Equal("Unhealthy", await ill.Content.ReadAsStringAsync());
    }

    private static string Fail(HttpResponse response)
    {
        response.Headers["X-Begun"] = "yes";
        throw new InvalidOperationException("The tent fell.");
    }
}

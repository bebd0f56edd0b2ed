using System.Net.Http.Json;
using Microsoft.AspNetCore.HttpLogging;

namespace Tipi.Stack.Tests.Middleware;

/// <summary>HttpLogging and the W3C logger see the request, the answer, and both bodies.</summary>
public sealed class HttpLoggingTests
{
    private const string Category = "Microsoft.AspNetCore.HttpLogging.HttpLoggingMiddleware";

    [Theory, OnEachServer]
    public async Task Fields_and_both_bodies_are_logged(StackServer server)
    {
        await using StackHost host = await StackHost.StartAsync(
            server,
            app =>
            {
                app.UseHttpLogging();
                app.MapPost("/echo", static async (HttpRequest request, HttpResponse response) =>
                {
                    response.ContentType = "application/json";
                    await request.Body.CopyToAsync(response.Body);
                });
            },
            builder => builder.Services.AddHttpLogging(options => options.LoggingFields =
                HttpLoggingFields.All | HttpLoggingFields.RequestQuery));

        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync("echo?q=1", new { Name = "tent" });

        Assert.Equal("""{"name":"tent"}""", await answer.Content.ReadAsStringAsync());
        string[] expected =
        [
            "Protocol: HTTP/1.1", "Method: POST", "Path: /echo", "QueryString: ?q=1", $"Host: {host.Address.Authority}",
            "RequestBody: {\"name\":\"tent\"}", "ResponseBody: {\"name\":\"tent\"}", "StatusCode: 200",
            "Content-Type: application/json", "Duration: ",
        ];
        string text = "";
        await Eventually.TrueAsync(
            () =>
            {
                text = string.Join('\n', host.Logs.Where(line => line.Category == Category).Select(line => line.Text));
                return expected.All(part => text.Contains(part, StringComparison.Ordinal));
            },
            () => text);
    }

    [Theory, OnEachServer]
    public async Task The_W3C_logger_writes_a_line_for_a_request(StackServer server)
    {
        string folder = Directory.CreateTempSubdirectory("tipi-w3c").FullName;
        try
        {
            await using StackHost host = await StackHost.StartAsync(
                server,
                app =>
                {
                    app.UseW3CLogging();
                    app.MapGet("/page", () => "page");
                },
                builder => builder.Services.AddW3CLogging(options =>
                {
                    options.LogDirectory = folder;
                    options.FlushInterval = TimeSpan.FromMilliseconds(50);
                    options.LoggingFields = W3CLoggingFields.All;
                }));

            await host.Client.GetStringAsync(new Uri("page?q=2", UriKind.Relative));

            string line = "";
            await Eventually.TrueAsync(
                () => (line = LastLine(folder)).Contains("/page", StringComparison.Ordinal), () => line);
            Assert.Contains($" 127.0.0.1 {host.Address.Port} GET /page ?q=2 200 ", line, StringComparison.Ordinal);
            Assert.Contains($" HTTP/1.1 {host.Address.Authority} ", line, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string LastLine(string folder)
    {
        string? file = Directory.GetFiles(folder).FirstOrDefault();
        if (file is null) return "";
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().TrimEnd().Split('\n')[^1];
    }
}

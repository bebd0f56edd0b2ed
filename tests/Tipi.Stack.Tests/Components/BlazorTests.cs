using System.Text;
using Tipi.Stack.Tests.Razor;

namespace Tipi.Stack.Tests.Components;

/// <summary>Blazor's components, rendered on the server; what takes time follows in the same answer.</summary>
public sealed class BlazorTests
{
    [Theory, OnEachServer]
    public async Task A_page_is_rendered_and_its_late_part_streamed(StackServer server)
    {
        await using StackHost host = await StackHost.StartAsync(
            server,
            app =>
            {
                app.UseAntiforgery();
                app.MapRazorComponents<Site>();
            },
            builder =>
            {
                builder.Services.AddRazorComponents();
                builder.Services.AddSingleton<Gate>();
            });
        using HttpResponseMessage answer = await host.Client.GetAsync(
            new Uri("camp/north%20&%20west", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        await using Stream stream = await answer.Content.ReadAsStreamAsync();

        string early = await ReadUntilAsync(stream, "<p>looking out</p>");
        host.Services.GetRequiredService<Gate>().Open(1);
        string late = await ReadUntilAsync(stream, "<p>the weather: fair</p>");

        Assert.Contains("<h1>Camp north &amp; west</h1>", early, StringComparison.Ordinal);
        Assert.DoesNotContain("weather", early, StringComparison.Ordinal);
        Assert.Contains("<blazor-ssr>", late, StringComparison.Ordinal);
    }

    private static async Task<string> ReadUntilAsync(Stream stream, string text)
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        byte[] buffer = new byte[4096];
        var read = new StringBuilder();
        while (!read.ToString().Contains(text, StringComparison.Ordinal))
        {
            int count = await stream.ReadAsync(buffer, limit.Token);
            Assert.True(count > 0, $"The answer ended after: {read}");
            read.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        return read.ToString();
    }
}

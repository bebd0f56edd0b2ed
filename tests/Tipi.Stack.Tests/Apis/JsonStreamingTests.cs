using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;

namespace Tipi.Stack.Tests.Apis;

/// <summary>An <c>IAsyncEnumerable</c> leaves item by item, and a client that goes away ends it.</summary>
public sealed class JsonStreamingTests
{
    [Theory, OnEachServer]
    public async Task Each_item_arrives_before_the_next_is_produced(StackServer server)
    {
        var items = Channel.CreateUnbounded<int>();
        await using StackHost host = await StackHost.StartAsync(
            server, app => app.MapGet("/items", (CancellationToken aborted) => items.Reader.ReadAllAsync(aborted)));
        items.Writer.TryWrite(0);
        using HttpResponseMessage answer = await host.Client.GetAsync(
            new Uri("items", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        await using Stream stream = await answer.Content.ReadAsStreamAsync();
        using var limit = new CancellationTokenSource(Eventually.Patience);

        for (var i = 0; i < 5; i++)
        {
            if (i > 0) items.Writer.TryWrite(i);
            byte[] item = new byte[2];
            await stream.ReadExactlyAsync(item, limit.Token);
            Assert.Equal($"{(i == 0 ? '[' : ',')}{i}", Encoding.ASCII.GetString(item));
        }
        items.Writer.Complete();
        using var rest = new StreamReader(stream);

        Assert.Equal("]", await rest.ReadToEndAsync(limit.Token));
        Assert.True(answer.Headers.TransferEncodingChunked);
    }

    [Theory, OnEachServer]
    public async Task A_client_that_leaves_ends_the_enumeration(StackServer server)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using StackHost host = await StackHost.StartAsync(
            server, app => app.MapGet("/endless", (CancellationToken aborted) => EndlessAsync(ended, aborted)));
        using (HttpResponseMessage answer = await host.Client.GetAsync(
            new Uri("endless", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead))
        {
            await using Stream stream = await answer.Content.ReadAsStreamAsync();
            using var limit = new CancellationTokenSource(Eventually.Patience);
            await stream.ReadExactlyAsync(new byte[10], limit.Token);
        }

        await ended.Task.WaitAsync(Eventually.Patience);
    }

    private static async IAsyncEnumerable<int> EndlessAsync(
        TaskCompletionSource ended, [EnumeratorCancellation] CancellationToken aborted)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                yield return i;
                await Task.Delay(5, aborted);
            }
        }
        finally
        {
            ended.SetResult();
        }
    }
}

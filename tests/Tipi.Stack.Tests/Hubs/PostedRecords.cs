using System.Net;

namespace Tipi.Stack.Tests.Hubs;

/// <summary>The client's half of the two ways that have no socket: each record is a request.</summary>
internal static class PostedRecords
{
    internal static async Task SendAsync(StackHost host, string path, string records)
    {
        using var content = new StringContent(records);
        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri(path, UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}

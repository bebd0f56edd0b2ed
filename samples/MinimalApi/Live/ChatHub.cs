using Microsoft.AspNetCore.Http.Connections.Features;
using Microsoft.AspNetCore.SignalR;

namespace MinimalApi.Live;

/// <summary>The chat: what one says, all hear.</summary>
public sealed class ChatHub : Hub
{
    private const int LongestName = 40;
    private const int LongestText = 500;

    public override Task OnConnectedAsync()
    {
        var transport = Context.Features.Get<IHttpTransportFeature>()?.TransportType;
        var protocol = Context.GetHttpContext()?.Request.Protocol;
        return Clients.Caller.SendAsync("welcome", new ChatWelcome($"{transport}", $"{protocol}"));
    }

    /// <summary>Tells everybody, the speaker as well.</summary>
    public Task Say(ChatLine line)
    {
        if (line.Name is not { Length: > 0 and <= LongestName } || line.Text is not { Length: > 0 and <= LongestText })
            throw new HubException($"A name has 1 to {LongestName} characters, a text 1 to {LongestText}.");
        return Clients.All.SendAsync("said", line);
    }
}

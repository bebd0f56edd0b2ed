using Microsoft.AspNetCore.Connections;

namespace Tipi.Hosting.Endpoints;

/// <summary>An endpoint and the socket it listens with.</summary>
internal sealed record BoundEndpoint(IConnectionListener Listener, ServerEndpoint Endpoint);

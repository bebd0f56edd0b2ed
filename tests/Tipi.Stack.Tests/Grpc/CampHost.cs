using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tipi.Stack.Tests.Grpc;

/// <summary>Hosts of the service, and channels to them.</summary>
internal static class CampHost
{
    internal static Task<StackHost> StartAsync(StackServer server, StackWire wire) => StackHost.StartAsync(
        server,
        app =>
        {
            app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
            app.MapGrpcService<CampService>();
            app.MapGrpcHealthChecksService();
            app.MapGrpcReflectionService();
        },
        builder =>
        {
            builder.Services.AddSingleton<Departures>();
            builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = null);
            builder.Services.AddGrpcReflection();
            builder.Services.AddGrpcHealthChecks().AddCheck("camp", () => HealthCheckResult.Healthy());
        },
        wire);

    /// <summary>A channel of the client of .NET.</summary>
    internal static GrpcChannel Open(this StackHost host, Func<HttpMessageHandler, HttpMessageHandler>? wrap = null)
    {
        HttpMessageHandler handler = host.Wire.NewHandler();
        return GrpcChannel.ForAddress(host.Address, new GrpcChannelOptions
        {
            HttpHandler = wrap is null ? handler : wrap(handler),
            HttpVersion = host.Wire.Version(),
            HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            MaxReceiveMessageSize = null,
        });
    }

    internal static async Task<StatusCode> CodeOfAsync(Func<Task> call) =>
        (await Assert.ThrowsAsync<RpcException>(call)).StatusCode;
}

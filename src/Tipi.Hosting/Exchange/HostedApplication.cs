using Microsoft.AspNetCore.Hosting.Server;
using Tipi.Hosting.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>The one place that knows the host's context type.</summary>
internal sealed class HostedApplication<TContext>(IHttpApplication<TContext> application) : Application
    where TContext : notnull
{
    internal override FeatureTable CreateFeatures() => new HostedFeatureTable<TContext>();

    internal override Task Run(FeatureTable features)
    {
        var table = (HostedFeatureTable<TContext>)features;
        try
        {
            TContext context = application.CreateContext(table);
            table.Running = context;
            return application.ProcessRequestAsync(context);
        }
        catch (Exception error)
        {
            return Task.FromException(error);
        }
    }

    internal override void Dispose(FeatureTable features, Exception? error)
    {
        var table = (HostedFeatureTable<TContext>)features;
        TContext? context = table.Running;
        if (context is null) return;
        table.Running = default;
        application.DisposeContext(context, error);
    }
}

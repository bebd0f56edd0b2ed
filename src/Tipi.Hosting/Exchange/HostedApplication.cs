using Microsoft.AspNetCore.Hosting.Server;

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
            // What the host has half begun or half ended it must not use again: it may hold features of this request.
            table.HostContext = default;
            return Task.FromException(error);
        }
    }

    internal override void Dispose(FeatureTable features, Exception? error)
    {
        var table = (HostedFeatureTable<TContext>)features;
        TContext? context = table.Running;
        if (context is null) return;
        table.Running = default;
        try
        {
            application.DisposeContext(context, error);
        }
        catch (Exception)
        {
            table.HostContext = default;
            throw;
        }
    }
}

using Microsoft.AspNetCore.Hosting.Server.Abstractions;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The feature table that keeps the host's context between requests, so that ASP.NET reuses its objects.
/// </summary>
internal sealed class HostedFeatureTable<TContext> : FeatureTable, IHostContextContainer<TContext>
    where TContext : notnull
{
    /// <summary>The context the host keeps; the host sets and clears it.</summary>
    public TContext? HostContext { get; set; }

    /// <summary>The context of the request that runs now.</summary>
    internal TContext? Running { get; set; }
}

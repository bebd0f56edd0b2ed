using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Endpoints;

namespace Tipi.Hosting.Configuration;

/// <summary>
/// Makes a changed configuration hold, or leaves everything as it was. What has changed is unbound first, since an
/// endpoint may move to another one's port. Endpoints that are the same keep socket and connections; limits hold for
/// connections that come later.
/// </summary>
internal sealed class EndpointReload(EndpointSet endpoints, ServerContext server, ConnectionRegistry connections)
{
    private const string Limits = "Limits";

    /// <summary>What the transport was made with.</summary>
    private static readonly string[] s_transportLimits =
        [$"{Limits}:MaxRequestBufferSize", $"{Limits}:MaxResponseBufferSize"];

    /// <summary>Follows a change; what goes wrong is logged.</summary>
    internal async Task RunAsync(ConfigurationReading reading, CancellationToken cancellationToken)
    {
        Settings former = reading.Settings;
        TipiServerLimits formerLimits = server.Options.Limits;
        try
        {
            reading.ReadAgain();
            IReadOnlyList<string> changes = reading.Settings.ChangesSince(former);
            if (changes.Count == 0) return;
            reading.ReadServer();
            if (!changes.All(IsOfEndpoints)) Replace(ReadLimits());
            IReadOnlyList<TipiListenOptions> wanted = reading.MakeEndpoints();
            foreach (TipiListenOptions options in wanted) EndpointBinder.Check(options, server);
            PrepareCode();
            await ChangeAsync(wanted, cancellationToken);
            ReportChanges(reading, changes);
        }
        catch (OperationCanceledException) when (endpoints.IsClosed)
        {
            // The server stops, and did not wait.
        }
        catch (Exception error)
        {
            reading.Restore(former);
            Replace(formerLimits);
            server.Log.ReloadFailed(error);
            RestoreCode();
        }
    }

    /// <summary>Endpoints of code may show the default certificate of the configuration.</summary>
    private void PrepareCode()
    {
        foreach (BoundEndpoint endpoint in endpoints.Bound)
            if (endpoint.Options.Configured is null) EndpointBinder.Prepare(endpoint.Options, server);
    }

    private void RestoreCode()
    {
        try
        {
            PrepareCode();
        }
        catch (InvalidOperationException error)
        {
            server.Log.ReloadFailed(error); // those that could not be prepared are as they were
        }
    }

    private void Replace(TipiServerLimits limits)
    {
        server.Options.ReplaceLimits(limits);
        server.Admission.Limits = limits;
    }

    /// <summary>
    /// The options as they would be made now: what code sets wins over configuration, as it did at the start, and wrong
    /// values are found.
    /// </summary>
    private TipiServerLimits ReadLimits() =>
        server.Options.ApplicationServices.GetRequiredService<IOptionsFactory<TipiServerOptions>>()
            .Create(Options.DefaultName).Limits;

    private async Task ChangeAsync(IReadOnlyList<TipiListenOptions> wanted, CancellationToken cancellationToken)
    {
        List<BoundEndpoint> kept = [.. endpoints.Bound.Where(one => IsKept(one, wanted))];
        List<BoundEndpoint> closing = [.. endpoints.Bound.Except(kept)];
        List<TipiListenOptions> opening = [.. wanted.Where(options => !kept.Any(one => IsSame(one, options)))];
        await CloseAsync(closing);
        List<ServerConnection> ending = connections.Select(
            connection => closing.Any(endpoint => IsOf(connection, endpoint)));
        await OpenAsync(opening, closing, cancellationToken);
        foreach (BoundEndpoint endpoint in kept)
            endpoint.Update(wanted.FirstOrDefault(options => IsSame(endpoint, options)) ?? endpoint.Options);
        foreach (ServerConnection connection in ending) connection.RequestClose();
        if (opening.Count + closing.Count > 0) server.Log.EndpointsChanged(TextOf(opening), TextOf(closing));
    }

    /// <summary>Closes all of them, or none: then those that were closed are opened again.</summary>
    private async Task CloseAsync(List<BoundEndpoint> closing)
    {
        try
        {
            foreach (BoundEndpoint endpoint in closing) await endpoints.CloseAsync(endpoint);
        }
        catch when (!endpoints.IsClosed)
        {
            foreach (BoundEndpoint endpoint in closing.Except(endpoints.Bound)) await ReopenAsync(endpoint);
            throw;
        }
    }

    /// <summary>Opens all of them, or none: then those that were there are opened again.</summary>
    private async Task OpenAsync(
        List<TipiListenOptions> opening, List<BoundEndpoint> former, CancellationToken cancellationToken)
    {
        var opened = new List<BoundEndpoint>();
        try
        {
            foreach (TipiListenOptions options in opening)
                opened.Add(await endpoints.OpenAsync(options, cancellationToken));
        }
        catch
        {
            foreach (BoundEndpoint endpoint in opened) await endpoints.CloseAsync(endpoint);
            if (endpoints.IsClosed) throw;
            foreach (BoundEndpoint endpoint in former) await ReopenAsync(endpoint);
            throw;
        }
    }

    private async Task ReopenAsync(BoundEndpoint endpoint)
    {
        try
        {
            await endpoints.OpenAsync(endpoint.Options, CancellationToken.None);
        }
        catch (Exception error)
        {
            server.Log.EndpointLost(error, endpoint.Address);
        }
    }

    private void ReportChanges(ConfigurationReading reading, IReadOnlyList<string> changes)
    {
        IgnoredKeys.Report(reading, server.Log);
        IEnumerable<string> late = changes.Where(key =>
            s_transportLimits.Contains(key, StringComparer.OrdinalIgnoreCase)
            || !(Settings.IsBelow(key, Limits) || IsOfEndpoints(key)));
        string keys = string.Join(", ", late);
        if (keys.Length > 0) server.Log.NeedsRestart(keys);
    }

    private static bool IsOfEndpoints(string key) =>
        Settings.IsBelow(key, EndpointSettings.Endpoints) || Settings.IsBelow(key, EndpointSettings.Defaults)
        || Settings.IsBelow(key, CertificateSettings.Certificates);

    private static bool IsKept(BoundEndpoint endpoint, IReadOnlyList<TipiListenOptions> wanted) =>
        endpoint.Options.Configured is null || wanted.Any(options => IsSame(endpoint, options));

    private static bool IsSame(BoundEndpoint endpoint, TipiListenOptions options) =>
        ConfiguredEndpoint.Of(endpoint.Options) is { } former && ConfiguredEndpoint.Of(options) is { } now
        && former.Name.Equals(now.Name, StringComparison.OrdinalIgnoreCase) && former.Identity == now.Identity;

    // By name: an endpoint that was opened again has connections from before.
    private static bool IsOf(ServerConnection connection, BoundEndpoint endpoint) =>
        ConfiguredEndpoint.Of(connection.Endpoint.Options) is { } configured
        && configured.Name.Equals(ConfiguredEndpoint.Of(endpoint.Options)!.Name, StringComparison.OrdinalIgnoreCase);

    private static string TextOf(IEnumerable<object> endpoints)
    {
        string text = string.Join(", ", endpoints.Select(one => one is BoundEndpoint bound ? bound.Address : $"{one}"));
        return text.Length == 0 ? "none" : text;
    }
}

namespace Tipi.Compare.App.Real;

/// <summary>Asks another server by <see cref="HttpClient"/>, and answers what it said.</summary>
internal static class UpstreamPage
{
    public static void Map(WebApplication app)
    {
        var client = new HttpClient();
        var upstream = new Uri(Companion.Address);
        app.Lifetime.ApplicationStopped.Register(client.Dispose);
        app.MapGet("/", () => client.GetStringAsync(upstream));
    }
}

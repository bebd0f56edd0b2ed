using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Parity.Areas;

/// <summary>Something that code tells Kestrel, and what a client sees of it.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Tell">Tells it to Kestrel's options, under each server.</param>
/// <param name="AskAsync">Asks at the first address.</param>
internal sealed record ToldCase(
    string Name, Action<KestrelServerOptions> Tell, Func<Uri, Task<string>> AskAsync)
{
    /// <summary>Configuration of the app.</summary>
    internal IReadOnlyDictionary<string, string?> Configuration { get; init; } = new Dictionary<string, string?>();
}

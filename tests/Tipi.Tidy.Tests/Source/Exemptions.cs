using Tipi.Tidy.Tests.Rules;

namespace Tipi.Tidy.Tests.Source;

/// <summary>All places where a rule of the house does not hold. One that is no longer needed fails a test.</summary>
internal static class Exemptions
{
    public static IReadOnlyList<Exemption> All { get; } =
    [
        new(nameof(PlaceRule), "src/Tipi.Hosting/Server/TipiWebHostBuilderExtensions.cs",
            "An extension of the framework's builder is found where the builder is."),
        new(nameof(PlaceRule), "src/Tipi.Hosting/Tls/TipiListenOptionsHttpsExtensions.cs",
            "An extension of what the builder configures is found where Kestrel's is."),
        new(nameof(PlaceRule), "src/Tipi.Hosting/Server/TipiHealthChecksBuilderExtensions.cs",
            "An extension of the framework's builder is found where the builder is."),
        new(nameof(PlaceRule), "src/Tipi.Hosting/Connections/TipiListenOptionsConnectionLoggingExtensions.cs",
            "An extension of what the builder configures is found where Kestrel's is."),
        new(nameof(PlaceRule), "src/Tipi.Hosting/Systemd/TipiServerOptionsSystemdExtensions.cs",
            "An extension of what the builder configures is found where Kestrel's is."),
        new(nameof(ShapeRule), "samples/MinimalApi/wwwroot/lib", "The script is of others, and unchanged."),
        new(nameof(TextRule), "tests/Tipi.Tidy.Tests", "The rule and its bad examples spell what is forbidden."),
    ];
}

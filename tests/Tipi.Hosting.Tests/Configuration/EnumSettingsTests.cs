using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Protocols.Http;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Tests.Configuration;

/// <summary>Where one value of an enumeration is wanted, a list or a number is refused: it would become another one.
/// </summary>
public sealed class EnumSettingsTests
{
    private const string Endpoint = "Kestrel:Endpoints:A";

    private static readonly Type[] s_lists = [typeof(HttpProtocols), typeof(SslProtocols)];

    /// <summary>Every key that takes names of an enumeration.</summary>
    public static readonly TheoryData<string, Type> Keys = new()
    {
        { "Tipi:Transport", typeof(TipiTransport) },
        { "Tipi:Scheduling", typeof(RingScheduling) },
        { "Tipi:Strictness", typeof(HttpStrictness) },
        { "Tipi:AccessLog:Format", typeof(AccessLogFormat) },
        { "Tipi:EndpointDefaults:Protocols", typeof(HttpProtocols) },
        { "Tipi:EndpointDefaults:Strictness", typeof(HttpStrictness) },
        { "Tipi:EndpointDefaults:PlainRequests", typeof(PlainRequestAnswer) },
        { "Tipi:EndpointDefaults:ProxyProtocol:Mode", typeof(ProxyProtocolMode) },
        { "Kestrel:EndpointDefaults:SslProtocols", typeof(SslProtocols) },
        { "Kestrel:EndpointDefaults:SslProtocols:0", typeof(SslProtocols) },
        { "Kestrel:EndpointDefaults:ClientCertificateMode", typeof(ClientCertificateMode) },
        { "Kestrel:Certificates:Default:Location", typeof(StoreLocation) },
        { $"{Endpoint}:Protocols", typeof(HttpProtocols) },
        { $"{Endpoint}:Strictness", typeof(HttpStrictness) },
        { $"{Endpoint}:PlainRequests", typeof(PlainRequestAnswer) },
        { $"{Endpoint}:ProxyProtocol:Mode", typeof(ProxyProtocolMode) },
        { $"{Endpoint}:SslProtocols:0", typeof(SslProtocols) },
        { $"{Endpoint}:ClientCertificateMode", typeof(ClientCertificateMode) },
        { $"{Endpoint}:Certificate:Location", typeof(StoreLocation) },
        { $"{Endpoint}:Sni:a.example:Protocols", typeof(HttpProtocols) },
        { $"{Endpoint}:Sni:a.example:SslProtocols:0", typeof(SslProtocols) },
        { $"{Endpoint}:Sni:a.example:ClientCertificateMode", typeof(ClientCertificateMode) },
        { $"{Endpoint}:Sni:a.example:Certificate:Location", typeof(StoreLocation) },
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task What_is_not_a_name_stops_the_start_and_names_the_key(string key, Type type)
    {
        string[] names = Enum.GetNames(type);
        List<string> wrong = ["0", "1", "77", "-1", "Nonsense", $"{names[0]},Nonsense", $"{names[0]},", ",", "+1"];
        if (!s_lists.Contains(type)) wrong.AddRange([string.Join(',', names), $"{names[0]}, {names[0]}"]);
        foreach (string value in wrong)
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            {
                await using ConfiguredApp app = await StartAsync(key, value);
            });
            Assert.StartsWith($"{key} is \"{value}\"; it must be ", error.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Each_name_is_taken_whatever_its_case(string key, Type type)
    {
        string[] names = Enum.GetNames(type);
        List<string> right = [.. names, .. names.Select(name => $" {name.ToLowerInvariant()} ")];
        if (type == typeof(HttpProtocols)) right.Add("Http1, http2");
        if (type == typeof(SslProtocols))
        {
            right.RemoveAll(IsOutOfUse);
            right.Add("Tls12, tls13");
        }
        foreach (string value in right)
        {
            // Whatever else is missing, it is not the key that stops the start.
            Exception? error = await Record.ExceptionAsync(async () =>
            {
                await using ConfiguredApp app = await StartAsync(key, value);
            });
            Assert.DoesNotContain($"{key} is", $"{error?.Message}");
        }
    }

    private static bool IsOutOfUse(string version) =>
        version.Trim().ToUpperInvariant() is "SSL2" or "SSL3" or "DEFAULT";

    private static Task<ConfiguredApp> StartAsync(string key, string value)
    {
        var settings = new Dictionary<string, string?> { [$"{Endpoint}:Url"] = "https://127.0.0.1:0" };
        if (key.EndsWith(":Location", StringComparison.Ordinal))
            settings[key.Replace(":Location", ":Subject", StringComparison.Ordinal)] = "nobody";
        settings[key] = value;
        // What code says comes after configuration, and the transport is one of the keys.
        return ConfiguredApp.StartAsync(TipiTransport.Sockets, settings);
    }
}

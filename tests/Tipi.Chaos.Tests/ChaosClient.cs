using System.Net;

namespace Tipi.Chaos.Tests;

/// <summary>
/// Somebody who asks over one kind of wire and knows what is his: each answer is held against his name.
/// </summary>
internal sealed class ChaosClient : IDisposable
{
    private readonly HttpClient _client;

    /// <param name="address">The endpoint.</param>
    /// <param name="version">Of HTTP; 2 without TLS by prior knowledge.</param>
    /// <param name="who">The name, which no other client has.</param>
    internal ChaosClient(Uri address, Version version, string who)
    {
        Who = who;
        var handler = new SocketsHttpHandler
        {
            Expect100ContinueTimeout = TimeSpan.FromSeconds(30),
            SslOptions =
            {
                RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
            },
        };
        _client = new HttpClient(handler)
        {
            BaseAddress = address,
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(60),
        };
        _client.DefaultRequestHeaders.Add("X-Who", who);
    }

    internal string Who { get; }

    /// <summary>Asks without looking at what comes, if anything does.</summary>
    internal async Task DisturbAsync(string path)
    {
        try
        {
            using HttpResponseMessage response = await _client.GetAsync(new Uri(path, UriKind.Relative));
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            // The endpoint may well break its own connection.
        }
    }

    /// <summary>Asks for bytes of its own.</summary>
    /// <exception cref="ForeignAnswerException">An answer that looks whole is not what was asked for.</exception>
    internal Task AskAsync(string path, int length) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Get, new Uri($"{path}/{length}", UriKind.Relative)), length);

    /// <summary>Sends a body for which it waits to be asked, while the answer may come already.</summary>
    internal Task AskWithBodyAsync(int bodyLength, int length)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/both/{length}", UriKind.Relative))
        {
            Content = new ByteArrayContent(new byte[bodyLength]),
        };
        request.Headers.ExpectContinue = true;
        return AskAsync(request, length);
    }

    internal async Task<string> GetTextAsync(string path) =>
        await _client.GetStringAsync(new Uri(path, UriKind.Relative));

    public void Dispose() => _client.Dispose();

    private async Task AskAsync(HttpRequestMessage asked, int length)
    {
        using HttpRequestMessage request = asked;
        request.Version = _client.DefaultRequestVersion;
        request.VersionPolicy = _client.DefaultVersionPolicy;
        using HttpResponseMessage response = await _client.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        if (response.StatusCode >= HttpStatusCode.InternalServerError)
            throw new HttpRequestException(null, null, response.StatusCode);
        string[] who = response.Headers.TryGetValues("X-Who", out IEnumerable<string>? values) ? [.. values] : [];
        if (response.StatusCode != HttpStatusCode.OK || who is not [var name] || name != Who)
            throw new ForeignAnswerException($"{Who} got {(int)response.StatusCode} for {string.Join(',', who)}.");
        if (body.Length != length) throw new ForeignAnswerException($"{Who} got {body.Length} bytes of {length}.");
        for (int at = 0; at < length; at++)
        {
            if (body[at] == Who[at % Who.Length]) continue;
            throw new ForeignAnswerException($"{Who} got other bytes from {at} of {length}.");
        }
    }
}

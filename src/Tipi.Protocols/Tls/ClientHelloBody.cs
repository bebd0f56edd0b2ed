using System.Buffers;
using System.Text;

namespace Tipi.Protocols.Tls;

/// <summary>The body of a client's first message: fields of fixed order, then extensions in any.</summary>
internal static class ClientHelloBody
{
    private const int RandomSize = 32;
    private const int LongestSessionId = 32;
    private const int LongestName = 255;

    /// <summary>Clients offer two or three; a message full of them would cost memory for nothing.</summary>
    private const int MostProtocols = 32;

    private const ushort ServerNameExtension = 0;
    private const ushort AlpnExtension = 16;
    private const ushort VersionsExtension = 43;
    private const byte HostName = 0;

    private static readonly SearchValues<byte> s_nameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:"u8);

    /// <returns>False when the body is not well formed.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> body, ClientHello hello)
    {
        var fields = new TlsFields(body);
        if (!fields.TryReadUInt16(out ushort version) || !fields.TrySkip(RandomSize)) return false;
        if (!fields.TryReadShortVector(out var session) || session.Length > LongestSessionId) return false;
        if (!fields.TryReadVector(out var suites) || suites.Length < 2 || suites.Length % 2 != 0) return false;
        if (!fields.TryReadShortVector(out var compressions) || compressions.IsEmpty) return false;
        hello.Versions = [version];
        if (fields.IsAtEnd) return true; // TLS 1.2 without extensions
        return fields.TryReadVector(out var extensions) && fields.IsAtEnd && TryReadExtensions(extensions, hello);
    }

    private static bool TryReadExtensions(ReadOnlySpan<byte> extensions, ClientHello hello)
    {
        var fields = new TlsFields(extensions);
        int seen = 0;
        while (!fields.IsAtEnd)
        {
            if (!fields.TryReadUInt16(out ushort type) || !fields.TryReadVector(out var content)) return false;
            int bit = type switch
            {
                ServerNameExtension => 1,
                AlpnExtension => 2,
                VersionsExtension => 4,
                _ => 0,
            };
            // Two names could be read as one by us and as the other by somebody else (RFC 8446 §4.2).
            if ((seen & bit) != 0) return false;
            seen |= bit;
            bool isGood = bit switch
            {
                1 => TryReadServerName(content, hello),
                2 => TryReadAlpn(content, hello),
                4 => TryReadVersions(content, hello),
                _ => true,
            };
            if (!isGood) return false;
        }
        return true;
    }

    private static bool TryReadServerName(ReadOnlySpan<byte> content, ClientHello hello)
    {
        var fields = new TlsFields(content);
        if (!fields.TryReadVector(out var list) || !fields.IsAtEnd || list.IsEmpty) return false;
        var names = new TlsFields(list);
        bool hasName = false;
        while (!names.IsAtEnd)
        {
            if (!names.TryReadByte(out byte type) || !names.TryReadVector(out var name) || name.IsEmpty) return false;
            if (type != HostName) continue;
            if (hasName) return false;
            hasName = true;
            hello.ServerName = NameOf(name);
        }
        return true;
    }

    private static string? NameOf(ReadOnlySpan<byte> name) =>
        name.Length <= LongestName && !name.ContainsAnyExcept(s_nameBytes) ? Encoding.ASCII.GetString(name) : null;

    private static bool TryReadAlpn(ReadOnlySpan<byte> content, ClientHello hello)
    {
        var fields = new TlsFields(content);
        if (!fields.TryReadVector(out var list) || !fields.IsAtEnd || list.IsEmpty) return false;
        var names = new TlsFields(list);
        var protocols = new List<byte[]>(2);
        while (!names.IsAtEnd)
        {
            if (!names.TryReadShortVector(out var name) || name.IsEmpty) return false;
            if (protocols.Count < MostProtocols) protocols.Add(name.ToArray());
        }
        hello.ApplicationProtocols = protocols;
        return true;
    }

    private static bool TryReadVersions(ReadOnlySpan<byte> content, ClientHello hello)
    {
        var fields = new TlsFields(content);
        if (!fields.TryReadShortVector(out var list) || !fields.IsAtEnd || list.Length < 2) return false;
        var values = new TlsFields(list);
        var versions = new List<ushort>(list.Length / 2);
        while (!values.IsAtEnd)
        {
            if (!values.TryReadUInt16(out ushort version)) return false;
            versions.Add(version);
        }
        hello.Versions = versions;
        return true;
    }
}

using System.Runtime.CompilerServices;
using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>What the fields of a request mean for the connection: host, framing, persistence, expectation.</summary>
internal static class RequestSemantics
{
    /// <summary>Fills the head's conclusions from its fields; all lines are parsed.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // a budget for inlining of its own
    internal static ProtocolErrorCode Apply(ReadOnlySpan<byte> data, Http1Limits limits, RequestHead head)
    {
        FramingFields framing = default;
        ConnectionOptions connection = default;
        bool hasUpgradeField = false;
        bool expects = false;
        FieldSection fields = head.Fields;
        for (int i = 0; i < fields.Count; i++)
        {
            ref readonly FieldLine line = ref fields[i];
            if (line.Known is KnownField.Unknown or > KnownField.Upgrade) continue;
            ReadOnlySpan<byte> value = line.Value(data);
            switch (line.Known)
            {
                case KnownField.Host:
                    if (head.HostIndex >= 0) return ProtocolErrorCode.MultipleHosts;
                    head.HostIndex = i;
                    break;
                case KnownField.Connection: connection.Add(value); break;
                case KnownField.ContentLength: framing.AddContentLength(value); break;
                case KnownField.TransferEncoding: framing.AddTransferEncoding(value); break;
                case KnownField.Upgrade: hasUpgradeField = true; break;
                case KnownField.Expect:
                    if (Ascii.EqualsIgnoreCase(value, "100-continue"u8)) expects = true;
                    else if (IsStrict(limits)) return ProtocolErrorCode.UnknownExpectation;
                    break;
            }
        }

        head.KeepAlive = connection.Persists(head.MinorVersion);
        head.HasUpgrade = hasUpgradeField && connection.Upgrade && head.MinorVersion == 1;
        head.ContentLength = framing.ContentLength;
        ProtocolErrorCode error = MessageFraming.ForRequest(in framing, head.MinorVersion, out BodyFraming body);
        if (error != ProtocolErrorCode.None)
        {
            if (IsStrict(limits) || !IsForgiven(error, in framing, head)) return error;
            body = BodyFraming.Chunked;
        }

        head.Body = body;
        head.ExpectsContinue = expects && head.MinorVersion == 1 && body.Kind != BodyKind.None;
        return CheckHost(data, limits, head);
    }

    private static bool IsStrict(Http1Limits limits) => limits.Strictness == HttpStrictness.Strict;

    /// <summary>
    /// Chunked wins over a length, as RFC 9112 §6.3 has it for whoever does not refuse both, and nothing that follows
    /// can be trusted to be a request. What was encoded before it was chunked is the application's to decode.
    /// </summary>
    private static bool IsForgiven(ProtocolErrorCode error, in FramingFields framing, RequestHead head)
    {
        if (!framing.EndsChunked) return false;
        if (error == ProtocolErrorCode.UnsupportedTransferCoding) return true;
        if (error != ProtocolErrorCode.LengthAndTransferEncoding) return false;
        head.ContentLength = null;
        head.KeepAlive = false;
        return true;
    }

    private static ProtocolErrorCode CheckHost(ReadOnlySpan<byte> data, Http1Limits limits, RequestHead head)
    {
        if (head.HostIndex < 0)
            return head.MinorVersion == 0 ? ProtocolErrorCode.None : ProtocolErrorCode.MissingHost;
        ReadOnlySpan<byte> value = head[head.HostIndex].Value(data);
        AuthorityShape host = AuthorityShape.Of(value);
        if (!host.IsValid && (IsStrict(limits) || !value.IsEmpty)) return ProtocolErrorCode.InvalidHost;
        if (head.AuthorityRange.Length == 0 || SameAuthority(data, head, value, host)) return ProtocolErrorCode.None;
        head.HostIsOverridden = limits.AllowHostOverride && head.TargetForm == RequestTargetForm.Absolute;
        return head.HostIsOverridden ? ProtocolErrorCode.None : ProtocolErrorCode.HostMismatch;
    }

    /// <summary>
    /// RFC 9112 §3.2.2 lets the target win over a Host that differs. As in Kestrel a difference is refused: a client
    /// must send the same, and two opinions about the host are how caches are poisoned.
    /// </summary>
    private static bool SameAuthority(
        ReadOnlySpan<byte> data, RequestHead head, ReadOnlySpan<byte> hostValue, AuthorityShape host)
    {
        ReadOnlySpan<byte> targetValue = head.AuthorityRange.Of(data);
        AuthorityShape target = AuthorityShape.Of(targetValue);
        int defaultPort = DefaultPort(data, head);
        return PortOf(host, defaultPort) == PortOf(target, defaultPort)
            && Ascii.EqualsIgnoreCase(hostValue[..host.HostLength], targetValue[..target.HostLength]);
    }

    private static int PortOf(AuthorityShape authority, int otherwise) =>
        authority.HasPort ? authority.Port : otherwise;

    private static int DefaultPort(ReadOnlySpan<byte> data, RequestHead head)
    {
        if (head.TargetForm == RequestTargetForm.Authority) return -1;
        return (data[head.TargetRange.Start + 4] | 0x20) == 's' ? 443 : 80;
    }
}
